// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/strategy/surw.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>

#include "core/strategy/program_test.h"

namespace rcufuzz::strategy {
namespace {

using test::flag;
using test::irq;
using test::x;

// Stories of `runs` runs after the policy has learned the program.
std::map<std::string, int> sample(Surw& policy, const test::Program& program, int runs) {
    std::map<std::string, int> count;
    for (int i = -200; i < runs; ++i) {
        policy.reseed(static_cast<std::uint64_t>(i + 1000));
        const std::string story = test::run(program, policy).story;
        if (i >= 0) ++count[story];
    }
    return count;
}

// All of `stories` and nothing else, each within a quarter of the mean.
void expect_uniform(const std::map<std::string, int>& count, std::size_t stories) {
    int total = 0;
    for (const auto& [story, runs] : count) total += runs;
    EXPECT_EQ(count.size(), stories);
    const double mean = static_cast<double>(total) / static_cast<double>(stories);
    for (const auto& [story, runs] : count) EXPECT_NEAR(runs, mean, mean / 4) << story;
}

TEST(Surw, OrdersOfTwoTasksAreUniform) {
    Surw policy;
    expect_uniform(sample(policy, test::two_by_three, 10000), 20);
}

// A random walk puts the one access of b early: at place n with 2^-n.
void boot_uneven() {
    const sim::ObjectId object = sim::world().names().add("x");
    test::spawn_walker(0, {'a', 12, object});
    test::spawn_walker(1, {'b', 1, object});
}
const test::Program uneven{2, boot_uneven};

TEST(Surw, AShortTaskComesAnywhereInALongOne) {
    Surw policy;
    expect_uniform(sample(policy, uneven, 8000), 13);
}

// Accesses to objects of one task alone are uninteresting: however many there are, they take no
// part in the lots for those on the shared object.
struct Busy {
    char letter;
    int own_count;
    sim::ObjectId own, shared;
};

void spawn_busy(unsigned cpu, const Busy& busy) {
    sim::world().spawn(
        cpu,
        [](void* arg) {
            const Busy& b = *static_cast<Busy*>(arg);
            for (int i = 0; i < 3; ++i) {
                for (int k = 0; k < b.own_count; ++k) test::access(b.own, sim::AccessKind::write);
                test::Walker{b.letter, 1, b.shared}.walk();
            }
        },
        &sim::world().arena().make<Busy>(busy));
}

void boot_busy() {
    const sim::ObjectId shared = sim::world().names().add("shared");
    spawn_busy(0, {'a', 10, sim::world().names().add("own", 0), shared});
    spawn_busy(1, {'b', 1, sim::world().names().add("own", 1), shared});
}
const test::Program busy{2, boot_busy};

TEST(Surw, UninterestingAccessesDoNotCount) {
    Surw policy;
    expect_uniform(sample(policy, busy, 10000), 20);
}

void boot_one_interrupt() {
    x = sim::world().names().add("x");
    irq = {.handler = [](void*) { test::Walker{'i', 1, x}.walk(); }, .name = x};
    sim::world().raise_irq(1, irq);
    test::spawn_walker(0, {'a', 9, x});
}
const test::Program one_interrupt{2, boot_one_interrupt};

// The delivery and the access of the handler are two events, in this order: 55 places for the two
// among nine, i + 1 of them with i accesses before that of the handler.
TEST(Surw, AnInterruptLandsAnywhere) {
    Surw policy;
    const auto count = sample(policy, one_interrupt, 11000);
    EXPECT_EQ(count.size(), 10u);
    for (const auto& [story, runs] : count) {
        const double expected = 200.0 * static_cast<double>(story.find('i') + 1);
        EXPECT_NEAR(runs, expected, 40 + expected / 4) << story;
    }
}

// So is the tick: the story is the number of accesses before it.
void boot_ticking() {
    x = sim::world().names().add("x");
    test::spawn(0, [](void*) {
        for (int i = 0; i < 10; ++i) {
            test::access(x, sim::AccessKind::write);
            if (sim::world().jiffies() == 100) test::story = std::to_string(i + 1);
        }
    });
    // Makes the object a shared one.
    test::spawn(1, [](void*) { test::access(x, sim::AccessKind::read); });
}
const test::Program ticking{2, boot_ticking, {.points = 20000, .free_jiffies = 1}};

TEST(Surw, TheTickLandsAnywhere) {
    Surw policy;
    const auto count = sample(policy, ticking, 10000);
    EXPECT_EQ(count.size(), 11u);
    for (const auto& [story, runs] : count) EXPECT_GT(runs, 10000 / 25) << story;
}

// The interrupt is raised while it is already settled that a makes the next interesting event; it
// still is as likely to come before that event as after any other.
void boot_late_comer() {
    static sim::ObjectId own;
    x = sim::world().names().add("x");
    own = sim::world().names().add("own");
    irq = {.handler = [](void*) { test::story += 'i'; }, .name = x};
    test::spawn(0, [](void*) {
        test::access(own, sim::AccessKind::write);
        sim::world().raise_irq(1, irq);
        test::access(own, sim::AccessKind::write);
        test::Walker{'a', 5, x}.walk();
    });
    // Makes the object a shared one.
    test::spawn(2, [](void*) { test::access(x, sim::AccessKind::read); });
}
const test::Program late_comer{3, boot_late_comer};

TEST(Surw, ALateComerHasItsFairChance) {
    Surw policy;
    std::array<int, 6> places{};
    for (const auto& [story, runs] : sample(policy, late_comer, 6000))
        places[story.find('i')] += runs;
    for (const int runs : places) EXPECT_NEAR(runs, 1000, 300);
}

// b comes before a only after all its accesses to y. These count in the lots unless x alone is
// interesting; then the two orders on x are equally likely.
void boot_two_objects() {
    static sim::ObjectId y;
    x = sim::world().names().add("x");
    y = sim::world().names().add("y");
    const auto twenty = [](void*) {
        for (int i = 0; i < 20; ++i) test::access(y, sim::AccessKind::write);
    };
    test::spawn_walker(0, {'a', 1, x});
    test::spawn(1, twenty);
    test::spawn(2, [](void*) {
        for (int i = 0; i < 20; ++i) test::access(y, sim::AccessKind::write);
        test::Walker{'b', 1, x}.walk();
    });
}
const test::Program two_objects{3, boot_two_objects};

TEST(Surw, EachRunDrawsItsInterestingObjects) {
    Surw policy;
    const auto count = sample(policy, two_objects, 4000);
    EXPECT_NEAR(count.at("ba"), 4000 / 5, 4000 / 20);
}

// The handler holds up the ten accesses of a, so its one access is as urgent as all eleven. Were it
// only one against the ten of b, nearly all of b would come first.
void boot_held_up() {
    x = sim::world().names().add("x");
    irq = {.handler = [](void*) { test::Walker{'i', 1, x}.walk(); }, .name = x};
    sim::world().raise_irq(0, irq);
    test::spawn_walker(0, {'a', 10, x});
    test::spawn_walker(1, {'b', 10, x});
}
const test::Program held_up{2, boot_held_up};

TEST(Surw, AHandlerWeighsAsMuchAsWhatItHoldsUp) {
    Surw policy;
    int first = 0;
    int late = 0;
    for (const auto& [story, runs] : sample(policy, held_up, 10000)) {
        if (story.find('i') > story.find('a')) continue;
        first += runs;
        if (std::count(story.begin(), story.begin() + story.find('i'), 'b') >= 5) late += runs;
    }
    EXPECT_GT(first, 1000);
    EXPECT_LT(late, first / 4);
}

// Two that wait busily, with much to do afterwards, and one that is held back at what they wait
// for.
void wait_then_work(void*) {
    while (!flag) sim::world().yield(sim::Site::current());
    for (int i = 0; i < 20; ++i) test::access(x, sim::AccessKind::write);
}

void boot_two_waiters() {
    flag = false;
    x = sim::world().names().add("x");
    test::spawn(0, wait_then_work);
    test::spawn(1, wait_then_work);
    test::spawn(2, [](void*) {
        test::access(x, sim::AccessKind::write);
        flag = true;
    });
}
const test::Program two_waiters{3, boot_two_waiters};

TEST(Surw, BusyWaitersDoNotBlockTheRun) {
    Surw policy;
    for (std::uint64_t seed = 0; seed < 500; ++seed) {
        policy.reseed(seed);
        ASSERT_LT(test::run(two_waiters, policy).points, 200u);
    }
}

// The task that may make the next interesting event falls asleep before it; the one that wakes it
// is itself about to make such an event.
sim::Context* sleeper;
void boot_asleep() {
    static sim::ObjectId own;
    flag = false;
    x = sim::world().names().add("x");
    own = sim::world().names().add("own");
    sleeper = &test::spawn(0, [](void*) {
        test::access(own, sim::AccessKind::write);
        while (!flag)
            sim::world().block(sim::ContextState::sleeping, own, sim::Site::current());
        test::Walker{'a', 5, x}.walk();
    });
    test::spawn(1, [](void*) {
        test::Walker{'b', 2, x}.walk();
        flag = true;
        sim::world().unblock(*sleeper);
        test::Walker{'b', 2, x}.walk();
    });
    test::spawn_walker(1, {'c', 2, x});
}
const test::Program asleep{2, boot_asleep};

TEST(Surw, DrawsAgainWhenTheIntendedOneSleeps) {
    Surw policy;
    for (const auto& [story, runs] : sample(policy, asleep, 1000)) EXPECT_EQ(story.size(), 11u);
}

}  // namespace
}  // namespace rcufuzz::strategy
