// SPDX-License-Identifier: GPL-2.0-or-later
//
// Each generation and some bugs on the shortest script that can show them, under random schedules;
// and the same scripts on the code of v6.12, where nothing may be found.
#include <gtest/gtest.h>

#include "core/base/effort_test.h"
#include "core/run/codec.h"
#include "core/run/names.h"
#include "core/run/runner.h"
#include "core/strategy/strategies.h"

namespace rcufuzz {
namespace {

// Operations on cpu0 while cpu1 comes to the event.
constexpr const char* one_to_two =
    "op cpu0 on register probe=0 tp=0\nop cpu0 on register probe=1 tp=0\n"
    "op cpu1 on event tp=0 place=0\n";
constexpr const char* one_to_two_to_one =
    "op cpu0 on register probe=0 tp=0\nop cpu0 on register probe=1 tp=0\n"
    "op cpu0 on unregister nth=0 tp=0\nop cpu1 on event tp=0 place=0\n";
constexpr const char* two_to_one =
    "op cpu0 on register probe=0 tp=0\nop cpu0 on register probe=1 tp=0\n"
    "op cpu0 on unregister nth=1 tp=0\nop cpu1 on event tp=0 place=0\n";
constexpr const char* one_to_zero_to_one =
    "op cpu0 on register probe=0 tp=0\nop cpu0 on unregister nth=0 tp=0\n"
    "op cpu0 on register probe=1 tp=0\nop cpu1 on event tp=0 place=0\n";

run::Plan plan_of(const std::string& script, int generation) {
    run::Plan plan = run::from_text(
        "rcufuzz-plan 1\ntarget tracepoint\nmemory sc\noracle all\n" + script, "script");
    run::set_config(plan, "generation", std::to_string(generation));
    return plan;
}

// The verdict of the first of `runs` schedules that finds something.
Verdict hunt(const run::Plan& plan, unsigned runs, std::string_view policy_name = "surw") {
    const auto policy = strategy::make_policy(policy_name);
    for (unsigned seed = 1; seed <= runs; ++seed) {
        policy->reseed(seed);
        const run::Outcome outcome = run::run(plan, *policy);
        if (outcome.found()) return outcome.verdict;
    }
    return Verdict::clean;
}

constexpr unsigned many = 30000;

// Table of the specification, 0.3: each commit mended one of these.
TEST(Generations, ShowWhatTheNextOneMended) {
    EXPECT_EQ(hunt(plan_of(one_to_two, 1), many), Verdict::wrong_data);
    EXPECT_EQ(hunt(plan_of(two_to_one, 0), many), Verdict::wrong_data);
    EXPECT_EQ(hunt(plan_of(one_to_two_to_one, 3), many), Verdict::wrong_data);
    EXPECT_EQ(hunt(plan_of(one_to_zero_to_one, 3), many), Verdict::wrong_data);
}

TEST(Generations, TheLastTwoAreCorrect) {
    for (const int generation : {4, 5})
        for (const char* script : {one_to_two, two_to_one, one_to_two_to_one, one_to_zero_to_one})
            EXPECT_EQ(hunt(plan_of(script, generation), effort(3000u)), Verdict::clean)
                << generation << "\n"
                << script;
}

TEST(Bugs, TakeTheWaitsAway) {
    for (const auto& [bug, script] : {std::pair{"T01", one_to_two},
                                      {"T02b", two_to_one},
                                      {"T04", one_to_two_to_one},
                                      {"T10", one_to_zero_to_one},
                                      {"T11", one_to_zero_to_one}}) {
        run::Plan plan = plan_of(script, 5);
        run::enable_bug(plan, bug);
        EXPECT_EQ(hunt(plan, many), Verdict::wrong_data) << bug;
    }
}

// The second registration replaces the array of the first. Between its request for a grace period
// and its callback such a period may pass.
TEST(WeakMemory, WhatIsReplacedIsFreed) {
    run::Plan plan =
        plan_of("op cpu0 on register probe=0 tp=0\nop cpu1 on register probe=0 tp=0\n", 5);
    plan.memory = run::MemoryMode::weak;
    EXPECT_EQ(hunt(plan, effort(3000u), "pos"), Verdict::clean);
}

// Equal priorities stay in order of registration, others go by priority.
TEST(Arrays, AreInOrderOfPriority) {
    const std::string all =
        "op cpu0 on register probe=2 tp=0\nop cpu0 on register probe=0 tp=0\n"
        "op cpu0 on register probe=4 tp=0\nop cpu0 on register probe=1 tp=0\n"
        "op cpu0 on event tp=0 place=0\n";
    run::NamedTrace trace;
    const run::Outcome outcome =
        run::replay(plan_of(all, 5), {.trace = sim::TraceLevel::full, .keep = &trace});
    EXPECT_EQ(outcome.verdict, Verdict::clean);
    std::string called;
    for (const sim::Event& event : trace.events)
        if (event.kind == sim::EventKind::note &&
            std::string_view(event.site.function_name()).find("call_probe") != std::string::npos)
            called += std::to_string(event.a) + std::to_string(event.b) + " ";
    EXPECT_EQ(called, "22 11 21 33 ");  // B, A, E (registered after A), C
}

// The longest plan, each operation of which allocates: tables of names and locations must hold it.
TEST(LongestPlan, Runs) {
    run::Plan plan = plan_of("", 5);
    for (std::size_t i = 0; i < run::max_ops; ++i) {
        const bool adds = i % 10 < 5;
        plan.ops.push_back({.kind = static_cast<std::uint8_t>(adds ? 0 : 1),
                            .cpu = 0,
                            .args = {static_cast<std::uint8_t>(i % 5), 0}});
    }
    for (const run::MemoryMode memory : {run::MemoryMode::sc, run::MemoryMode::weak}) {
        plan.memory = memory;
        EXPECT_EQ(run::replay(plan).verdict, Verdict::clean);
    }
    // Five probes stay, and adding and removing go on over arrays of five.
    for (std::size_t i = 5; i < run::max_ops; ++i) plan.ops[i].kind = i % 2 == 0 ? 0 : 1;
    EXPECT_EQ(run::replay(plan).verdict, Verdict::clean);
}

}  // namespace
}  // namespace rcufuzz
