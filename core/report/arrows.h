// SPDX-License-Identifier: GPL-2.0-or-later
//
// What in a run made something happen elsewhere: a wake-up and the first step of the task that was
// woken, an interrupt and its handler, a timer and its expiry, a store and the first load of
// another context that returned it.
//
// What no event tells makes no arrow: an interrupt that was pending already when it was raised
// again, a store to what only a lock's holder touches, the load within an atomic operation.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "core/report/interleaving.h"

namespace rcufuzz::report {

enum class ArrowKind : std::uint8_t { wake, interrupt, timer, reads };

// "wake-up", "interrupt", "timer", "reads from".
std::string_view word(ArrowKind kind);

struct Arrow {
    ArrowKind kind;
    std::size_t from;  // indices into NamedTrace::events; each belongs to an event of some row
    std::size_t to;
};

// In the order of their ends.
std::vector<Arrow> find_arrows(const run::NamedTrace& trace, const Interleaving& interleaving);

}  // namespace rcufuzz::report
