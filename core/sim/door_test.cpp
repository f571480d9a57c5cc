// SPDX-License-Identifier: GPL-2.0-or-later
//
// A kernel in C on the machine: the door carries it, whoever chooses.
#include "core/sim/door.h"

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <set>

#include "core/sim/address_map.h"
#include "core/sim/door_guest.h"
#include "core/sim/image.h"
#include "core/sim/small_kernel_test.h"
#include "core/sim/test_machine.h"
#include "core/strategy/dfs.h"
#include "core/strategy/from_plan.h"
#include "core/strategy/record.h"
#include "core/strategy/strategies.h"

namespace rcufuzz::sim {
namespace {

struct Ended {
    bool quiescent = false;
    Verdict verdict = Verdict::clean;
    std::uint64_t hash = 0;
    std::uint64_t points = 0;
    small_state state{};
    std::vector<Event> events;
};

Ended run_small(const small_plan& plan, Strategy& strategy,
                const Limits& limits = test::without_ticks(), TraceLevel level = TraceLevel::full) {
    static DoorGuest guest(small_kernel);
    World& w = world();
    w.begin(plan.cpus, strategy, level, limits, &guest);
    small_boot(&plan);
    Ended ended;
    ended.quiescent = w.run_to_quiescence();
    ended.verdict = w.findings().result().verdict;
    ended.hash = w.trace().hash();
    ended.points = w.points();
    ended.state = *small_result();
    ended.events = w.trace().events();
    w.finish();
    return ended;
}

small_plan plan_of(unsigned cpus, unsigned workers, unsigned rounds) {
    small_plan plan{};
    plan.cpus = cpus;
    plan.workers = workers;
    plan.rounds = rounds;
    return plan;
}

small_plan usual_plan() {
    small_plan plan = plan_of(2, 3, 2);
    plan.nmi = 1;
    return plan;
}
const small_plan usual = usual_plan();

void expect_all_done(const small_plan& plan, const Ended& ended) {
    EXPECT_TRUE(ended.quiescent);
    EXPECT_EQ(ended.verdict, Verdict::clean);
    EXPECT_EQ(ended.state.done, plan.workers);
    EXPECT_EQ(ended.state.counter, plan.workers * plan.rounds);
    EXPECT_GE(ended.state.in_interrupt, 1u);
    EXPECT_LE(ended.state.in_interrupt, plan.rounds) << "pending interrupts of a vector coalesce";
    EXPECT_EQ(ended.state.nmis > 0, plan.nmi != 0);
}

TEST(Door, CarriesAKernelInOrder) {
    test::Sequential strategy;
    expect_all_done(usual, run_small(usual, strategy));
}

TEST(Door, CarriesItWhateverIsChosen) {
    unsigned migrations = 0;
    unsigned preemptions = 0;
    unsigned most_levels = 0;
    std::set<std::uint64_t> hashes;
    for (std::uint64_t seed = 0; seed < 1000 && !testing::Test::HasFailure(); ++seed) {
        test::AtRandom strategy(seed, 1 + seed % 4);
        const Ended ended = run_small(usual, strategy);
        expect_all_done(usual, ended);
        migrations += ended.state.migrations;
        preemptions += ended.state.preemptions;
        most_levels = std::max(most_levels, ended.state.most_levels);
        hashes.insert(ended.hash);
    }
    EXPECT_GT(hashes.size(), 900u);
    EXPECT_GT(migrations, 100u);
    EXPECT_GT(preemptions, 100u);
    EXPECT_GT(most_levels, 1u) << "interrupts nest";
}

TEST(Door, EveryStrategyFindsTheMissingLock) {
    small_plan plan = usual;
    plan.lockless = 1;
    test::Sequential sequential;
    expect_all_done(plan, run_small(plan, sequential));
    for (const strategy::PolicyInfo& info : strategy::all_policies()) {
        const std::unique_ptr<strategy::Policy> policy = strategy::make_policy(info.name);
        bool found = false;
        for (std::uint64_t seed = 0; seed < 2000 && !found; ++seed) {
            policy->reseed(seed);
            strategy::Record record(*policy);
            const Ended ended = run_small(plan, record);
            EXPECT_TRUE(ended.quiescent);
            found = ended.state.counter < plan.workers * plan.rounds;
            // What was recorded is the whole of the run.
            strategy::FromPlan replay(record.decisions());
            const Ended again = run_small(plan, replay);
            EXPECT_EQ(again.hash, ended.hash);
            EXPECT_EQ(again.points, ended.points);
        }
        EXPECT_TRUE(found) << info.name;
    }
}

TEST(Door, DecisionsAreThoseOfTasksWhereverTheyRun) {
    test::AtRandom random(3);
    strategy::Record record(random);
    const Ended ended = run_small(plan_of(2, 3, 3), record);
    std::map<ContextKey, std::set<unsigned>> cpus_of;
    for (const Event& event : ended.events) cpus_of[event.key].insert(event.cpu);
    bool some_task_migrates = false;
    for (const auto& [key, cpus] : cpus_of) {
        if (is_task_key(key)) some_task_migrates |= cpus.size() > 1;
        if (key < bound_key_count) {
            EXPECT_EQ(cpus.size(), 1u) << "a level is of one CPU";
        }
        EXPECT_TRUE(is_task_key(key) || key == main_key || key % slots_per_cpu != 0)
            << "no task is bound to a CPU";
    }
    EXPECT_TRUE(some_task_migrates);
    bool some_are_tasks = false;
    for (const Decision& decision : record.decisions()) some_are_tasks |= is_task_key(decision.key);
    EXPECT_TRUE(some_are_tasks);
}

TEST(Door, TasksInAnyNumber) {
    const small_plan plan = plan_of(4, 70, 1);
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        test::AtRandom strategy(seed);
        expect_all_done(plan, run_small(plan, strategy));
    }
}

// --- exhaustive search ---------------------------------------------------------------------------

struct Searched {
    std::uint64_t runs = 0;
    std::set<unsigned long> counters;
};

Searched search_small(const small_plan& plan, bool states, bool returns) {
    strategy::DfsOptions options;
    options.preemptions = 2;
    options.bound_delays = true;
    if (states && has_image) {
        options.state = [](void*) { return image_hash(world()); };
        options.state_is_image = true;
    }
    options.returns = returns;
    strategy::Dfs dfs(options);
    Searched searched;
    do {
        const Ended ended = run_small(plan, dfs, test::without_ticks(), TraceLevel::off);
        EXPECT_EQ(ended.verdict, Verdict::clean);
        if (ended.quiescent) searched.counters.insert(ended.state.counter);
        ++searched.runs;
    } while (dfs.next() && !testing::Test::HasFailure());
    return searched;
}

TEST(Door, ExhaustiveSearchSeesEveryOutcome) {
    small_plan plan = plan_of(2, 2, 1);
    EXPECT_EQ(search_small(plan, false, false).counters, std::set<unsigned long>{2});
    plan.lockless = 1;
    const Searched plain = search_small(plan, false, false);
    EXPECT_EQ(plain.counters, (std::set<unsigned long>{1, 2}));
    const Searched states = search_small(plan, true, false);
    EXPECT_EQ(states.counters, plain.counters);
    if (has_image) {
        EXPECT_LT(states.runs, plain.runs) << "a state is explored once";
    }
    const Searched returns = search_small(plan, true, true);
    EXPECT_EQ(returns.counters, plain.counters) << "going back is going anew";
    if (has_image) {
        EXPECT_LT(returns.runs, states.runs);
    }
}

// --- the end of runs -----------------------------------------------------------------------------

TEST(Door, ARunThatEndsEarlyLeavesNothingBehind) {
    test::AtRandom reference_strategy(5);
    const Ended reference = run_small(usual, reference_strategy);
    for (unsigned i = 0; i < 300; ++i) {
        test::AtRandom strategy(i);
        const Ended cut = run_small(usual, strategy, {.points = 1 + i % 40, .free_jiffies = 0});
        EXPECT_EQ(cut.verdict, Verdict::livelock);
        test::AtRandom again(5);
        const Ended clean = run_small(usual, again);
        ASSERT_EQ(clean.hash, reference.hash) << "after run " << i;
    }
}

TEST(Door, ASleeperThatNobodyWakesIsLeftWhenTheRunIsAtRest) {
    small_plan plan = usual;
    plan.forgets_wakeup = 1;
    bool stranded = false;
    for (std::uint64_t seed = 0; seed < 300; ++seed) {
        test::AtRandom strategy(seed);
        const Ended ended = run_small(plan, strategy);
        EXPECT_TRUE(ended.quiescent) << "halted CPUs are at rest, not busy";
        stranded |= ended.state.done < plan.workers;
    }
    EXPECT_TRUE(stranded);
}

// --- places --------------------------------------------------------------------------------------

TEST(AddressMap, APlaceIsItsRangeAndOffset) {
    AddressMap map;
    map.clear();
    static char first[100], second[50];
    map.add(first, sizeof first);
    map.add(second, sizeof second);
    EXPECT_EQ(map.place(first), first_place);
    EXPECT_EQ(map.place(first + 99), first_place + 99);
    EXPECT_EQ(map.place(second + 7), first_place + 107);
    EXPECT_EQ(map.place(&map), 0u);
}

TEST(AddressMap, PlacesAreNoPartOfTheHash) {
    Trace a, b;
    a.begin(TraceLevel::hash);
    b.begin(TraceLevel::hash);
    Event event{};
    event.object = first_place + 1;
    a.add(event);
    event.object = first_place + 2;
    b.add(event);
    EXPECT_EQ(a.hash(), b.hash());
    event.object = 1;
    a.add(event);
    event.object = 2;
    b.add(event);
    EXPECT_NE(a.hash(), b.hash());
}

}  // namespace
}  // namespace rcufuzz::sim
