// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/strategy/dfs.h"

#include <gtest/gtest.h>

#include <set>

#include "core/base/effort_test.h"
#include "core/base/hash.h"
#include "core/base/prng.h"
#include "core/sim/image.h"
#include "core/sim/run_state.h"
#include "core/strategy/program_test.h"

namespace rcufuzz::strategy {
namespace {

// A random program: tasks that read and write a few variables, add up what they read, and store it.
struct Step {
    sim::ObjectId object;
    bool write;
};

struct Task {
    std::vector<Step> steps;
    std::size_t at = 0;
    int sum = 0;
    bool interrupts = false;  // the next CPU, before each step
};

constexpr std::size_t cpus = 3;
// A task for each CPU, then what its interrupt handler does.
std::array<Task, 2 * cpus> tasks;
std::array<sim::Irq, cpus> irqs;
std::array<int, 3> variables;
std::span<const std::byte> piece_of_state(unsigned piece) {
    return piece == 0   ? std::as_bytes(std::span(tasks))
           : piece == 1 ? std::as_bytes(std::span(variables))
           : piece == 2 ? std::as_bytes(std::span(irqs))
                        : std::span<const std::byte>{};
}
unsigned task_count;

void draw(std::uint64_t seed, std::uint32_t steps = 0) {
    Prng prng(seed);
    task_count = steps != 0 ? 2 : 2 + prng.below(2);
    for (unsigned i = 0; i < task_count; ++i) {
        tasks[i].steps.clear();
        tasks[i].interrupts = false;
        const std::uint32_t some = 2 + prng.below(task_count == 2 ? 3 : 1);
        for (std::uint32_t left = steps != 0 ? steps : some; left != 0; --left)
            tasks[i].steps.push_back(
                {static_cast<sim::ObjectId>(1 + prng.below(3)), prng.one_in(2)});
    }
}

// Each task interrupts the next CPU, twice; the handlers take two steps.
void draw_with_interrupts(std::uint64_t seed) {
    draw(seed, 2);
    Prng prng(seed);
    for (unsigned i = 0; i < task_count; ++i) {
        tasks[i].interrupts = true;
        tasks[cpus + i].steps = {{static_cast<sim::ObjectId>(1 + prng.below(3)), false},
                                 {static_cast<sim::ObjectId>(1 + prng.below(3)), true}};
    }
}

void walk(void* arg) {
    Task& task = *static_cast<Task*>(arg);
    const auto cpu = static_cast<unsigned>(&task - tasks.data());
    const unsigned next = (cpu + 1) % task_count;
    for (const Step& step : task.steps) {
        if (task.interrupts) sim::world().raise_irq(next, irqs[next]);
        ++task.at;  // a place of its own before each step, and one after the last
        sim::world().point(
            {step.object, step.write ? sim::AccessKind::write : sim::AccessKind::read},
            sim::Site::current());
        int& variable = variables[step.object - 1u];
        if (step.write)
            variable = 2 * task.sum + static_cast<int>(&task - tasks.data()) + 1;
        else
            task.sum += variable;
    }
    ++task.at;
}

// The same with a copy of the steps that it gives back at the end.
void walk_with_luggage(void* arg) {
    const std::vector<Step> luggage = static_cast<Task*>(arg)->steps;
    walk(arg);
    EXPECT_EQ(luggage.size(), static_cast<Task*>(arg)->steps.size());
}

sim::Job job = walk;

void boot() {
    variables = {};
    sim::run_state.add(piece_of_state);
    for (int i = 0; i < 3; ++i) sim::world().names().add("x", i);
    for (unsigned i = 0; i < cpus; ++i) irqs[i] = {.handler = walk, .arg = &tasks[cpus + i]};
    for (Task& task : tasks) task.at = 0;
    for (Task& task : tasks) task.sum = 0;
    for (unsigned i = 0; i < task_count; ++i) sim::world().spawn(i, job, &tasks[i]);
}

std::uint64_t state(void*) {
    RunningHash hash;
    for (const int variable : variables) hash.add(static_cast<std::uint64_t>(variable));
    for (const Task& task : tasks) {
        hash.add(task.at);
        hash.add(static_cast<std::uint64_t>(task.sum));
    }
    for (const sim::Irq& irq : irqs) hash.add(irq.pending ? 1 : 0);
    for (unsigned i = 0; i < task_count; ++i) hash.add(sim::world().cpu(i).depth);
    return hash.value();
}

bool commute(const sim::Access& a, const sim::Access& b) {
    if (a.kind == sim::AccessKind::none || b.kind == sim::AccessKind::none) return false;
    const bool both_read = a.kind == sim::AccessKind::read && b.kind == sim::AccessKind::read;
    return both_read || a.object != b.object;
}

struct Explored {
    std::set<std::uint64_t> finals;
    std::uint64_t runs = 0;
    std::uint64_t begun = 0;      // from the beginning
    std::uint64_t completed = 0;  // those that were not given up
    std::uint64_t states = 0;
};

Explored explore(const DfsOptions& options) {
    Dfs search(options);
    Explored explored;
    sim::World& w = sim::world();
    do {
        w.begin(cpus, search, sim::TraceLevel::off, test::without_ticks());
        boot();
        ++explored.begun;
        if (w.run_to_quiescence()) {
            explored.finals.insert(state(nullptr));
            ++explored.completed;
        }
        w.finish();
    } while (search.next());
    explored.runs = search.runs();
    explored.states = search.states();
    return explored;
}

// One run that goes back is many that are abandoned: the search is the same.
TEST(Dfs, GoesBackToWhereItWouldHaveComeAgain) {
    if (!sim::has_image) GTEST_SKIP() << "nothing to go back to";
    std::uint64_t abandoned = 0;
    for (std::uint64_t seed = 1; seed <= 150; ++seed) {
        SCOPED_TRACE(seed);
        draw(seed);
        DfsOptions options{.state = state, .commute = commute, .starts_are_local = true};
        const Explored again = explore(options);
        options.returns = true;
        const Explored back = explore(options);
        ASSERT_EQ(again.finals, back.finals);
        ASSERT_EQ(again.runs, back.runs);
        ASSERT_EQ(again.states, back.states);
        ASSERT_EQ(again.completed, back.completed);
        abandoned += again.runs - again.completed;
        ASSERT_LE(back.begun, again.begun);
    }
    EXPECT_GT(abandoned, 100u);
}

// Contexts that have had no job at that time, or have had another since, are where they were.
TEST(Dfs, GoesBackThroughInterrupts) {
    if (!sim::has_image) GTEST_SKIP() << "nothing to go back to";
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        SCOPED_TRACE(seed);
        draw_with_interrupts(seed);
        const Explored again = explore({.state = state});
        const Explored back = explore({.state = state, .returns = true});
        ASSERT_EQ(again.finals, back.finals);
        ASSERT_EQ(again.runs, back.runs);
        ASSERT_EQ(again.states, back.states);
        ASSERT_LT(back.begun, again.begun);
    }
}

// --- suspicions ---------------------------------------------------------------------------------

int flag_value;

void write_and_linger(void*) {
    test::access(1, sim::AccessKind::write);
    flag_value = 1;
    for (int i = 0; i < 3; ++i) test::access(1, sim::AccessKind::read);
}

// The suspicion is all that is left of having come first.
void suspect_zero(void*) {
    test::access(1, sim::AccessKind::read);
    if (flag_value == 0)
        sim::world().findings().suspect(Verdict::invariant, "", sim::Site::current());
}

void only_read(void*) { test::access(1, sim::AccessKind::read); }

struct Suspected {
    unsigned with = 0;
    unsigned without = 0;
};

// Whether the completed runs of a search end with the suspicion.
Suspected suspicions(const DfsOptions& options) {
    Dfs search(options);
    Suspected ended;
    sim::World& w = sim::world();
    do {
        w.begin(cpus, search, sim::TraceLevel::off, test::without_ticks());
        flag_value = 0;
        sim::run_state.add(flag_value);
        w.names().add("flag");
        w.spawn(0, write_and_linger, nullptr);
        w.spawn(1, suspect_zero, nullptr);
        w.spawn(2, only_read, nullptr);
        if (w.run_to_quiescence())
            ++(w.findings().result().verdict == Verdict::clean ? ended.without : ended.with);
        w.finish();
    } while (search.next());
    return ended;
}

std::uint64_t image(void*) { return sim::image_hash(sim::world()); }

TEST(Dfs, StatesWithASuspicionAreOthers) {
    if (!sim::has_image) GTEST_SKIP() << "no image";
    EXPECT_GT(suspicions({}).with, 0u);
    EXPECT_GT(suspicions({.state = image, .state_is_image = true}).with, 0u);
}

// Where the caller's state does not tell of it, a run that has it is abandoned and goes back.
TEST(Dfs, ASuspicionDoesNotGoBack) {
    if (!sim::has_image) GTEST_SKIP() << "nothing to go back to";
    const auto blind = [](void*) {
        RunningHash hash;
        hash.add(static_cast<std::uint64_t>(flag_value));
        for (unsigned cpu = 0; cpu < cpus; ++cpu) {
            const sim::Context& task =
                sim::world().context(sim::context_key(cpu, sim::Slot::task));
            hash.add(task.ordinal);
            hash.add(static_cast<std::uint64_t>(task.state));
        }
        return hash.value();
    };
    const Suspected again = suspicions({.state = blind});
    const Suspected back = suspicions({.state = blind, .returns = true});
    EXPECT_GT(again.without, 0u);
    EXPECT_EQ(back.with, again.with);
    EXPECT_EQ(back.without, again.without);
}

TEST(Dfs, DoesNotGoBackWhileAContextOwnsMemory) {
    if (!sim::has_image) GTEST_SKIP() << "nothing to go back to";
    job = walk_with_luggage;
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        draw(seed);
        const Explored again = explore({.state = state});
        const Explored back = explore({.state = state, .returns = true});
        EXPECT_EQ(again.finals, back.finals);
        EXPECT_EQ(again.runs, back.runs);
    }
    job = walk;
}

