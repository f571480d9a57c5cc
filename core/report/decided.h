// SPDX-License-Identifier: GPL-2.0-or-later
//
// What stories say of a switch that a decision made: who was stopped, what that context had just
// seen or done, and who acted instead.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "core/report/replay.h"

namespace rcufuzz::report {

struct DecidedSwitch {
    std::size_t answer = 0;     // index into NamedTrace::events
    sim::ContextKey asker = 0;  // who was asked; run::main_key: the world, before anybody ran
    sim::ContextKey actor = 0;  // who acted instead
    bool stopped = false;       // the asker could have gone on, and did so later
};

// None where the event answers another kind of choice, or nobody acted any more.
std::optional<DecidedSwitch> decided_switch(const Replay& replay, std::size_t answer);

// "the timer interrupt comes on cpu2": what it means that a choice was answered with this actor.
std::string come_words(const Replay& replay, std::size_t answer);

// The last thing that a context did to named shared state between two events:
// "reads nocb_gp_sleep[0] as 1". Empty where there is none.
struct Deed {
    std::size_t event = 0;
    std::string now;   // "reads nocb_gp_sleep[0] as 1"
    std::string just;  // "has just read nocb_gp_sleep[0] as 1"
};
std::optional<Deed> last_deed(const Replay& replay, sim::ContextKey key, std::size_t from,
                              std::size_t to);

}  // namespace rcufuzz::report
