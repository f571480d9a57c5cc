// SPDX-License-Identifier: GPL-2.0-or-later
//
// What engines see of a run beside code coverage: enough to tell orders apart, and nothing that
// changes the run.
#include "core/run/coverage.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "core/run/codec.h"
#include "core/run/runner.h"
#include "core/run/toy_test.h"
#include "core/strategy/from_plan.h"
#include "core/strategy/random.h"

namespace rcufuzz::run {
namespace {

using Counters = std::array<std::uint8_t, 1024>;

constexpr Feedback states{.states = true, .orders = false};
constexpr Feedback orders{.states = false, .orders = true};

Counters counters_of(const Plan& plan, Feedback feedback) {
    Counters counters{};
    strategy::FromPlan decisions(plan.decisions);
    StateSampler sampler(decisions, counters, feedback);
    run(plan, sampler);
    return counters;
}

// Two additions; the decisions, if any, say who goes first.
Plan additions(std::string_view first_cpu, std::string_view decisions = "") {
    return from_text("rcufuzz-plan 1\ntarget toy\nbug T01\nop " + std::string(first_cpu) +
                         " on add\nop cpu1 on add\n" + std::string(decisions),
                     "test");
}

TEST(Coverage, TellsOrdersApart) {
    const Plan one_by_one = additions("cpu0");
    const Plan lost = additions("cpu0", "decide cpu0 3 run cpu1\n");
    EXPECT_NE(replay(one_by_one).verdict, replay(lost).verdict);
    EXPECT_NE(counters_of(one_by_one, states), counters_of(lost, states));
    EXPECT_NE(counters_of(one_by_one, orders), counters_of(lost, orders));
    EXPECT_EQ(counters_of(lost, orders), counters_of(lost, orders));
}

TEST(Coverage, OfOrdersNeedsTwoContexts) {
    EXPECT_EQ(counters_of(additions("cpu1"), orders), Counters{}) << "one task makes both";
    EXPECT_EQ(counters_of(additions("cpu0"), {false, false}), Counters{}) << "switched off";
}

// Who touched an object last in the run before says nothing about this one.
TEST(Coverage, OfOrdersBeginsAnewWithEachRun) {
    const Plan lost = additions("cpu0", "decide cpu0 3 run cpu1\n");
    const Counters first = counters_of(additions("cpu1"), orders);
    counters_of(lost, orders);
    EXPECT_EQ(counters_of(additions("cpu1"), orders), first);
}

// The same line in a task and in an interrupt are two places.
TEST(Coverage, TellsKindsOfContextsApart) {
    const auto of_adds_in = [](std::string_view context) {
        return counters_of(from_text("rcufuzz-plan 1\ntarget toy\nop cpu0 on add\nop cpu1 " +
                                         std::string(context) + " add\n",
                                     "test"),
                           orders);
    };
    EXPECT_NE(of_adds_in("softirq"), of_adds_in("hardirq"));
}

TEST(Coverage, LeavesTheRunAsItIs) {
    const Plan plan = from_text(
        "rcufuzz-plan 1\ntarget toy\nop cpu0 on add times=2\nop cpu1 off add\nop cpu1 on post\n"
        "op cpu0 hardirq add\nop cpu1 softirq add\n",
        "test");
    const RunOptions options{.trace = sim::TraceLevel::hash};
    for (std::uint64_t seed = 0; seed < 300; ++seed) {
        strategy::RandomWalk strategy;
        strategy.reseed(seed);
        const Recorded recorded = record(plan, strategy);
        strategy::FromPlan decisions(recorded.plan.decisions);
        Counters counters{};
        StateSampler sampler(decisions, counters, {.states = seed % 2 == 0, .orders = true});
        const Outcome sampled = run(recorded.plan, sampler, options);
        ASSERT_EQ(sampled.trace_hash, recorded.outcome.trace_hash);
        ASSERT_EQ(sampled.points, recorded.outcome.points);
        EXPECT_GT(std::ranges::count(counters, 1), 0);
    }
}

}  // namespace
}  // namespace rcufuzz::run
