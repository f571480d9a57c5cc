// SPDX-License-Identifier: GPL-2.0-or-later
//
// Makes random workloads from a subsystem's tables, and random changes of plans. It knows no
// subsystem. The result is canonical, and depends on the arguments and the generator alone.
#pragma once

#include "core/base/prng.h"
#include "core/run/frame.h"
#include "core/run/plan.h"

namespace rcufuzz::run {

struct GenerateOptions {
    std::uint32_t fixed_configs = 0;  // bit i: configuration i keeps the value of the template
    unsigned min_ops = 1;
    // With 24 operations, bugs that need a certain script show 5 to 20 times as often as with 12,
    // and a run takes less than twice the time. The minimiser makes the finds readable.
    unsigned max_ops = 24;
    // Rare bugs need still longer scripts. Those would double the time in which a hunt finds a
    // common bug, so it has workloads of max_ops to long_max_ops operations only when it has gone
    // on for long.
    unsigned long_max_ops = 64;
};

// Draws configuration and operations, and no decisions. Configuration that is not fixed comes from
// the swarm values. Target, bugs and modes are those of `base`.
Plan generate(const Plan& base, const GenerateOptions& options, Prng& prng);

// Draws the form of the algorithm (ConfigSpec::chosen) where the frame leaves it to inputs: half of
// the time the standard one. Draws the memory mode where the frame leaves that open.
void draw_form(Plan& plan, const Frame& frame, Prng& prng);

// Makes one to a few random changes of configuration, operations or decisions. They are local and
// mostly small, as mutators of fuzzers need them.
void mutate(Plan& plan, Prng& prng);

// Gives `plan` decisions of both plans; its operations and configuration stay. All decisions of one
// context come from the same plan, so that what that plan found out about it stays whole.
void cross(Plan& plan, const Plan& other, Prng& prng);

}  // namespace rcufuzz::run
