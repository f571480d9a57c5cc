// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/run/generate.h"

#include <gtest/gtest.h>

#include <set>

#include "core/run/names.h"
#include "core/run/toy_test.h"

namespace rcufuzz::run {
namespace {

bool is_canonical(const Plan& plan) {
    Plan again = plan;
    canonicalize(again);
    return again == plan;
}

TEST(Plan, CanonicalFormClipsMovesSortsAndDrops) {
    Plan plan = empty_plan(toy::subsystem());
    plan.bugs = ~std::uint64_t{0};
    plan.config = {9, 2, -100};
    plan.config[20] = 7;
    plan.ops = {{3, 5, scenario::OpContext::hardirq, {9, 9}},
                {2, 0, scenario::OpContext::softirq, {}}};
    plan.decisions = {{8, 3, 5}, {0, 9, 4}, {0, 9, 2}, {0, 1, 0}, {97, 1, 1}, {main_key, 1, 1}};
    canonicalize(plan);
    EXPECT_EQ(plan.bugs, 31u);
    EXPECT_EQ(plan.config[0], 1);
    EXPECT_EQ(plan.config[2], -5);
    EXPECT_EQ(plan.config[20], 0);
    EXPECT_EQ(plan.ops[0], (scenario::Op{0, 1, scenario::OpContext::hardirq, {3, 0}}));
    EXPECT_EQ(plan.ops[1].context, scenario::OpContext::task_on);
    const std::vector<sim::Decision> left{{0, 9, 2}, {8, 3, 5}, {main_key, 1, 1}};
    EXPECT_EQ(plan.decisions, left);
    plan.ops.resize(100);
    canonicalize(plan);
    EXPECT_EQ(plan.ops.size(), max_ops);
    EXPECT_TRUE(is_canonical(plan));
}

TEST(Generate, KeepsTheBaseAndItsBounds) {
    Plan base = empty_plan(toy::subsystem());
    enable_bug(base, "T03");
    base.oracle = OracleMode::black_box;
    set_config(base, "step=42");
    set_config(base, "cpus=3");
    Prng prng(1);
    std::set<std::int16_t> cpus;
    std::array<unsigned, 25> sizes{};
    for (int i = 0; i < 2000; ++i) {
        const Plan plan = generate(base, {.fixed_configs = 1u << toy::config_step}, prng);
        ASSERT_TRUE(is_canonical(plan));
        ASSERT_EQ(plan.bugs, base.bugs);
        ASSERT_EQ(plan.oracle, base.oracle);
        ASSERT_EQ(plan.config[toy::config_step], 42);
        ASSERT_TRUE(plan.decisions.empty());
        ++sizes.at(plan.ops.size());
        cpus.insert(plan.config[toy::config_cpus]);
    }
    EXPECT_EQ(cpus, (std::set<std::int16_t>{1, 2, 3}));
    EXPECT_EQ(sizes[0], 0u);
    for (std::size_t size = 1; size <= 24; ++size) EXPECT_GT(sizes[size], 40u) << size;
}

TEST(Generate, MutationsAreCanonicalAndMostlySmall) {
    Prng prng(2);
    Plan plan = generate(empty_plan(toy::subsystem()), {}, prng);
    unsigned changed = 0;
    for (int i = 0; i < 5000; ++i) {
        const Plan before = plan;
        mutate(plan, prng);
        ASSERT_TRUE(is_canonical(plan));
        changed += plan != before ? 1 : 0;
    }
    EXPECT_GT(changed, 3000u);
    EXPECT_LT(plan.ops.size(), max_ops + 1);
}

TEST(Generate, CrossingTakesDecisionsOfBoth) {
    Prng prng(3);
    Plan a = empty_plan(toy::subsystem());
    Plan b = a;
    for (std::uint8_t cpu = 0; cpu < 8; ++cpu) {
        a.decisions.push_back({static_cast<sim::ContextKey>(cpu * 8), 1, 1});
        b.decisions.push_back({static_cast<sim::ContextKey>(cpu * 8), 1, 2});
    }
    cross(a, b, prng);
    EXPECT_EQ(a.decisions.size(), 8u);
    std::set<std::uint8_t> values;
    for (const sim::Decision& decision : a.decisions) values.insert(decision.value);
    EXPECT_EQ(values.size(), 2u);
}

}  // namespace
}  // namespace rcufuzz::run
