// SPDX-License-Identifier: GPL-2.0-or-later
//
// The interleaving of a run as rows: what one context did in one function before somebody else
// acted. All report formats show the same rows.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/run/runner.h"

namespace rcufuzz::report {

struct Row {
    std::uint32_t step = 0;  // points passed in the whole run
    std::uint64_t jiffies = 0;
    std::size_t column = 0;  // index into Interleaving::actors
    bool clock = false;      // the clock went on; there is no column then
    bool decided = false;    // a decision other than 0 led here
    std::string context;     // "softirq" where it is not the column's own task
    std::string function;    // "wake_nocb_gp"; may be empty
    std::vector<std::string> events;
};

struct Interleaving {
    std::vector<std::string> actors;  // the CPUs that act, in the order of their numbers
    std::vector<Row> rows;
};

Interleaving interleave(const run::Plan& plan, const run::NamedTrace& trace);

}  // namespace rcufuzz::report
