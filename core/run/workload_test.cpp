// SPDX-License-Identifier: GPL-2.0-or-later
//
// What generators make of the tables of a subsystem that switches things on and off.
#include "core/run/workload.h"

#include <gtest/gtest.h>

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

TEST(Workload, HalfOfThePlansAreAboutOneFamily) {
    std::array<OpSpec, 12> specs{};
    for (std::size_t kind = 0; kind < specs.size(); ++kind) {
        specs[kind] = {"op", "", task, {}, 10};
        specs[kind].family = static_cast<std::uint8_t>(kind % 3);  // 0: of none
    }
    scenario::Subsystem target = tables();
    target.ops = specs;
    Prng prng(4);
    std::array<unsigned, 4> seen{};  // by the families there are, as bits
    unsigned few = 0;
    for (int i = 0; i < 1000; ++i) {
        const std::uint64_t kinds = random_swarm(empty_plan(target), prng).kinds;
        unsigned families = 0;
        for (std::size_t kind = 0; kind < specs.size(); ++kind)
            if (specs[kind].family != 0 && ((kinds >> kind) & 1u) != 0)
                families |= 1u << (specs[kind].family - 1);
        ++seen[families];
        if (std::popcount(kinds & 0xfffu) <= 4) ++few;
    }
    EXPECT_GT(seen[1], 200u);
    EXPECT_GT(seen[2], 200u);
    EXPECT_GT(seen[3], 300u);
    EXPECT_GT(few, 200u) << "some are about two to four kinds of operation";
    EXPECT_LT(few, 500u);
}

}  // namespace
}  // namespace rcufuzz::run
