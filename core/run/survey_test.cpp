// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/run/survey.h"

#include <gtest/gtest.h>

#include "core/base/check.h"
#include "core/run/codec.h"
#include "core/run/names.h"
#include "core/run/toy_test.h"

namespace rcufuzz::run {
namespace {

Plan two_additions(std::string_view bug) {
    Plan plan = empty_plan(toy::subsystem());
    if (!bug.empty()) enable_bug(plan, bug);
    for (std::uint8_t cpu = 0; cpu < 2; ++cpu)
        plan.ops.push_back({toy::op_add, cpu, scenario::OpContext::task_on, {2, 0}});
    canonicalize(plan);
    return plan;
}

TEST(Survey, FindsWhatAPlansOperationsCanShow) {
    Survey survey({.strategies = {}, .runs = 200});
    const std::optional<Find> find = survey.try_plan(two_additions("T01"));
    ASSERT_TRUE(find.has_value());
    EXPECT_EQ(find->outcome.verdict, Verdict::wrong_data);
    EXPECT_EQ(find->plan.ops, two_additions("T01").ops);
    EXPECT_TRUE(replay(find->plan).same_find(find->outcome));
    EXPECT_EQ(survey.runs(), find->run);
    EXPECT_FALSE(survey.try_plan(two_additions("")).has_value());
    EXPECT_EQ(survey.runs(), find->run + 200);
}

// A survey answers for each plan what it would answer for that plan alone.
TEST(Survey, LooksForOneFindOnly) {
    Plan plan = empty_plan(toy::subsystem());
    enable_bug(plan, "T01");
    plan.ops = {{.kind = 0, .cpu = 0, .args = {2, 0}}, {.kind = 0, .cpu = 1, .args = {1, 0}}};
    canonicalize(plan);
    const auto any = Survey({.strategies = {}, .runs = 200}).try_plan(plan);
    ASSERT_TRUE(any.has_value());
    const std::string identity = replay(any->plan).identity;
    EXPECT_TRUE(Survey({.strategies = {}, .runs = 200, .identity = identity}).try_plan(plan));
    Survey other({.strategies = {}, .runs = 200, .identity = "another"});
    EXPECT_FALSE(other.try_plan(plan).has_value());
    EXPECT_EQ(other.runs(), 200u) << "it went on";
}

TEST(Survey, EndsWhenItIsToldTo) {
    unsigned left = 7;
    SurveyOptions options;
    options.keep_going = [&] { return left-- > 0; };
    Survey survey(options);
    Plan plan = empty_plan(toy::subsystem());
    EXPECT_FALSE(survey.try_plan(plan).has_value());
    EXPECT_EQ(survey.runs(), 7u);
}

TEST(Survey, PlansDoNotLearnFromEachOther) {
    Plan longer = two_additions("");
    for (int i = 0; i < 6; ++i) longer.ops.push_back({toy::op_post, 0, {}, {}});
    canonicalize(longer);
    Survey fresh({.strategies = {}, .runs = 200});
    Survey used({.strategies = {}, .runs = 200});
    used.try_plan(longer);
    const std::optional<Find> alone = fresh.try_plan(two_additions("T01"));
    const std::optional<Find> after = used.try_plan(two_additions("T01"));
    ASSERT_TRUE(alone.has_value() && after.has_value());
    EXPECT_EQ(alone->plan, after->plan);
    EXPECT_EQ(alone->run, after->run);
}

TEST(Survey, UnknownStrategyIsTheUsersFault) {
    EXPECT_THROW(Survey({.strategies = {"luck"}}), UserError);
}

}  // namespace
}  // namespace rcufuzz::run
