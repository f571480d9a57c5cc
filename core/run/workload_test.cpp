// SPDX-License-Identifier: GPL-2.0-or-later
//
// What generators make of the tables of a subsystem that switches things on and off.
#include "core/run/workload.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <span>

#include "core/run/generate.h"

namespace rcufuzz::run {
namespace {

using scenario::bit;
using scenario::ConfigValues;
using scenario::Op;
using scenario::OpContext;
using scenario::OpSpec;
using scenario::Turns;

enum Kind : std::uint8_t { work, down, up, mask, unmask, sleep };
enum Knob : std::size_t { end_tick, cpus, storms, noise, plain };
constexpr std::uint8_t switch_masked = scenario::switch_absent + 1;

constexpr std::uint8_t task = bit(OpContext::task_on);
constexpr OpSpec ops[] = {
    {"work", "", task, {}, 30},
    {"down", "", task, {{{"cpu", 0, 3, true}, {}}}, 10, storms, Turns::on, scenario::switch_absent},
    {"up", "", task, {{{"cpu", 0, 3, true}, {}}}, 10, storms, Turns::off, scenario::switch_absent},
    {"mask", "", task, {}, 10, 0, Turns::on, switch_masked},
    {"unmask", "", task, {}, 10, 0, Turns::off, switch_masked},
    {"sleep", "", task, {}, 20, noise, Turns::nothing, 0, 1u << switch_masked},
};
constexpr std::int16_t booleans[] = {0, 1};
constexpr scenario::ConfigSpec configs[] = {
    scenario::end_tick_spec,
    {"cpus", "", 3, 3, 3, {}},
    {"storms", "", 0, 1, 0, booleans, false, 1},
    {"noise", "", 0, 1, 0, booleans, false, 1},
    {"plain", "", 0, 1, 0, booleans},
};

// CPU 0 stays, CPU 2 is away at first.
scenario::CpuSwitches switches(const ConfigValues&, unsigned cpu) {
    scenario::CpuSwitches switches;
    if (cpu == 0) switches.stuck |= 1u << scenario::switch_absent;
    if (cpu == 2) switches.on |= 1u << scenario::switch_absent;
    return switches;
}

const scenario::Subsystem& tables() {
    static const scenario::Subsystem description{
        .name = "tables",
        .summary = "",
        .ops = ops,
        .bugs = {},
        .configs = configs,
        .workload_cpus = [](const ConfigValues& values) { return unsigned(values[cpus]); },
        .all_cpus = [](const ConfigValues& values) { return unsigned(values[cpus]); },
        .cpu_name = nullptr,
        .create = nullptr,
        .tell = nullptr,
        .switches = switches,
    };
    return description;
}

// Of the operations, executed one after the other: how many do something.
unsigned effective(const Plan& plan) {
    std::array<bool, 3> away{false, false, true};
    std::array<bool, 3> masked{};
    unsigned count = 0;
    for (const Op& op : plan.ops) {
        if (away[op.cpu]) continue;
        const unsigned other = op.args[0] % 3u;
        bool done = true;
        if (op.kind == down) {
            done = other != 0 && other != op.cpu && !away[other];
            if (done) away[other] = true;
        } else if (op.kind == up) {
            done = away[other];
            away[other] = false;
        } else if (op.kind == mask || op.kind == unmask) {
            done = masked[op.cpu] == (op.kind == unmask);
            masked[op.cpu] = op.kind == mask;
        } else if (op.kind == sleep) {
            done = !masked[op.cpu];
        }
        count += done ? 1 : 0;
    }
    return count;
}

TEST(Workload, OperationsMostlyHaveAnEffect) {
    Prng prng(1);
    unsigned drawn = 0;
    unsigned done = 0;
    for (int i = 0; i < 1000; ++i) {
        const Plan plan = generate(empty_plan(tables()), {.min_ops = 6}, prng);
        drawn += static_cast<unsigned>(plan.ops.size());
        done += effective(plan);
    }
    EXPECT_GT(done, drawn * 5 / 6);
    EXPECT_LT(done, drawn) << "nobody knows for sure";
}

TEST(Workload, OperationsOfADisturbanceComeWithItOnly) {
    Prng prng(2);
    std::array<unsigned, 4> seen{};  // by which of the two are on
    for (int i = 0; i < 2000; ++i) {
        const Plan plan = generate(empty_plan(tables()), {}, prng);
        ++seen[static_cast<unsigned>(plan.config[storms] + 2 * plan.config[noise])];
        for (const Op& op : plan.ops) {
            ASSERT_TRUE((op.kind != down && op.kind != up) || plan.config[storms] != 0);
            ASSERT_TRUE(op.kind != sleep || plan.config[noise] != 0);
        }
    }
    for (const unsigned count : seen) EXPECT_GT(count, 200u);
}

TEST(Workload, WhatTheUserFixedStays) {
    Prng prng(3);
    Plan base = empty_plan(tables());
    base.config[storms] = 1;
    for (int i = 0; i < 500; ++i)
        ASSERT_EQ(generate(base, {.fixed_configs = 1u << storms}, prng).config[storms], 1);
}

// Operations of two families and of none.
scenario::Subsystem families() {
    static const auto specs = [] {
        std::array<OpSpec, 12> all{};
        for (std::size_t kind = 0; kind < all.size(); ++kind) {
            all[kind] = {"op", "", task, {}, 10};
            all[kind].family = static_cast<std::uint8_t>(kind % 3);  // 0: of none
        }
        return all;
    }();
    scenario::Subsystem target = tables();
    target.ops = specs;
    return target;
}

TEST(Workload, HalfOfThePlansAreAboutOneFamily) {
    const scenario::Subsystem target = families();
    const std::span<const OpSpec> specs = target.ops;
    Prng prng(4);
    std::array<unsigned, 4> seen{};  // by the families there are, as bits
    unsigned few = 0;
    unsigned without_some = 0;
    std::array<std::uint64_t, 3> kinds_of{};  // by family; bits
    for (std::size_t kind = 0; kind < specs.size(); ++kind)
        kinds_of[specs[kind].family] |= std::uint64_t{1} << kind;
    for (int i = 0; i < 1000; ++i) {
        const Swarm swarm = random_swarm(empty_plan(target), prng);
        const std::uint64_t kinds = swarm.kinds;
        unsigned families = 0;
        for (std::size_t kind = 0; kind < specs.size(); ++kind)
            if (specs[kind].family != 0 && ((kinds >> kind) & 1u) != 0)
                families |= 1u << (specs[kind].family - 1);
        ++seen[families];
        if (std::popcount(kinds & 0xfffu) <= 4) ++few;
        if (swarm.family != 0 && !swarm.few_kinds) {
            EXPECT_EQ(kinds & kinds_of[swarm.family], kinds_of[swarm.family]);
            without_some += (kinds & kinds_of[0]) != kinds_of[0] ? 1 : 0;
        }
    }
    EXPECT_GT(without_some, 200u) << "of no family: they may be left out";
    EXPECT_GT(seen[1], 200u);
    EXPECT_GT(seen[2], 200u);
    EXPECT_GT(seen[3], 300u);
    EXPECT_GT(few, 200u) << "some are about two to four kinds of operation";
    EXPECT_LT(few, 500u);
}

// A table may have few kinds of a family, of little weight, beside many that any plan may have.
TEST(Workload, InAPlanOfOneFamilyTwoOperationsOfThreeAreOfIt) {
    const std::vector<OpSpec> specs = [] {
        std::vector<OpSpec> all(10, {"any", "", task, {}, 12});
        all[3] = {"own", "", task, {}, 4};
        all[3].family = 1;
        all[5] = {"foreign", "", task, {}, 40};
        all[5].family = 2;
        return all;
    }();
    scenario::Subsystem target = tables();
    target.ops = specs;
    const Plan plan = empty_plan(target);
    const auto share_of = [&](unsigned kind, std::uint8_t family, std::uint64_t kinds) {
        Prng prng(8);
        Swarm swarm;
        swarm.family = family;
        swarm.kinds = kinds;
        OpGenerator generator(plan, 0, swarm);
        unsigned count = 0;
        for (int i = 0; i < 3000; ++i)
            if (generator.draw(prng).kind == kind) ++count;
        return count / 3000.0;
    };
    constexpr std::uint64_t all_but_5 = 0x3ff & ~(1u << 5);
    EXPECT_NEAR(share_of(3, 1, all_but_5), 2 / 3., 0.04);
    EXPECT_NEAR(share_of(3, 0, all_but_5), 4 / 100., 0.02) << "in a plan of any family";
    EXPECT_NEAR(share_of(5, 2, 1u << 5 | 1u), 40 / 52., 0.04) << "already more than that";
    EXPECT_EQ(share_of(3, 1, 1u << 0), 0) << "nothing of it is among the kinds";
}

TEST(Workload, HalfOfThePlansOfFewKindsAreShort) {
    const scenario::Subsystem target = families();
    Prng prng(5);
    unsigned few = 0;
    unsigned short_ones = 0;
    for (int i = 0; i < 1000; ++i) {
        const Plan plan = generate(empty_plan(target), {.min_ops = 24, .max_ops = 24}, prng);
        std::set<unsigned> kinds;
        for (const Op& op : plan.ops) kinds.insert(op.kind);
        if (kinds.size() > 4) {
            EXPECT_EQ(plan.ops.size(), 24u);
            continue;
        }
        ++few;
        if (plan.ops.size() > 8) continue;
        EXPECT_GE(plan.ops.size(), 2u);
        ++short_ones;
    }
    EXPECT_GT(few, 200u);
    EXPECT_NEAR(short_ones, 125, 40);
}

// The few that are let in are let act, whatever kinds the plan is about.
TEST(Workload, DisturbancesThatAreOnComeAtTwiceTheirWeight) {
    Plan plan = empty_plan(tables());
    plan.config[storms] = 1;
    const auto share = [&plan](bool focus) {
        Prng prng(6);
        Swarm swarm;
        swarm.focus = focus;
        swarm.kinds = 1u << work;
        unsigned disturbing = 0;
        for (int i = 0; i < 1000; ++i)
            disturbing += OpGenerator(plan, 0, swarm).draw(prng).kind != work ? 1 : 0;
        return disturbing;
    };
    EXPECT_EQ(share(false), 0u);
    EXPECT_NEAR(share(true), 1000 * 40 / 70, 80);
    // As generate() has it: hardly a plan with storms goes without.
    Prng prng(7);
    unsigned with_storms = 0;
    unsigned without = 0;
    for (int i = 0; i < 2000; ++i) {
        const Plan made = generate(empty_plan(tables()), {.min_ops = 20, .max_ops = 20}, prng);
        if (made.config[storms] == 0) continue;
        ++with_storms;
        const auto storms_in = [](const Op& op) { return op.kind == down || op.kind == up; };
        without += std::ranges::none_of(made.ops, storms_in) ? 1 : 0;
    }
    EXPECT_GT(with_storms, 500u);
    EXPECT_LT(without * 100, with_storms * 7);
}

TEST(Workload, DisturbancesAreDrawnOnceEach) {
    Prng prng(9);
    unsigned focused = 0;
    unsigned both = 0;
    for (int i = 0; i < 2000; ++i) {
        Plan plan = empty_plan(tables());
        if (!focus_disturbances(plan, 0, prng)) continue;
        ++focused;
        both += plan.config[storms] != 0 && plan.config[noise] != 0 ? 1 : 0;
        plan.config[storms] = 1;
        plan.config[noise] = 0;
        focus_disturbances(plan, 1u << storms, prng);
        EXPECT_EQ(plan.config[storms], 1) << "the user has fixed it";
    }
    EXPECT_NEAR(focused, 1500, 100);
    EXPECT_NEAR(both, focused * 6 / 13, 80);
}

// Operations meet where they use the same thing.
TEST(Workload, ArgumentsMeet) {
    const scenario::ParamSpec number{"number", 0, 99};
    Prng prng(10);
    const auto most_frequent = [&](unsigned points) {
        Swarm swarm;
        swarm.meeting_point_count = points;
        for (std::uint64_t& point : swarm.meeting_points) point = prng.next();
        std::array<unsigned, 100> seen{};
        for (int i = 0; i < 1000; ++i) ++seen[random_arg(number, swarm, prng)];
        seen[0] = 0;  // the least value is common anyway
        return std::ranges::max(seen);
    };
    EXPECT_GT(most_frequent(1), 800u);
    EXPECT_GT(most_frequent(3), 200u);
    EXPECT_LT(most_frequent(0), 50u);
}

// What happens to a CPU that does nothing, nobody sees.
TEST(Workload, TargetsAreMostlyCpusWithWork) {
    scenario::Subsystem target = tables();
    target.switches = [](const ConfigValues&, unsigned) { return scenario::CpuSwitches{}; };
    Plan plan = empty_plan(target);
    plan.config[storms] = 1;
    for (int i = 0; i < 20; ++i) plan.ops.push_back({work, 2, OpContext::task_on, {}});
    Swarm swarm;
    swarm.kinds = 1u << down;
    Prng prng(8);
    unsigned busy = 0;
    for (int i = 0; i < 1000; ++i) {
        const Op op = OpGenerator(plan, 0, swarm).draw(prng);
        busy += op.args[0] == 2 ? 1 : 0;
    }
    EXPECT_GT(busy, 600u);
}

}  // namespace
}  // namespace rcufuzz::run
