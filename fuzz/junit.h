// SPDX-License-Identifier: GPL-2.0-or-later
//
// What `--junit FILE` writes: one test suite in the XML that CI systems read. Equal results give
// equal bytes, but for `seconds`.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace rcufuzz::cli {

struct JunitCase {
    std::string group;  // "rcufuzz.replay.nocb"
    std::string name;
    std::string failure;  // one line; empty: it passed
    std::string error;    // one line: there is no verdict; empty: there is one
    std::string output;   // what there is to say besides
    std::optional<double> seconds;
};

// Throws UserError where the file cannot be written, or holds something else than an older report
// of rcufuzz: to be called before the work whose result it is to hold. Leaves it as it is.
void check_junit(const std::string& file);

// `command`: "hunt".
std::string junit_xml(const std::string& command, const std::vector<JunitCase>& cases);

}  // namespace rcufuzz::cli
