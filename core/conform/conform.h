// SPDX-License-Identifier: GPL-2.0-or-later
//
// Whether the machine can make what a window of a trace says.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "core/conform/trace.h"

namespace rcufuzz::conform {

struct Conformance {
    bool accepted = false;
    unsigned tries = 0;
    std::size_t made = 0;  // events before the first that no run could make
    std::string instead;   // what the run that came furthest did instead
};

// At most so many runs.
Conformance conform(const Window& window, unsigned tries, std::uint64_t seed = 1);

}  // namespace rcufuzz::conform
