// SPDX-License-Identifier: GPL-2.0-or-later
//
// What others see of nocb: its tables, what it tells and lets observe, and whole runs of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "core/base/effort_test.h"
#include "core/base/files.h"
#include "core/base/text.h"
#include "core/subsystems/nocb/nocb_test.h"
#include "core/subsystems/nocb/notes.h"
#include "core/subsystems/nocb/observe.h"

namespace rcufuzz::nocb {
namespace {

using test::AtRandom;
using test::config;
using test::fault;
using test::instance;
using test::Ran;
using test::run_nocb;
using test::target;
using test::task;

// --- tables -------------------------------------------------------------------------------------

TEST(Tables, TheSubsystemIsOnTheList) {
    EXPECT_EQ(target().name, "nocb");
    EXPECT_FALSE(target().summary.empty());
    EXPECT_EQ(subsystems::find("nocb "), nullptr);
    EXPECT_THAT(subsystems::all(), testing::Contains(&target()));
}

TEST(Tables, ConfigsAreInRangeAndHaveDifferentNames) {
    std::set<std::string_view> names;
    ASSERT_LE(target().configs.size(), scenario::max_configs);
    EXPECT_EQ(target().configs[scenario::config_end_tick].name, "end_tick");
    for (const scenario::ConfigSpec& spec : target().configs) {
        EXPECT_TRUE(names.insert(spec.name).second) << spec.name;
        EXPECT_FALSE(spec.summary.empty());
        EXPECT_LE(spec.min, spec.standard) << spec.name;
        EXPECT_LE(spec.standard, spec.max) << spec.name;
        for (const std::int16_t value : spec.swarm) {
            EXPECT_LE(spec.min, value) << spec.name;
            EXPECT_LE(value, spec.max) << spec.name;
        }
    }
}

TEST(Tables, OperationsHaveContextsAndParametersThatMakeSense) {
    std::set<std::string_view> names;
    for (const scenario::OpSpec& op : target().ops) {
        EXPECT_TRUE(names.insert(op.name).second) << op.name;
        EXPECT_FALSE(op.summary.empty());
        EXPECT_NE(op.contexts, 0) << op.name;
        EXPECT_EQ(op.contexts & ~scenario::any_context, 0) << op.name;
        EXPECT_GT(op.weight, 0) << op.name;
        bool ended = false;
        for (const scenario::ParamSpec& param : op.params) {
            EXPECT_LE(param.min, param.max) << op.name;
            EXPECT_FALSE(ended && !param.name.empty()) << op.name << ": a gap";
            ended = param.name.empty();
        }
    }
}

// Generators rely on what the tables call void.
TEST(Tables, WhatTheyCallVoidDoesNothing) {
    test::Sequential strategy;
    const auto run = [](std::string_view name) {
        return instance->run_op({.kind = test::op_kind(name), .cpu = 0, .args = {1, 0}});
    };
    const auto voids_do_nothing = [&run](const char* why) {
        unsigned count = 0;
        for (const scenario::OpSpec& op : target().ops) {
            if (op.void_under == 0) continue;
            ++count;
            EXPECT_FALSE(run(op.name)) << op.name << ' ' << why;
        }
        EXPECT_EQ(count, 8u);
    };
    const Ran ran = run_nocb(
        strategy,
        config({{"idle", 1}, {"user", 1}, {"barriers", 1}, {"toggling", 1}, {"hotplug", 1}}), [&] {
            task(0, [&] {
                EXPECT_FALSE(run("irq_enable"));
                EXPECT_FALSE(run("rcu_read_unlock"));
                EXPECT_TRUE(run("irq_disable"));
                EXPECT_FALSE(run("irq_disable"));
                voids_do_nothing("with interrupts off");
                EXPECT_TRUE(run("irq_enable"));
                EXPECT_TRUE(run("rcu_read_lock"));
                voids_do_nothing("in a reader");
                EXPECT_TRUE(run("rcu_read_unlock"));
                EXPECT_TRUE(run("cpu_down"));
                EXPECT_FALSE(run("cpu_down")) << "it is";
            });
        });
    EXPECT_EQ(fault(ran), "");
}

// Leaders stay offloaded, and CPUs with a kthread of nocb on them stay online.
TEST(Tables, SwitchesSayWhatStaysAsItIs) {
    const auto of = [](std::initializer_list<test::Change> changes, unsigned cpu) {
        return target().switches(config(changes), cpu);
    };
    constexpr unsigned absent = 1u << scenario::switch_absent;
    const unsigned leads = of({{"stride", 2}}, 2).stuck;
    EXPECT_NE(leads, 0u);
    EXPECT_EQ(leads & absent, 0u);
    EXPECT_EQ(of({{"stride", 2}}, 1).stuck, 0u);
    EXPECT_EQ(of({{"rcuo_local", 1}}, 1).stuck, absent);
    EXPECT_EQ(of({{"rcuog_local", 1}}, 0).stuck & absent, absent);
    EXPECT_EQ(of({{"rcuog_local", 1}}, 1).stuck, 0u);
    EXPECT_EQ(of({{"hotplug", 1}, {"late_cpu", 1}}, 2).on, absent);
    EXPECT_EQ(of({{"hotplug", 1}, {"late_cpu", 1}}, 1).on, 0u);
    EXPECT_EQ(of({{"late_cpu", 1}}, 2).on, 0u) << "without hotplug";
}

TEST(Tables, BugsHaveDifferentNamesAndNumbersOfTheSpecification) {
    std::set<std::string_view> names;
    std::set<std::string_view> specs;
    ASSERT_LE(target().bugs.size(), 64u);
    for (const scenario::BugSpec& bug : target().bugs) {
        EXPECT_TRUE(names.insert(bug.name).second) << bug.name;
        EXPECT_TRUE(specs.insert(bug.spec).second) << bug.spec;
        EXPECT_THAT(std::string(bug.spec), testing::MatchesRegex("D[0-9][0-9][a-z]?"));
        EXPECT_TRUE(bug.name.starts_with(bug.spec)) << bug.name;
        EXPECT_FALSE(bug.summary.empty());
        EXPECT_FALSE(bug.fixed_by.empty());
        const bool visible = is_black_box(bug.verdict) || bug.verdict == Verdict::invariant;
        EXPECT_TRUE(bug.benign() || visible) << bug.name;
    }
}

TEST(Tables, EachBugHasItsBit) {
    for (unsigned i = 0; i < target().bugs.size(); ++i) {
        scenario::active_bugs = std::uint64_t{1} << i;
        unsigned on = 0;
#define BUG(bug_name, ...)                           \
    if (bug(Bug::bug_name)) {                        \
        ++on;                                        \
        EXPECT_EQ(target().bugs[i].name, #bug_name); \
    }
#include "core/subsystems/nocb/bugs.def"
#undef BUG
        EXPECT_EQ(on, 1u);
    }
    scenario::active_bugs = 0;
}

TEST(Readme, HasARowForEachBug) {
    const std::vector<std::uint8_t> bytes =
        read_file(RCUFUZZ_SOURCE_DIR "/core/subsystems/nocb/README.md");
    const std::string readme(bytes.begin(), bytes.end());
    std::size_t rows = 0;
    for (const std::string_view line : lines(readme)) rows += line.starts_with("| `D") ? 1 : 0;
    EXPECT_EQ(rows, target().bugs.size());
    for (const scenario::BugSpec& bug : target().bugs) {
        std::string row = "| `" + std::string(bug.name) + "` | ";
        row += std::string(word(bug.verdict)) + " | " + std::string(bug.summary) + " | ";
        row += std::string(bug.fixed_by) + " |\n";
        EXPECT_THAT(readme, testing::HasSubstr(row));
    }
}

// Every machine that the configuration can ask for.
TEST(Tables, EveryMachineFitsAndItsCpusHaveNames) {
    for (std::int16_t cpus = 1; cpus <= 4; ++cpus) {
        for (std::int16_t stride = 1; stride <= 4; ++stride) {
            const scenario::ConfigValues values = config({{"cpus", cpus}, {"stride", stride}});
            EXPECT_EQ(target().workload_cpus(values), static_cast<unsigned>(cpus));
            const unsigned all = target().all_cpus(values);
            ASSERT_LE(all, sim::max_cpus);
            std::set<std::string> names;
            for (unsigned cpu = 0; cpu < all; ++cpu)
                EXPECT_TRUE(names.insert(target().cpu_name(values, cpu)).second);
            EXPECT_TRUE(names.contains("cpu0"));
            EXPECT_TRUE(names.contains("rcuog0"));
            EXPECT_TRUE(names.contains("rcuo0"));
            EXPECT_TRUE(names.contains("rcu_gp"));
        }
    }
}

// --- notes and quantities -----------------------------------------------------------------------

TEST(Notes, AllCanBeTold) {
    std::set<std::string> told;
    unsigned count = 0;
#define NOTE(name, sentence)                                                                      \
    for (const std::int64_t b : {0, 1, 2}) {                                                      \
        const std::string text = tell(static_cast<unsigned>(Note::name), "rcuog0", 1, b);         \
        EXPECT_THAT(text,                                                                         \
                    testing::Not(testing::AnyOf(testing::HasSubstr("{"), testing::HasSubstr("}"), \
                                                testing::HasSubstr("|"))));                       \
        EXPECT_TRUE(text.ends_with('.')) << text;                                                 \
        told.insert(tell(static_cast<unsigned>(Note::name), "rcuog0", 1, 1));                     \
    }                                                                                             \
    ++count;
#include "core/subsystems/nocb/notes.def"
#undef NOTE
    EXPECT_EQ(told.size(), count) << "no two say the same";
}

TEST(Notes, FillTheirFieldsIn) {
    const auto say = [](Note note, std::int64_t a, std::int64_t b) {
        return tell(static_cast<unsigned>(note), "cpu2", a, b);
    };
    EXPECT_EQ(say(Note::call_rcu, 0, 1),
              "cpu2 calls call_rcu(callback a) with interrupts enabled.");
    EXPECT_EQ(say(Note::call_rcu, 1, 0),
              "cpu2 calls call_rcu(callback b) with interrupts disabled.");
    EXPECT_EQ(say(Note::flush_bypass, 1, 1),
              "cpu2 flushes 1 bypass callback of cpu1 to the regular list.");
    EXPECT_EQ(say(Note::flush_bypass, 1, 3),
              "cpu2 flushes 3 bypass callbacks of cpu1 to the regular list.");
}

TEST(Observe, KnowsItsNamesAndNoOthers) {
    test::Sequential strategy;
    run_nocb(strategy, config({{"cpus", 2}}), [] {
        for (const char* name :
             {"level", "timer", "bypass_timer", "bypass", "len", "gp_sleep", "cb_sleep", "done",
              "wait", "next_ready", "next", "invoked", "posted"}) {
            EXPECT_TRUE(instance->observe(std::string(name) + "0").has_value()) << name;
            EXPECT_TRUE(instance->observe(std::string(name) + "1").has_value()) << name;
            EXPECT_FALSE(instance->observe(std::string(name) + "2").has_value()) << name;
            EXPECT_FALSE(instance->observe(name).has_value()) << name;
        }
        EXPECT_TRUE(instance->observe("gp").has_value());
        EXPECT_TRUE(instance->observe("stranded").has_value());
        for (const char* name : {"", "0", "levels0", "level-1", "level0x", "level99999999999"})
            EXPECT_FALSE(instance->observe(name).has_value()) << name;
    });
}

// --- whole runs ---------------------------------------------------------------------------------

// A workload and a machine that follow from the seed.
struct Workload {
    explicit Workload(std::uint64_t seed) : prng(seed) {
        values = config({{"cpus", draw({1, 2, 3, 3})},
                         {"stride", draw({1, 2, 3})},
                         {"nobypass_lim", draw({1, 2})},
                         {"qhimark", draw({3, 6})},
                         {"strict_gp", draw({0, 1})},
                         {"two_leaves", draw({0, 0, 1})},
                         {"rcuo_local", draw({0, 0, 1})}});
    }

    std::int16_t draw(std::initializer_list<int> from) {
        return static_cast<std::int16_t>(
            from.begin()[prng.below(static_cast<std::uint32_t>(from.size()))]);
    }

    void spawn() {
        for (unsigned cpu = 0; cpu < target().workload_cpus(values); ++cpu) {
            std::vector<scenario::Op> ops;
            for (unsigned i = 2 + prng.below(4); i != 0; --i) ops.push_back(random_op(cpu));
            task(cpu, [ops, cpu] {
                for (const scenario::Op& op : ops) {
                    sim::test::point();
                    const bool off = op.context == scenario::OpContext::task_off;
                    const IrqFlags flags = off ? kernel::local_irq_save() : 0;
                    instance->run_op(op);
                    kernel::local_irq_restore(flags);
                }
                instance->close_cpu(cpu);
            });
        }
    }

    scenario::Op random_op(unsigned cpu) {
        scenario::Op op;
        op.kind = static_cast<std::uint8_t>(
            prng.one_in(3) ? prng.below(static_cast<std::uint32_t>(target().ops.size()))
                           : test::op_kind("call_rcu"));
        op.cpu = static_cast<std::uint8_t>(cpu);
        op.args = {static_cast<std::uint8_t>(1 + prng.below(4)),
                   static_cast<std::uint8_t>(prng.below(2))};
        if (op.kind == test::op_kind("call_rcu") && prng.one_in(2))
            op.context = scenario::OpContext::task_off;
        return op;
    }

    Prng prng;
    scenario::ConfigValues values{};
};

Ran run_workload(std::uint64_t seed, std::uint64_t bugs) {
    Workload workload(seed);
    AtRandom strategy(seed, 1 + seed % 8);
    return test::run_workload(strategy, workload.values, [&] { workload.spawn(); }, bugs);
}

TEST(Runs, OfCorrectCodeAreClean) {
    std::set<std::uint64_t> hashes;
    for (std::uint64_t seed = 0; seed < effort(2000u); ++seed) {
        const Ran ran = run_workload(seed, 0);
        ASSERT_EQ(fault(ran), "") << "seed " << seed;
        ASSERT_TRUE(ran.quiescent);
        hashes.insert(ran.hash);
    }
    EXPECT_GT(hashes.size(), effort(1900u));
}

TEST(Runs, OfTheBenignControlAreCleanToo) {
    for (const scenario::BugSpec& spec : target().bugs) {
        if (!spec.benign()) continue;
        const auto bugs = std::uint64_t{1} << (&spec - target().bugs.data());
        for (std::uint64_t seed = 0; seed < effort(500u); ++seed)
            ASSERT_EQ(fault(run_workload(seed, bugs)), "") << spec.name << ", seed " << seed;
    }
}

// That hunts find every bug, and find it fast, is for properties/ to show. These four break an
// invariant so often that blind runs do.
TEST(Runs, OfABugAreNotClean) {
    for (const Bug bug : {Bug::D01_wake_leaves_level, Bug::D02_bypass_timer_leaves_level,
                          Bug::D03_leader_cancelled_unlocked, Bug::D10_no_timer_backstop}) {
        bool found = false;
        for (std::uint64_t seed = 0; seed < 3000 && !found; ++seed)
            found = run_workload(seed, test::only(bug)).verdict != Verdict::clean;
        EXPECT_TRUE(found) << target().bugs[static_cast<std::size_t>(bug)].name;
    }
}

TEST(Runs, OfASeedAreTheSame) {
    for (std::uint64_t seed = 0; seed < 100; ++seed)
        ASSERT_EQ(run_workload(seed, 0).hash, run_workload(seed, 0).hash);
}

TEST(Runs, InvokeAllThatWasPosted) {
    std::int64_t posted = 0;
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        Workload workload(seed);
        AtRandom strategy(seed, 2);
        test::run_workload(
            strategy, workload.values, [&] { workload.spawn(); }, 0,
            [&] {
                EXPECT_EQ(test::now("stranded"), 0);
                for (unsigned cpu = 0; cpu < target().workload_cpus(workload.values); ++cpu) {
                    const std::string number = std::to_string(cpu);
                    EXPECT_EQ(test::now("posted" + number), test::now("invoked" + number));
                    posted += test::now("posted" + number);
                }
            });
    }
    EXPECT_GT(posted, 1000);
}

// A declared limit: callbacks that run on a housekeeping CPU post no others, for it has no list.
TEST(Runs, ChainsGoOnOnlyWhereRcuoIsLocal) {
    for (const bool local : {false, true}) {
        test::Sequential strategy;
        std::int64_t posted = 0;
        const Ran ran = run_nocb(
            strategy, config({{"rcuo_local", local ? 1 : 0}}),
            [] {
                task(0, [] {
                    instance->run_op({.kind = test::op_kind("call_rcu"), .cpu = 0, .args = {1, 2}});
                });
            },
            0, [&] { posted = test::now("posted0"); });
        EXPECT_EQ(fault(ran), "");
        EXPECT_EQ(posted, local ? 3 : 1);
    }
}

// --- preconditions ------------------------------------------------------------------------------

TEST(Operations, HavePreconditions) {
    test::Sequential strategy;
    const Ran ran = run_nocb(strategy, config(), [] {
        task(0, [] {
            const auto op = [](std::string_view name) {
                return instance->run_op({.kind = test::op_kind(name), .cpu = 0, .args = {1, 0}});
            };
            EXPECT_FALSE(op("rcu_read_unlock")) << "there is no reader";
            EXPECT_FALSE(op("irq_enable")) << "they are enabled";
            EXPECT_TRUE(op("rcu_read_lock"));
            EXPECT_TRUE(op("call_rcu"));
            EXPECT_FALSE(op("await")) << "a reader must not wait for a grace period";
            EXPECT_TRUE(op("rcu_read_unlock"));
            EXPECT_TRUE(op("irq_disable"));
            EXPECT_FALSE(op("irq_disable"));
            EXPECT_FALSE(op("await")) << "nor must who has interrupts disabled";
            EXPECT_TRUE(op("rcu_read_lock"));
            instance->close_cpu(0);
            EXPECT_FALSE(kernel::irqs_disabled());
            EXPECT_FALSE(op("rcu_read_unlock")) << "close_cpu() has left it";
            EXPECT_TRUE(op("await"));
        });
    });
    EXPECT_EQ(fault(ran), "");
}

}  // namespace
}  // namespace rcufuzz::nocb
