// SPDX-License-Identifier: GPL-2.0-or-later
//
// What an event of a run says about the state after it: a variable's value, who holds a lock, when
// a timer expires, what a context does. Only what the trace tells: data that nothing but a lock's
// holder touches leaves no events.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/report/replay.h"

namespace rcufuzz::report {

struct Effect {
    std::string_view part;  // "variables", "locks", "timers", "interrupts", "contexts"
    std::string name;       // "nocb_lock[1]"
    std::string state;      // "held by cpu1"
};

// How reports spell what an event read or wrote: as its subject does, or as a number, or of a
// pointer "NULL" or "non-NULL".
std::string value_text(const scenario::Subsystem& target, const run::NamedTrace& trace,
                       const sim::Event& event);

std::optional<Effect> effect_of(const Replay& replay, const sim::Event& event);

}  // namespace rcufuzz::report
