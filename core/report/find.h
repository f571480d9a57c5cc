// SPDX-License-Identifier: GPL-2.0-or-later
//
// What every report begins with: one replay of a plan with its whole trace, and the plan in words.
#pragma once

#include <string>
#include <vector>

#include "core/run/runner.h"

namespace rcufuzz::report {

struct Find {
    const run::Plan& plan;
    run::Outcome outcome;
    run::NamedTrace trace;
    std::vector<std::string> ops;      // "cpu1: call_rcu, interrupts disabled"
    std::vector<std::string> configs;  // "name value", those that are not standard
    std::vector<std::string> bugs;     // whole names
    std::vector<std::string> modes;    // "memory sc", "oracle all"
};

// `plan` must outlive the result.
Find replay_find(const run::Plan& plan);

}  // namespace rcufuzz::report
