// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <compare>
#include <string>

namespace rcufuzz {

// A line of a source file.
struct Place {
    std::string file;
    unsigned line = 0;

    auto operator<=>(const Place&) const = default;
};

}  // namespace rcufuzz
