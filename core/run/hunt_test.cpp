// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/run/hunt.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/check.h"
#include "core/base/effort_test.h"
#include "core/base/prng.h"
#include "core/run/codec.h"
#include "core/run/names.h"
#include "core/run/toy_test.h"
#include "core/strategy/strategies.h"

namespace rcufuzz::run {
namespace {

HuntOptions toy_hunt(std::string_view bug, std::string_view policy = "random") {
    HuntOptions options;
    options.base = empty_plan(toy::subsystem());
    if (!bug.empty()) enable_bug(options.base, bug);
    options.strategy = policy;
    options.runs = 20000;
    return options;
}

TEST(Hunt, EveryPolicyFindsTheMissingLock) {
    for (const strategy::PolicyInfo& policy : strategy::all_policies()) {
        const HuntResult result = hunt(toy_hunt("T01", policy.name));
        ASSERT_EQ(result.finds.size(), 1u) << policy.name;
        EXPECT_EQ(result.finds[0].outcome.verdict, Verdict::wrong_data);
        EXPECT_EQ(result.finds[0].run, result.runs);
    }
}

TEST(Hunt, CorrectAndBenignCodeIsClean) {
    for (const strategy::PolicyInfo& policy : strategy::all_policies()) {
        for (const char* bug : {"", "T03"}) {
            HuntOptions options = toy_hunt(bug, policy.name);
            options.runs = effort(20000u);
            const HuntResult result = hunt(options);
            for (const Find& find : result.finds)
                ADD_FAILURE() << policy.name << " " << find.outcome.detail << "\n"
                              << to_text(find.plan);
            EXPECT_EQ(result.runs, options.runs);
        }
    }
}

// Found, recorded, text, binary, replayed: verdict, site and trace hash stay.
TEST(Hunt, FindsSurviveTheRoundTrip) {
    for (const char* bug : {"T01", "T02", "T04"}) {
        const HuntResult result = hunt(toy_hunt(bug));
        ASSERT_EQ(result.finds.size(), 1u) << bug;
        const Find& find = result.finds[0];
        const Plan from_words = from_text(to_text(find.plan), "x");
        const Plan from_bytes = decode(encode(from_words), {empty_plan(toy::subsystem())});
        EXPECT_EQ(from_bytes, find.plan);
        const Outcome outcome = replay(from_bytes);
        EXPECT_TRUE(outcome.same_find(find.outcome)) << outcome.site;
        EXPECT_EQ(outcome.trace_hash, find.outcome.trace_hash);
    }
}

TEST(Hunt, IsAFunctionOfItsOptions) {
    HuntOptions options = toy_hunt("T01", "pct");
    options.all = true;
    options.runs = 5000;
    const HuntResult first = hunt(options);
    const HuntResult second = hunt(options);
    ASSERT_EQ(first.finds.size(), second.finds.size());
    for (std::size_t i = 0; i < first.finds.size(); ++i) {
        EXPECT_EQ(first.finds[i].plan, second.finds[i].plan);
        EXPECT_EQ(first.finds[i].run, second.finds[i].run);
    }
    EXPECT_EQ(first.points, second.points);
    options.seed = 2;
    EXPECT_NE(hunt(options).points, first.points);
}

// Each workload is that policy's which has had the fewest points, and what a policy learns of a
// workload it forgets before the next.
TEST(Hunt, EachWorkloadIsLearnedAnew) {
    for (const char* name : {"pct", "surw", "all"}) {
        HuntOptions options = toy_hunt("", name);
        options.runs = 20 * options.runs_per_workload;
        std::map<std::string_view, std::uint64_t> points;  // by policy
        for (const auto& info : strategy::all_policies())
            if (name == std::string_view("all") || name == info.name) points[info.name] = 0;
        std::uint64_t all_points = 0;
        DistinctSketch sketch;
        Prng hunt_prng(options.seed);
        for (unsigned workload = 0; workload < 20; ++workload) {
            Prng prng(hunt_prng.next());
            const Plan plan = generate(options.base, options.workload, prng);
            std::string_view turn;
            for (const auto& info : strategy::all_policies())
                if (points.contains(info.name) &&
                    (turn.empty() || points[info.name] < points[turn]))
                    turn = info.name;
            const auto fresh = strategy::make_policy(turn);
            for (unsigned i = 0; i < options.runs_per_workload; ++i) {
                fresh->reseed(prng.next());
                const Outcome outcome = run(plan, *fresh);
                points[turn] += outcome.points;
                all_points += outcome.points;
                sketch.add(outcome.state_hash);
            }
        }
        const HuntResult result = hunt(options);
        EXPECT_EQ(result.points, all_points) << name;
        EXPECT_EQ(result.states.estimate(), sketch.estimate()) << name;
    }
}

// A subject that does not depend on its plan alone is our fault, and no find.
TEST(HuntDeathTest, WhoTakesAnotherCourseWhenRepeatedIsNoticed) {
    HuntOptions options = toy_hunt("");
    options.workload.min_ops = 2;
    options.runs = 64;
    options.repeat_every = 8;
    EXPECT_EXIT(
        {
            toy::fickle = true;
            hunt(options);
        },
        testing::ExitedWithCode(70), "nondeterminism: run 8 of seed 1 ");
    options.repeat_every = 0;
    EXPECT_EXIT(
        {
            toy::fickle = true;
            hunt(options);
            std::exit(3);
        },
        testing::ExitedWithCode(3), "");
}

TEST(Hunt, AllKeepsOneFindOfAKind) {
    HuntOptions options = toy_hunt("T01");
    enable_bug(options.base, "T02");
    options.all = true;
    options.runs = effort(options.runs);
    const HuntResult result = hunt(options);
    EXPECT_EQ(result.runs, options.runs);
    EXPECT_EQ(result.finds.size(), 2u);
}

TEST(Hunt, StopsWhenToldTo) {
    HuntOptions options = toy_hunt("");
    options.runs = unlimited_runs;
    options.keep_going = [](const HuntResult& result) { return result.runs < 100; };
    EXPECT_EQ(hunt(options).runs, 128u);
}

TEST(Hunt, MinimizesThroughTheCallback) {
    HuntOptions options = toy_hunt("T02");
    static unsigned calls = 0;
    options.minimize = [](const Plan& plan, std::uint64_t budget,
                          const std::function<bool()>& keep_going) -> Smaller {
        EXPECT_TRUE(keep_going());
        EXPECT_EQ(budget, minimize_budget);
        ++calls;
        return {plan};
    };
    EXPECT_EQ(hunt(options).finds.size(), 1u);
    EXPECT_EQ(calls, 1u);
}

// The first finds of a hunt for all must not use up its time.
TEST(Hunt, ForAllSharesItsWorkBetweenHuntingAndMinimizing) {
    HuntOptions options = toy_hunt("T01");
    enable_bug(options.base, "T02");
    options.all = true;
    options.runs = effort(options.runs);
    static std::vector<std::uint64_t> budgets;
    options.minimize = [](const Plan& plan, std::uint64_t budget,
                          const std::function<bool()>&) -> Smaller {
        budgets.push_back(budget);
        return {plan, budget};
    };
    hunt(options);
    EXPECT_EQ(budgets, std::vector(2, minimize_budget_least)) << "little has been hunted yet";
    budgets.clear();
    options.resumed.workloads = 1;
    options.resumed.points = minimize_budget + minimize_budget_least + 5;
    hunt(options);
    ASSERT_EQ(budgets.size(), 2u);
    EXPECT_EQ(budgets[0], minimize_budget);
    EXPECT_GT(budgets[1], minimize_budget_least) << "what is left of the share";
    EXPECT_LT(budgets[1], minimize_budget);
}

// Workloads with many operations are near here.
std::uint64_t near_workloads(bool steers) {
    std::uint64_t near = 0;
    HuntOptions options = toy_hunt("");
    options.came_near = [&] {
        const bool is_near = toy::log().ops_run >= 55;
        near += is_near ? 1 : 0;
        return is_near && steers;
    };
    hunt(options);
    return near;
}

TEST(Hunt, VariesWhatComesNear) {
    const std::uint64_t unsteered = near_workloads(false);
    EXPECT_GT(unsteered, 20u);
    const std::uint64_t steered = near_workloads(true);
    EXPECT_GT(steered, unsteered * 3 / 2);
    EXPECT_EQ(near_workloads(true), steered) << "a function of its options";
}

// By the number of its operations that a workload has run: how often, with the last run.
std::map<std::size_t, unsigned> lengths_of_workloads(std::uint64_t runs) {
    HuntOptions options = toy_hunt("");
    options.runs = runs;
    options.runs_per_workload = 1;
    options.repeat_every = 0;
    options.workload.max_ops = 5;
    options.workload.long_max_ops = 40;
    std::map<std::size_t, unsigned> lengths;
    options.came_near = [&] {
        ++lengths[toy::log().ops_run];
        return false;
    };
    hunt(options);
    return lengths;
}

TEST(Hunt, HalfOfTheWorkloadsAreLongInTheEnd) {
    EXPECT_LE(lengths_of_workloads(1000).rbegin()->first, 5u);
    unsigned longer = 0;
    unsigned short_ones = 0;
    for (const auto& [length, times] : lengths_of_workloads(3024)) {
        EXPECT_LE(length, 40u);
        (length > 5 ? longer : short_ones) += times;
    }
    EXPECT_NEAR(longer, 1000, 120);
    EXPECT_NEAR(short_ones, 2024, 120);
}

TEST(Hunt, VariationsKeepWhatIsFixed) {
    HuntOptions options = toy_hunt("");
    options.runs = 4000;
    options.runs_per_workload = 1;
    options.repeat_every = 0;
    options.base.config[toy::config_step] = 7;
    options.workload.fixed_configs = 1u << toy::config_step;
    unsigned workloads = 0;
    options.came_near = [&] {
        EXPECT_EQ(toy::log().step, 7);
        return ++workloads % 2 == 0;
    };
    hunt(options);
    EXPECT_EQ(workloads, 4000u);
}

TEST(Hunt, UnknownStrategyIsTheUsersFault) { EXPECT_THROW(hunt(toy_hunt("", "luck")), UserError); }

TEST(Sketch, CountsToAPerCent) {
    DistinctSketch sketch;
    EXPECT_EQ(sketch.estimate(), 0u);
    for (std::uint64_t i = 0; i < 100; ++i) sketch.add(i % 50);
    EXPECT_EQ(sketch.estimate(), 50u);
    DistinctSketch other;
    for (std::uint64_t i = 0; i < 1000000; ++i) other.add(i);
    other.merge(sketch);
    EXPECT_NEAR(static_cast<double>(other.estimate()), 1e6, 3e4);
}

// Stopped after each so many workloads, and resumed from what was kept of it.
TEST(Hunt, ThatIsResumedGoesOnAsIfItHadNotStopped) {
    for (const std::string strategy : {"all", "pct", "surw"}) {
        HuntOptions whole = toy_hunt("T01", strategy);
        whole.all = true;
        whole.runs = 4000;
        HuntResult kept;
        whole.keep = [&](const HuntResult& result) { kept = result; };
        const HuntResult once = hunt(whole);
        EXPECT_EQ(once.position, kept.position);

        HuntOptions parts = whole;
        std::vector<Find> finds;
        Covered covered;
        DistinctSketch ends;
        std::map<std::string, std::uint64_t> seen;
        unsigned sessions = 0;
        for (; parts.resumed.runs < whole.runs; ++sessions) {
            unsigned left = 1 + sessions % 7;
            parts.keep_going = [&](const HuntResult&) { return left > 0; };
            parts.keep = [&](const HuntResult&) { --left; };
            const HuntResult part = hunt(parts);
            for (const Find& find : part.finds) {
                finds.push_back(find);
                parts.known.push_back(find.outcome.identity);
            }
            for (const auto& [identity, times] : part.seen) seen[identity] += times;
            covered.merge(part.covered);
            ends.merge(part.states);
            parts.resumed = part.position;
        }
        EXPECT_GT(sessions, 20u);
        EXPECT_EQ(parts.resumed, once.position) << strategy;
        EXPECT_EQ(covered, once.covered);
        EXPECT_EQ(ends.registers(), once.states.registers());
        EXPECT_EQ(seen, once.seen);
        ASSERT_EQ(finds.size(), once.finds.size());
        for (std::size_t i = 0; i < finds.size(); ++i) {
            EXPECT_EQ(finds[i].plan, once.finds[i].plan);
            EXPECT_EQ(finds[i].run, once.finds[i].run);
        }
    }
}

TEST(Hunt, ThatIsKeptRunsWhatAnotherDoes) {
    HuntOptions options = toy_hunt("T01", "all");
    options.all = true;
    options.runs = 1600;  // whole workloads
    const HuntResult plain = hunt(options);
    options.keep = [](const HuntResult&) {};
    const HuntResult kept = hunt(options);
    EXPECT_EQ(kept.points, plain.points);
    ASSERT_EQ(kept.finds.size(), plain.finds.size());
    ASSERT_FALSE(kept.finds.empty());
    EXPECT_EQ(kept.finds[0].plan, plain.finds[0].plan);
    EXPECT_GE(kept.seen.at(kept.finds[0].outcome.identity), 1u);
}

TEST(Hunt, BeginsWithWhatItIsGiven) {
    HuntOptions options = toy_hunt("T01");
    const HuntResult found = hunt(options);
    ASSERT_FALSE(found.finds.empty());
    options.seed = 99;
    options.runs = options.runs_per_workload;
    for (unsigned i = 0; i < 40; ++i) options.first.push_back(found.finds[0].plan);
    options.runs *= 40;
    const HuntResult again = hunt(options);
    ASSERT_FALSE(again.finds.empty());
    EXPECT_EQ(again.finds[0].plan.ops, found.finds[0].plan.ops);
}

TEST(Hunt, WhatIsKnownIsNoFind) {
    HuntOptions options = toy_hunt("T01");
    options.all = true;
    options.runs = effort(options.runs);
    const HuntResult first = hunt(options);
    ASSERT_FALSE(first.finds.empty());
    for (const Find& find : first.finds) options.known.push_back(find.outcome.identity);
    options.keep = [](const HuntResult&) {};
    const HuntResult again = hunt(options);
    EXPECT_TRUE(again.finds.empty());
    EXPECT_EQ(again.seen.size(), first.finds.size());
}

}  // namespace
}  // namespace rcufuzz::run
