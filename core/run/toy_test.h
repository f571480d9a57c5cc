// SPDX-License-Identifier: GPL-2.0-or-later
//
// The smallest subsystem that uses everything the contract offers, for the tests of this folder: a
// shared counter under a lock, and a worker kthread on a housekeeping CPU that is told of posts.
#pragma once

#include "core/scenario/scenario.h"

namespace rcufuzz::toy {

enum ToyOp : std::uint8_t { op_add, op_post, op_leave_irqs_off };
enum ToyBug : unsigned { bug_no_lock, bug_no_wake, bug_extra_wake, bug_odd_posts, bug_spins };
enum ToyConfig : std::size_t { config_end_tick, config_cpus, config_step };

const scenario::Subsystem& subsystem();

// What the last run left behind, for tests that look at more than the outcome.
struct ToyLog {
    unsigned ops_run = 0;
    int step = 0;  // of the configuration
    unsigned ticks = 0;
    unsigned closed_cpus = 0;  // as bits
    unsigned wrong_context = 0;
};
const ToyLog& log();

// Each operation leaves a note of how many have run since the process began: what no subject may
// do.
inline bool fickle = false;

}  // namespace rcufuzz::toy
