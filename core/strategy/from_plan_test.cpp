// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/strategy/from_plan.h"

#include <gtest/gtest.h>

#include "core/strategy/program_test.h"

namespace rcufuzz::strategy {
namespace {

using sim::Decision;

TEST(FromPlan, WithoutDecisionsIsThePlainSequentialRun) {
    FromPlan plan({});
    EXPECT_EQ(test::run(test::two_by_three, plan).story, "aaabbb");
}

TEST(FromPlan, TakesOneDecisionWhereItSays) {
    // cpu0's task, at its third point, lets cpu1 act.
    const Decision decisions[] = {{sim::context_key(0, sim::Slot::task), 3,
                                   static_cast<std::uint8_t>(1 + sim::actor(sim::Act::run, 1))}};
    FromPlan plan(decisions);
    EXPECT_EQ(test::run(test::two_by_three, plan).story, "aabbba");
}

TEST(FromPlan, DecisionsThatDoNotFitChangeNothing) {
    const sim::ContextKey task = sim::context_key(0, sim::Slot::task);
    const Decision decisions[] = {
        {task, 1, 1 + sim::actor(sim::Act::irq, 1)},    // no interrupt waits there
        {task, 2, 255},                                 // no such actor
        {task, 3, 1 + sim::actor(sim::Act::run, 0)},    // the asker itself
        {task, 900, 1 + sim::actor(sim::Act::run, 1)},  // it never gets there
        {200, 1, 2},                                    // no such context
    };
    FromPlan plan(decisions);
    EXPECT_EQ(test::run(test::two_by_three, plan).story, "aaabbb");
}

// The world need not ask where the answer is known to be 0.
TEST(FromPlan, IsAskedOnlyWhereItHasADecision) {
    const sim::ContextKey task = sim::context_key(0, sim::Slot::task);
    const Decision decisions[] = {{task, 5, 2}, {task, 9, 2}};
    FromPlan plan(decisions);
    plan.begin(sim::world());
    EXPECT_EQ(plan.points_until_choice(task, 0), 5u);
    EXPECT_EQ(plan.points_until_choice(task, 2), 3u);
    EXPECT_EQ(plan.points_until_choice(task, 5), 4u);
    EXPECT_EQ(plan.points_until_choice(task, 9), sim::never_ask);
    EXPECT_EQ(plan.points_until_choice(task + 1, 0), sim::never_ask);
}

}  // namespace
}  // namespace rcufuzz::strategy
