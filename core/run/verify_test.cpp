// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/run/verify.h"

#include <gtest/gtest.h>

#include "core/run/names.h"
#include "core/run/toy_test.h"
#include "core/sim/image.h"

namespace rcufuzz::run {
namespace {

Plan two_adds(std::uint64_t bugs) {
    Plan plan = empty_plan(toy::subsystem());
    plan.bugs = bugs;
    for (std::uint8_t cpu = 0; cpu < 2; ++cpu)
        plan.ops.push_back({.kind = toy::op_add, .cpu = cpu});
    canonicalize(plan);
    return plan;
}

TEST(Verify, FindsACounterexampleThatReplays) {
    VerifyOptions options;
    options.base = two_adds(1u << toy::bug_no_lock);
    options.preemptions = 1;
    const VerifyResult result = verify(options);
    EXPECT_FALSE(result.finished);
    ASSERT_TRUE(result.outcome.found());
    EXPECT_FALSE(result.counterexample.decisions.empty());
    const Outcome again = replay(result.counterexample);
    EXPECT_TRUE(again.same_find(result.outcome));
    EXPECT_EQ(again.trace_hash, result.outcome.trace_hash);
}

TEST(Verify, ProvesTheSamePlanWithoutTheBug) {
    VerifyOptions options;
    options.base = two_adds(0);
    options.preemptions = 1;
    const VerifyResult result = verify(options);
    EXPECT_TRUE(result.finished);
    EXPECT_FALSE(result.outcome.found());
    EXPECT_EQ(result.done.plans, 1u);
    EXPECT_GT(result.done.runs, 10u);
}

// Without a preemption the two additions cannot meet.
TEST(Verify, TheBoundIsABound) {
    VerifyOptions options;
    options.base = two_adds(1u << toy::bug_no_lock);
    options.preemptions = 0;
    EXPECT_TRUE(verify(options).finished);
}

TEST(Verify, DelaysBoundHandOversToo) {
    VerifyOptions options;
    options.base = two_adds(0);
    options.delays = 0;
    EXPECT_EQ(verify(options).done.runs, 1u);
    options.delays = 1;
    const std::uint64_t one = verify(options).done.runs;
    EXPECT_GT(one, 1u);
    options.delays = VerifyOptions::unlimited;
    options.preemptions = 1;
    EXPECT_GT(verify(options).done.runs, one);
    options.base = two_adds(1u << toy::bug_no_lock);
    options.preemptions = VerifyOptions::unlimited;
    options.delays = 1;
    EXPECT_TRUE(verify(options).outcome.found());
}

TEST(Verify, GoesThroughAllPlans) {
    VerifyOptions options;
    options.base = empty_plan(toy::subsystem());
    options.preemptions = 0;
    options.max_ops = 1;
    const std::uint64_t one = plan_count(options);
    EXPECT_EQ(verify(options).done.plans, one);
    // Two operations: on one CPU in either order, on two CPUs in one.
    options.max_ops = 2;
    const unsigned cpus = toy::subsystem().workload_cpus(options.base.config);
    const std::uint64_t per_cpu = one / cpus;
    EXPECT_EQ(plan_count(options), one + per_cpu * per_cpu * (cpus + cpus * (cpus - 1) / 2));
}

// The same verdict for every kind of operation and every bug, in fewer runs.
TEST(Verify, PruningLosesNothing) {
    std::uint64_t pruned_runs = 0;
    std::uint64_t all_runs = 0;
    unsigned found = 0;
    for (std::size_t kind = 0; kind < toy::subsystem().ops.size(); ++kind) {
        for (std::size_t bug = 0; bug <= toy::subsystem().bugs.size(); ++bug) {
            VerifyOptions options;
            options.base = two_adds(bug == 0 ? 0 : std::uint64_t{1} << (bug - 1));
            for (scenario::Op& op : options.base.ops) op.kind = static_cast<std::uint8_t>(kind);
            canonicalize(options.base);
            options.delays = 2;
            const VerifyResult pruned = verify(options);
            options.prune = false;
            const VerifyResult all = verify(options);
            EXPECT_EQ(pruned.finished, all.finished);
            EXPECT_EQ(pruned.outcome.verdict, all.outcome.verdict);
            EXPECT_LE(pruned.done.runs, all.done.runs);
            if (all.outcome.found()) ++found;
            pruned_runs += pruned.done.runs;
            all_runs += all.done.runs;
        }
    }
    EXPECT_GT(found, 0u);
    if (sim::has_image) {
        EXPECT_LT(pruned_runs, all_runs);
    }
}

// What abandoned runs leave on the stacks does not tell states apart.
TEST(Verify, ASecondSearchSeesNoOtherStates) {
    VerifyOptions options;
    options.base = two_adds(0);
    options.delays = 3;
    const VerifyProgress first = verify(options).done;
    options.delays = 2;
    verify(options);
    options.delays = 3;
    const VerifyProgress again = verify(options).done;
    EXPECT_EQ(again.states, first.states);
    EXPECT_EQ(again.runs, first.runs);
}

TEST(Verify, SaysWhereItCouldNotKeepAllStates) {
    if (!sim::has_image) GTEST_SKIP() << "no states";
    VerifyOptions options;
    options.base = two_adds(0);
    options.delays = 2;
    EXPECT_FALSE(verify(options).done.states_full);
    options.max_states = 4;
    const VerifyResult cramped = verify(options);
    EXPECT_TRUE(cramped.finished);
    EXPECT_TRUE(cramped.done.states_full);
    EXPECT_EQ(cramped.done.states, 4u);
}

TEST(Verify, SaysHowFarItGot) {
    VerifyOptions options;
    options.base = two_adds(0);
    options.keep_going = [](void*, const VerifyProgress& progress) { return progress.runs < 256; };
    const VerifyResult result = verify(options);
    EXPECT_FALSE(result.finished);
    EXPECT_FALSE(result.outcome.found());
    EXPECT_GE(result.done.runs, 256u);
    EXPECT_LT(result.done.part, 1.0);
}

}  // namespace
}  // namespace rcufuzz::run
