// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/run/covered.h"

#include <gtest/gtest.h>

#include "core/run/names.h"
#include "core/run/runner.h"
#include "core/run/toy_test.h"
#include "core/strategy/from_plan.h"

namespace rcufuzz::run {
namespace {

std::uint8_t kind_of(std::string_view name) {
    const auto ops = toy::subsystem().ops;
    for (std::size_t i = 0; i < ops.size(); ++i)
        if (ops[i].name == name) return static_cast<std::uint8_t>(i);
    ADD_FAILURE() << name;
    return 0;
}

constexpr auto on = static_cast<std::size_t>(scenario::OpContext::task_on);

Plan two_adders() {
    Plan plan = empty_plan(toy::subsystem());
    plan.ops = {{.kind = kind_of("add"), .cpu = 0, .args = {1, 0}},
                {.kind = kind_of("add"), .cpu = 1, .args = {1, 0}}};
    canonicalize(plan);
    return plan;
}

Covered covered_by(const Plan& plan, std::vector<sim::Decision> decisions) {
    Covered covered;
    const CoveredWatch watch(covered, plan);
    strategy::FromPlan strategy(decisions);
    EXPECT_EQ(run(plan, strategy).verdict, Verdict::clean);
    return covered;
}

TEST(Covered, CountsWhatRanByContext) {
    const Covered covered = covered_by(two_adders(), {});
    EXPECT_EQ(covered.began[kind_of("add")][on], 2u);
    EXPECT_EQ(covered.done[kind_of("add")][on], 2u);
    EXPECT_EQ(covered.began[kind_of("post")], Covered::ByContext{});
    EXPECT_TRUE(covered.together[kind_of("add")].none()) << "one came after the other";
}

TEST(Covered, KnowsWhichWereUnderWayAtOneTime) {
    Plan plan = two_adders();
    bool together = false;
    // Wherever in its operation the first CPU is held up, the other begins its own.
    for (std::uint16_t ordinal = 1; ordinal < 8 && !together; ++ordinal) {
        const sim::Decision decision{.key = 0, .ordinal = ordinal,
                                     .value = *value_from_words(plan, {{"run", "cpu1"}})};
        together = covered_by(plan, {decision}).together[kind_of("add")].test(kind_of("add"));
    }
    EXPECT_TRUE(together);
}

TEST(Covered, NobodyLooksOnAfterwards) {
    {
        Covered covered;
        const Plan plan = two_adders();
        const CoveredWatch watch(covered, plan);
    }
    EXPECT_EQ(scenario::op_watch, nullptr);
}

TEST(Covered, Merges) {
    Covered one, other;
    one.began[1][0] = 2;
    other.began[1][0] = 3;
    other.done[1][2] = 1;
    other.together[1].set(7);
    one.merge(other);
    EXPECT_EQ(one.began[1][0], 5u);
    EXPECT_EQ(one.done[1][2], 1u);
    EXPECT_TRUE(one.together[1].test(7));
}

}  // namespace
}  // namespace rcufuzz::run
