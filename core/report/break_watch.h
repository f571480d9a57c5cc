// SPDX-License-Identifier: GPL-2.0-or-later
//
// The moment of a run where its state becomes inconsistent: when the first inner invariant breaks,
// often long before anything bad can be seen from outside.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/run/plan.h"

namespace rcufuzz::report {

struct Break {
    std::uint64_t step = 0;  // points passed when it was first seen
    std::string invariant;   // which, and of what
};

// None: no invariant breaks, or none that the target checks.
std::optional<Break> find_break(const run::Plan& plan);

}  // namespace rcufuzz::report
