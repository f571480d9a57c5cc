// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/strategy/pct.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "core/strategy/program_test.h"

namespace rcufuzz::strategy {
namespace {

using test::flag;
using test::irq;
using test::story;
using test::x;

std::map<std::string, int> orders(Pct& policy, const test::Program& program, int runs) {
    std::map<std::string, int> count;
    for (int i = 0; i < runs; ++i) {
        policy.reseed(static_cast<std::uint64_t>(i));
        ++count[test::run(program, policy).story];
    }
    return count;
}

TEST(Pct, DepthOneNeverPreempts) {
    Pct policy(1);
    const auto count = orders(policy, test::two_by_three, 1000);
    ASSERT_EQ(count.size(), 2u);
    EXPECT_NEAR(count.at("aaabbb"), 500, 60);
    EXPECT_NEAR(count.at("bbbaaa"), 500, 60);
}

// The bound of the paper for n = 2 contexts, k = 6 points: each order that takes one preemption
// occurs once in n * k^(d-1) = 12 runs or more often, and no order that takes two.
TEST(Pct, DepthTwoPreemptsOnceAndAnywhere) {
    Pct policy(2);
    const auto count = orders(policy, test::two_by_three, 6000);
    for (const char* order : {"aaabbb", "abbbaa", "aabbba", "bbbaaa", "baaabb", "bbaaab"}) {
        ASSERT_TRUE(count.contains(order)) << order;
        EXPECT_GE(count.at(order), 6000 / 12 - 60) << order;
    }
    EXPECT_EQ(count.size(), 6u);
}

TEST(Pct, DrawsItsDepthFromOneToEight) {
    Pct policy;
    const auto count = orders(policy, test::two_by_three, 20000);
    EXPECT_GT(count.at("aaabbb"), 2000);    // a half of depth 1 and more
    EXPECT_TRUE(count.contains("ababab"));  // takes four preemptions
}

// One run in which the machine never came to rest must not spoil the change points of the next.
TEST(Pct, LearnsTheLengthOfARunAndForgetsALivelock) {
    Pct policy(2);
    orders(policy, test::two_by_three, 100);
    policy.end(59999);
    const auto count = orders(policy, test::two_by_three, 100);
    EXPECT_LT(count.at("aaabbb") + count.at("bbbaaa"), 70);
}

void boot_long_run() {
    const sim::ObjectId object = sim::world().names().add("x");
    for (unsigned cpu = 0; cpu < 4; ++cpu)
        test::spawn_walker(cpu, {static_cast<char>('a' + cpu), 100, object});
}
const test::Program long_run{4, boot_long_run};

struct Counted final : sim::Strategy {
    explicit Counted(Pct& policy) : pct(policy) {}
    void begin(const sim::World& world) override { pct.begin(world); }
    std::uint32_t choose(const sim::Choice& choice) override {
        ++asked;
        return pct.choose(choice);
    }
    std::uint32_t points_until_choice(sim::ContextKey key, std::uint32_t ordinal) override {
        return pct.points_until_choice(key, ordinal);
    }
    bool asks_on_new_actor() const override { return pct.asks_on_new_actor(); }
    void end(std::uint64_t points) override { pct.end(points); }
    Pct& pct;
    int asked = 0;
};

// 400 points; the tasks begin and end, and there are seven change points.
TEST(Pct, IsAskedAtChangePointsOnly) {
    Pct policy(8);
    Counted counted(policy);
    test::run(long_run, counted);
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
        counted.asked = 0;
        policy.reseed(seed);
        ASSERT_EQ(test::run(long_run, counted).points, 400u);
        ASSERT_LE(counted.asked, 4 + 7);
    }
}

// A handler goes on with the priority that its delivery had: the highest, and nobody new comes.
void boot_handler() {
    x = sim::world().names().add("x");
    irq = {.handler =
               [](void*) {
                   story += 'i';
                   test::Walker{'i', 3, x}.walk();
               },
           .name = x};
    sim::world().raise_irq(1, irq);
    for (unsigned cpu = 0; cpu < 3; ++cpu)
        test::spawn_walker(cpu, {static_cast<char>('a' + cpu), 2, x});
}
const test::Program handler{3, boot_handler};

TEST(Pct, HandlerHasThePriorityOfItsDelivery) {
    Pct policy(1);
    std::set<std::size_t> begins;
    for (const auto& [order, runs] : orders(policy, handler, 1000)) {
        ASSERT_NE(order.find("iiii"), std::string::npos) << order;
        begins.insert(order.find('i'));
    }
    // Before, after and in between the tasks, but, at depth 1, never in the middle of one.
    EXPECT_EQ(begins, (std::set<std::size_t>{0, 2, 4, 6}));
}

// A task that begins where another has ended is another thread. Had it the priority of a, which
// ran before b, it would always preempt b.
void boot_successor() {
    x = sim::world().names().add("x");
    test::spawn_walker(0, {'a', 2, x});
    test::spawn(1, [](void*) {
        test::Walker{'b', 2, x}.walk();
        if (story == "aabb") test::spawn_walker(0, {'c', 2, x});
        test::Walker{'b', 2, x}.walk();
    });
}
const test::Program successor{2, boot_successor};

TEST(Pct, EachJobOfASlotHasAPriorityOfItsOwn) {
    Pct policy(1);
    const auto count = orders(policy, successor, 1000);
    EXPECT_GT(count.at("aabbbbcc"), 100);
    EXPECT_GT(count.at("aabbccbb"), 100);
}

// The clock does not run away from contexts that have been lowered: while one goes on alone, all
// numbers of ticks occur and not only the largest.
void boot_alone() {
    sim::ObjectId object = sim::world().names().add("x");
    test::spawn_walker(0, {'a', 20, object});
}
const test::Program alone{1, boot_alone, {.points = 20000, .free_jiffies = 6}};

TEST(Pct, ClockDoesNotRunAway) {
    Pct policy;
    std::array<int, 7> ticks{};
    for (std::uint64_t seed = 0; seed < 3000; ++seed) {
        policy.reseed(seed);
        test::run(alone, policy);
        ++ticks[sim::world().jiffies() - 100];
    }
    for (std::size_t i = 0; i < ticks.size(); ++i) EXPECT_GT(ticks[i], 20) << i << " ticks";
    EXPECT_LT(ticks[6], 1500);
}

int yields;
void boot_spinner() {
    x = sim::world().names().add("x");
    flag = false;
    yields = 0;
    test::spawn(0, [](void*) {
        for (; !flag; ++yields) {
            test::access(x, sim::AccessKind::read);
            sim::world().yield(sim::Site::current());
        }
    });
    test::spawn(1, [](void*) { test::Walker{'b', 30, x}.walk(); });
    test::spawn(2, [](void*) {
        test::Walker{'c', 30, x}.walk();
        flag = true;
    });
}
const test::Program spinner{3, boot_spinner};

TEST(Pct, YieldingContextWaitsForTheOthers) {
    Pct policy(1);
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        policy.reseed(seed);
        test::run(spinner, policy);
        ASSERT_LE(yields, 1);
    }
}

}  // namespace
}  // namespace rcufuzz::strategy
