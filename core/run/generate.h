// SPDX-License-Identifier: GPL-2.0-or-later
//
// Random workloads from a subsystem's tables, and random changes of plans; the same for every
// subsystem. What comes out is canonical and a function of the arguments and the generator alone.
#pragma once

#include "core/base/prng.h"
#include "core/run/frame.h"
#include "core/run/plan.h"

namespace rcufuzz::run {

struct GenerateOptions {
    std::uint32_t fixed_configs = 0;  // bit i: configuration i keeps the value of the template
    unsigned min_ops = 1;
    // Bugs that need a certain script come 5 to 20 times as often as with 12 operations, at less
    // than twice the time; the minimiser makes what it finds readable.
    unsigned max_ops = 24;
    // Rare bugs want far longer scripts than common ones, which these would cost twice the time: a
    // hunt has workloads of max_ops to long_max_ops operations, too, when it has gone on for long.
    unsigned long_max_ops = 64;
};

// Configuration (swarm values, unless fixed) and operations; no decisions. Target, bugs and modes
// are those of `base`.
Plan generate(const Plan& base, const GenerateOptions& options, Prng& prng);

// Another form of the algorithm, where those are left open that only the user chooses otherwise:
// half of the time the standard one. And the memory mode, where that is open.
void draw_form(Plan& plan, const Frame& frame, Prng& prng);

// One to a few random changes of a plan: configuration, operations or decisions. What fuzz
// mutators need, and the opposite of the minimiser: local, and mostly small.
void mutate(Plan& plan, Prng& prng);

// The operations and configuration of `plan` with decisions of both: each context's decisions
// come from one parent, so that what one learned about a context stays whole.
void cross(Plan& plan, const Plan& other, Prng& prng);

}  // namespace rcufuzz::run