// The reductions leave out runs, never a final state.
TEST(Dfs, ReductionsKeepEveryFinalState) {
    std::uint64_t runs_plain = 0;
    std::uint64_t runs_commute = 0;
    std::uint64_t runs_states = 0;
    std::uint64_t runs_both = 0;
    for (std::uint64_t seed = 1; seed <= effort(150u); ++seed) {
        SCOPED_TRACE(seed);
        draw(seed);
        const Explored plain = explore({});
        const Explored commuting = explore({.commute = commute, .starts_are_local = true});
        const Explored stateful = explore({.state = state});
        const Explored both =
            explore({.state = state, .commute = commute, .starts_are_local = true});
        ASSERT_EQ(plain.finals, commuting.finals);
        ASSERT_EQ(plain.finals, stateful.finals);
        ASSERT_EQ(plain.finals, both.finals);
        runs_plain += plain.runs;
        runs_commute += commuting.runs;
        runs_states += stateful.runs;
        runs_both += both.runs;
    }
    EXPECT_LT(2 * runs_commute, runs_plain);
    EXPECT_LT(2 * runs_states, runs_plain);
    EXPECT_LT(runs_both, runs_states);
}

TEST(Dfs, TakesEveryOrderOnce) {
    Dfs search({.starts_are_local = true});
    std::set<std::string> stories;
    do {
        EXPECT_TRUE(stories.insert(test::run(test::two_by_three, search).story).second);
    } while (search.next());
    EXPECT_EQ(stories.size(), 20u);
    EXPECT_EQ(search.runs(), 20u);
}

