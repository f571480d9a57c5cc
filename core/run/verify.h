// SPDX-License-Identifier: GPL-2.0-or-later
//
// Exhaustive search: every run of one plan, or of all plans up to a number of operations, within a
// bound on preemptions. Ends with a counterexample, or knows exactly what it has covered.
#pragma once

#include <cstdint>
#include <string>

#include "core/run/plan.h"
#include "core/run/runner.h"

namespace rcufuzz::run {

struct VerifyProgress {
    std::uint64_t plans = 0;  // done
    std::uint64_t all_plans = 0;
    std::uint64_t runs = 0;
    std::uint64_t states = 0;  // distinct ones, of the plans that are done
    bool states_full = false;  // there were more, of some plan
    double part = 0;           // of the plan at hand, from 0 to 1
};

struct VerifyOptions {
    static constexpr std::uint32_t unlimited = ~std::uint32_t{0};

    Plan base;             // target, bugs, modes, configuration; its decisions are not looked at
    unsigned max_ops = 0;  // 0: the operations of `base`; else all plans of 1 to so many operations
    std::uint32_t preemptions = unlimited;  // how often a context that could go on does not
    // The same for every choice of who acts, so for hand-overs too; the smaller search of the two.
    std::uint32_t delays = unlimited;
    // States that were explored before are not explored again, where the machine can tell
    // (sim/image.h). False: every run, for tests.
    bool prune = true;
    // How often the clock may advance though no timer waits for it: each multiplies the states.
    std::uint32_t free_jiffies = 0;
    std::size_t max_states = std::size_t{1} << 22;  // of one plan; 22 to 64 bytes each
    std::uint32_t shard = 0;                        // this part of `shards` equal ones
    std::uint32_t shards = 1;
    // Asked every few runs; false gives the search up. Null: go on.
    bool (*keep_going)(void* arg, const VerifyProgress& progress) = nullptr;
    void* keep_going_arg = nullptr;
};

struct VerifyResult {
    VerifyProgress done;
    bool finished = false;
    Plan counterexample;  // with its decisions
    Outcome outcome;      // of it; clean: there is none
};

VerifyResult verify(const VerifyOptions& options);

// How many plans that is; ~0 where it does not fit.
std::uint64_t plan_count(const VerifyOptions& options);

}  // namespace rcufuzz::run
