// SPDX-License-Identifier: GPL-2.0-or-later
//
// What every report begins with: one replay of a plan with its whole trace, and the plan in words.
#pragma once

#include <string>
#include <vector>

#include "core/run/runner.h"
#include "core/scenario/platform.h"

namespace rcufuzz::report {

// A context is about to access something shared. Only of subjects that have StepSpecs.
struct Place {
    std::size_t event;  // how many events the trace had then
    std::uint32_t step;
    sim::ContextKey key;
    std::uint8_t cpu;
    std::uint64_t jiffies;
    sim::Site site;
    bool in_softirq;
};

// In the trace of a Replay a context's coming to a step's function is a note: from this number on,
// one for each of Subsystem::steps.
inline constexpr sim::ObjectId first_step_note = sim::first_place;

struct Replay {
    const run::Plan& plan;
    run::Outcome outcome;
    run::NamedTrace trace;
    std::vector<std::string> ops;      // "cpu1: call_rcu, interrupts disabled"
    std::vector<std::string> configs;  // "name value", those that are not standard
    std::vector<std::string> bugs;     // whole names
    std::vector<std::string> modes;    // "memory sc", "oracle all"
    std::vector<Place> places;         // in the order of the run
};

// `plan` must outlive the result.
Replay replay_traced(const run::Plan& plan);

// What such a note tells.
std::string step_words(const scenario::Subsystem& target, sim::ObjectId note, std::string_view who);

// What the subject says of itself; empty: it has nothing to say.
scenario::SubjectWords subject_words(const Replay& replay);
// What is tested, for people: "tracepoints with static calls, v5.10 to v6.12".
std::string system_words(const Replay& replay);

}  // namespace rcufuzz::report
