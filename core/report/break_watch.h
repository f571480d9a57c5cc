// SPDX-License-Identifier: GPL-2.0-or-later
//
// The moment of a run where its state becomes inconsistent: when the first inner invariant breaks,
// often long before anything bad can be seen from outside.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "core/run/plan.h"

namespace rcufuzz::report {

struct Break {
    std::size_t events = 0;   // of the run's trace that came before it, or tell of it
    sim::ContextKey key = 0;  // in whose doing it was seen
    std::string invariant;    // which, and of what
};

// None: no invariant breaks, or none that the target checks.
std::optional<Break> find_break(const run::Plan& plan);

}  // namespace rcufuzz::report