// cpu1 goes first while cpu0 is asleep; then cpu0 is alone, ends unasked, and wakes two others.
TEST(Dfs, ForgetsSleepersThatHaveEnded) {
    const test::Program program{
        4, [] {
            test::spawn_walker(1, {'b', 1, sim::world().names().add("y")});
            test::spawn(0, [](void*) {
                test::access(sim::world().names().add("x"), sim::AccessKind::write);
                for (const unsigned cpu : {2u, 3u})
                    sim::world().unblock(
                        sim::world().context(sim::context_key(cpu, sim::Slot::task)));
                test::story += 'a';
            });
            for (const unsigned cpu : {2u, 3u})
                test::spawn(cpu, [](void*) {
                    sim::world().block(sim::ContextState::spinning, 0, sim::Site::current());
                    test::story += static_cast<char>('0' + sim::world().current().cpu);
                });
        }};
    Dfs search({.commute = commute, .starts_are_local = true});
    std::set<std::string> stories;
    do {
        stories.insert(test::run(program, search).story);
    } while (search.next());
    EXPECT_TRUE(stories.contains("ba23") || stories.contains("ab23"));
    EXPECT_TRUE(stories.contains("ba32") || stories.contains("ab32"));
}

TEST(Dfs, APreemptionBoundCutsTheSearch) {
    for (std::uint64_t seed = 1; seed <= 60; ++seed) {
        SCOPED_TRACE(seed);
        draw(seed);
        std::set<std::uint64_t> before;
        for (std::uint32_t bound = 0; bound < 3; ++bound) {
            const Explored plain = explore({.preemptions = bound});
            const Explored stateful =
                explore({.state = state, .commute = commute, .preemptions = bound});
            ASSERT_EQ(plain.finals, stateful.finals);
            EXPECT_TRUE(std::includes(plain.finals.begin(), plain.finals.end(), before.begin(),
                                      before.end()));
            before = plain.finals;
        }
    }
    draw(1);
    EXPECT_LT(explore({.preemptions = 0}).runs, explore({.preemptions = 1}).runs);
}

TEST(Dfs, ShardsTogetherAreTheWhole) {
    for (std::uint64_t seed = 1; seed <= effort(2u); ++seed) {
        SCOPED_TRACE(seed);
        draw(seed, 8);  // no run is so short that several shards take it
        const Explored whole = explore({});
        std::set<std::uint64_t> together;
        std::uint64_t completed = 0;
        for (std::uint32_t shard = 0; shard < 3; ++shard) {
            const Explored part =
                explore({.state = state, .commute = commute, .shard = shard, .shards = 3});
            together.insert(part.finals.begin(), part.finals.end());
            completed += explore({.shard = shard, .shards = 3}).completed;
        }
        ASSERT_EQ(whole.finals, together);
        EXPECT_EQ(completed, whole.completed);
    }
}

// A table that is full costs time, not truth.
TEST(Dfs, AFullTableOnlyPrunesLess) {
    draw(3);
    const Explored whole = explore({.state = state});
    const Explored cramped = explore({.state = state, .max_states = 4});
    EXPECT_EQ(whole.finals, cramped.finals);
    EXPECT_EQ(cramped.states, 4u);
    EXPECT_GT(cramped.runs, whole.runs);
}

}  // namespace
}  // namespace rcufuzz::strategy
