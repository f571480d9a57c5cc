// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/report/minimize.h"

#include <gtest/gtest.h>

#include "core/base/effort_test.h"
#include "core/report/find_test.h"
#include "core/report/reduce.h"
#include "core/run/codec.h"
#include "core/run/names.h"
#include "core/run/toy_test.h"

namespace rcufuzz::report {
namespace {

run::Plan toy_with(std::string_view bug) {
    run::Plan plan = run::empty_plan(toy::subsystem());
    if (!bug.empty()) run::enable_bug(plan, bug);
    return plan;
}

class MinimizeToy : public testing::TestWithParam<const char*> {};

// The smallest lost addition: two of them, and one of the contexts is interrupted in between.
TEST_P(MinimizeToy, LostAdditionNeedsTwoOperationsAndOneDecision) {
    for (std::uint64_t seed = 1; seed <= effort(3u); ++seed) {
        const run::Plan found = find_one(toy_with("T01"), GetParam(), seed);
        const run::Plan minimal = minimize(found);
        EXPECT_EQ(minimal.ops.size(), 2u) << run::to_text(minimal);
        EXPECT_EQ(minimal.decisions.size(), 1u) << run::to_text(minimal);
        EXPECT_EQ(minimal.config[toy::config_step], 1);
        EXPECT_TRUE(run::replay(minimal).same_find(run::replay(found)));
    }
}

TEST_P(MinimizeToy, StrandedPostNeedsOneOperation) {
    for (std::uint64_t seed = 1; seed <= effort(3u); ++seed) {
        const run::Plan minimal = minimize(find_one(toy_with("T02"), GetParam(), seed));
        EXPECT_EQ(minimal.ops.size(), 1u) << run::to_text(minimal);
        EXPECT_LE(minimal.decisions.size(), 1u) << run::to_text(minimal);
    }
}

INSTANTIATE_TEST_SUITE_P(Policies, MinimizeToy, testing::Values("random", "pct"));

// Sixteen additions in two lines are more to read than two in two.
TEST(Minimize, RepetitionsAreWorkAsOperationsAre) {
    run::Plan plan = toy_with("T01");
    plan.ops.assign(2, {toy::op_add, 0, scenario::OpContext::task_on, {1, 0}});
    EXPECT_EQ(size_of(plan).work, 2u);
    plan.ops[1].args[0] = 3;
    EXPECT_EQ(size_of(plan).work, 4u);
    EXPECT_EQ(size_of(plan).ops, 2u);
    run::Plan lines = toy_with("T01");
    lines.ops.assign(3, {toy::op_add, 0, scenario::OpContext::task_on, {1, 0}});
    EXPECT_LT(size_of(lines), size_of(plan));
}

TEST(Minimize, HuntsAmongSmallWorkloads) {
    unsigned smaller = 0;
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
        const run::Plan found = find_one(toy_with("T01"), "random", seed);
        Search search(found, 4'000'000, 0);
        const Size before = size_of(search.best());
        if (hunt_smaller(search, found)) {
            ++smaller;
            EXPECT_LT(size_of(search.best()).work, before.work);
        }
        EXPECT_TRUE(run::replay(search.best()).same_find(run::replay(found)));
        EXPECT_GT(search.budget_left(), 1'000'000u) << "the rest is for other moves";
    }
    EXPECT_GE(smaller, 4u);
}

TEST(Minimize, IsAFunctionOfThePlanAndHasNothingToDoTwice) {
    const run::Plan found = find_one(toy_with("T01"), "random", 7);
    const run::Plan minimal = minimize(found);
    EXPECT_EQ(minimize(found), minimal);
    EXPECT_EQ(minimize(minimal), minimal);
}

TEST(Minimize, ResultSurvivesBothForms) {
    const run::Plan minimal = minimize(find_one(toy_with("T01"), "pct", 3));
    const run::Outcome outcome = run::replay(minimal);
    const run::Plan text = run::from_text(run::to_text(minimal), "text");
    const run::Plan binary = run::decode(run::encode(text), {toy_with("")});
    EXPECT_EQ(binary, minimal);
    EXPECT_EQ(run::replay(binary).trace_hash, outcome.trace_hash);
    EXPECT_TRUE(run::replay(binary).same_find(outcome));
}

TEST(Minimize, PlanThatShowsNothingComesBackAsItIs) {
    run::Plan plan = toy_with("");
    plan.ops.assign(5, {toy::op_post, 0, scenario::OpContext::task_on, {}});
    MinimizeStats stats;
    EXPECT_EQ(minimize(plan, {}, &stats), plan);
    EXPECT_FALSE(stats.reproduced);
}

TEST(Minimize, GuessesAloneMakeAFindSmaller) {
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
        const run::Plan found = find_one(toy_with("T01"), "random", seed);
        Search search(found, 10'000'000, 0);
        const Size before = size_of(search.best());
        EXPECT_TRUE(guess_smaller(search)) << run::to_text(found);
        EXPECT_LT(size_of(search.best()), before);
        EXPECT_TRUE(run::replay(search.best()).same_find(run::replay(found)));
    }
}

TEST(Minimize, AttemptsGuessInOtherWays) {
    const run::Plan found = find_one(toy_with("T01"), "random", 7);
    EXPECT_EQ(Search(found, 1'000'000, 1).seed(), Search(found, 1'000'000, 1).seed());
    EXPECT_NE(Search(found, 1'000'000, 1).seed(), Search(found, 1'000'000, 2).seed());
}

TEST(Outcome, ShowsAFindBetterWithoutAnOldLoad) {
    run::Outcome old;
    old.verdict = Verdict::invariant;
    old.cause = {.why = "invariant-posts_are_even-post", .old_load = "-old_load_early"};
    old.identity = old.cause.text();
    run::Outcome plain = old;
    plain.cause.old_load.clear();
    plain.identity = plain.cause.text();
    EXPECT_TRUE(plain.shows(old));
    EXPECT_FALSE(old.shows(plain));
    plain.verdict = Verdict::stranded_callback;
    EXPECT_FALSE(plain.shows(old));
}

TEST(Minimize, WhoeverWaitsForItMayEndIt) {
    const run::Plan found = find_one(toy_with("T01"), "random", 5);
    unsigned asked = 0;
    MinimizeStats stats;
    const run::Plan less = minimize(found, {.keep_going = [&] { return ++asked < 3; }}, &stats);
    EXPECT_EQ(asked, 3u);
    EXPECT_FALSE(stats.finished);
    EXPECT_TRUE(run::replay(less).same_find(run::replay(found)));
}

TEST(Minimize, BudgetEndsTheSearchButNotTheFind) {
    const run::Plan found = find_one(toy_with("T01"), "random", 5);
    MinimizeStats stats;
    const run::Plan less = minimize(found, {.budget = 20'000}, &stats);
    EXPECT_FALSE(stats.finished);
    EXPECT_TRUE(run::replay(less).same_find(run::replay(found)));
    EXPECT_LE(less.ops.size(), found.ops.size());
}

}  // namespace
}  // namespace rcufuzz::report
