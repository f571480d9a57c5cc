// SPDX-License-Identifier: GPL-2.0-or-later
//
// What a plan holds apart from operations and decisions, as users say it: on a command line, or in
// the environment of a fuzz target.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/run/plan.h"

namespace rcufuzz::run {

struct FrameWords {
    std::vector<std::string> bugs{};     // "none": no bug, where a plan has one
    std::vector<std::string> configs{};  // "name=value"; stronger than what a bug needs
    std::string memory{};                // empty: weak where a bug needs it, else sc
    std::string oracle{};                // empty: all
    std::string kernel{};                // of a target that is a kernel; empty: the only one built
};

struct Frame {
    Plan plan;                        // no operations, no decisions
    std::uint32_t fixed_configs = 0;  // bit i: the user gave configuration i, or a bug needs it
    // Which form of the algorithm it is (ConfigSpec::chosen), and under which memory: inputs of a
    // fuzz target choose, where this says so, what the user has not; of the forms, one that has no
    // faults of its own.
    bool inputs_choose_forms = false;
    bool inputs_choose_memory = false;
};

// For a fuzz target: inputs choose whatever the words leave open. With bugs on they do not: a bug
// is one of its standard form, or says what it needs.
void let_inputs_choose(Frame& frame, const FrameWords& said);

// Throws UserError for what the words get wrong.
Frame make_frame(const scenario::Subsystem& target, const FrameWords& said);

// `plan` with what the words say in place of its own; what they leave out stays.
Plan with_words(Plan plan, const FrameWords& said);

// The same plan for the correct code. A form with faults of its own becomes the standard one.
Plan without_bugs(Plan plan);

}  // namespace rcufuzz::run
