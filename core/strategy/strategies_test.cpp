// SPDX-License-Identifier: GPL-2.0-or-later
//
// What every policy promises: it can reach every order, a seed decides the run, and a run allocates
// nothing.
#include "core/strategy/strategies.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <vector>

#include "core/base/heap.h"
#include "core/strategy/pct.h"
#include "core/strategy/pos.h"
#include "core/strategy/program_test.h"
#include "core/strategy/random.h"
#include "core/strategy/record.h"
#include "core/strategy/stalling.h"
#include "core/strategy/surw.h"

namespace rcufuzz::strategy {
namespace {

using test::irq;

template <typename P>
class EveryPolicy : public testing::Test {};
using Policies = testing::Types<RandomWalk, Pct, Pos, Surw, Stalling<RandomWalk>, Stalling<Pct>,
                                Stalling<Pos>, Stalling<Surw>>;
TYPED_TEST_SUITE(EveryPolicy, Policies);

TYPED_TEST(EveryPolicy, ReachesAllOrdersOfTwoTasks) {
    TypeParam policy;
    std::set<std::string> orders;
    for (std::uint64_t seed = 0; seed < 20000; ++seed) {
        policy.reseed(seed);
        orders.insert(test::run(test::two_by_three, policy).story);
    }
    EXPECT_EQ(orders.size(), 20u);
}

// Three tasks on two CPUs: the two on CPU 0 take turns by preemption only.
void boot_preempted() {
    const sim::ObjectId object = sim::world().names().add("x");
    test::spawn_walker(0, {'a', 2, object});
    test::spawn_walker(0, {'b', 2, object});
    test::spawn_walker(1, {'c', 2, object});
}
const test::Program preempted{2, boot_preempted};

TYPED_TEST(EveryPolicy, ReachesAllOrdersOfThreeTasksThatPreemptEachOther) {
    TypeParam policy;
    std::set<std::string> orders;
    for (std::uint64_t seed = 0; seed < 50000; ++seed) {
        policy.reseed(seed);
        orders.insert(test::run(preempted, policy).story);
    }
    EXPECT_EQ(orders.size(), 90u);  // 6! / (2! 2! 2!)
}

// An interrupt for CPU 0 and ticks: each lands between any two accesses, and outside all of them.
void boot_interrupted() {
    sim::World& world = sim::world();
    const sim::ObjectId object = world.names().add("x");
    irq = {.handler = [](void*) { test::story += 'i'; }, .name = object};
    world.raise_irq(0, irq);
    test::spawn_walker(0, {'a', 4, object});
    test::spawn_walker(1, {'b', 1, object});
}
const test::Program interrupted{2, boot_interrupted, {.points = 20000, .free_jiffies = 1}};

TYPED_TEST(EveryPolicy, DeliversAnInterruptAnywhere) {
    TypeParam policy;
    std::set<std::size_t> places;
    for (std::uint64_t seed = 0; seed < 5000; ++seed) {
        policy.reseed(seed);
        std::string order = test::run(interrupted, policy).story;
        order.erase(order.find('b'), 1);
        places.insert(order.find('i'));
    }
    EXPECT_EQ(places, (std::set<std::size_t>{0, 1, 2, 3, 4}));
}

std::vector<std::uint64_t> traces(Policy& policy, std::uint64_t first_seed, int runs) {
    std::vector<std::uint64_t> hashes;
    for (int i = 0; i < runs; ++i) {
        policy.reseed(first_seed + static_cast<std::uint64_t>(i));
        hashes.push_back(test::run(interrupted, policy).trace_hash);
    }
    return hashes;
}

TYPED_TEST(EveryPolicy, SeedAndLearnedStateDecideTheRun) {
    TypeParam policy;
    traces(policy, 0, 100);
    TypeParam twin = policy;
    EXPECT_EQ(traces(policy, 500, 100), traces(twin, 500, 100));
}

TYPED_TEST(EveryPolicy, OtherSeedsGiveOtherRuns) {
    TypeParam policy;
    const auto hashes = traces(policy, 0, 200);
    EXPECT_GT(std::set(hashes.begin(), hashes.end()).size(), 20u);
}

// Whatever the runs before, once their lengths and counts have been learned.
TYPED_TEST(EveryPolicy, ARunLeavesNothingElseBehind) {
    TypeParam policy;
    for (std::uint64_t seed = 0; seed < 300; ++seed) {
        policy.reseed(seed);
        test::run(test::two_by_three, policy);
    }
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
        TypeParam twin = policy;
        policy.reseed(seed);
        test::run(test::two_by_three, policy);
        twin.reseed(1000 + seed);
        test::run(test::two_by_three, twin);
        policy.reseed(7);
        twin.reseed(7);
        EXPECT_EQ(test::run(test::two_by_three, policy).trace_hash,
                  test::run(test::two_by_three, twin).trace_hash);
    }
}

// Data choices of one run, each with four answers. Gives how often each was given.
std::array<int, 4> answer_data(Policy& policy, std::uint32_t choices) {
    std::array<int, 4> answers{};
    policy.begin(sim::world());
    for (std::uint32_t i = 0; i < choices; ++i)
        ++answers[policy.choose({sim::ChoiceKind::data, 0, i, 4, 0, 0, 1})];
    return answers;
}

// A long run has no more jiffies in which somebody else could have acted than a short one.
template <typename P>
class PolicyWithClock : public testing::Test {};
using PoliciesWithClock = testing::Types<RandomWalk, Pos, Surw>;
TYPED_TEST_SUITE(PolicyWithClock, PoliciesWithClock);

template <int accesses>
void boot_long() {
    const sim::ObjectId object = sim::world().names().add("x");
    for (unsigned cpu = 0; cpu < 2; ++cpu) test::spawn_walker(cpu, {'a', accesses, object});
}

TYPED_TEST(PolicyWithClock, SomeJiffiesPassHoweverLongTheRun) {
    constexpr sim::Limits ticks{.points = 20000, .free_jiffies = 20000};
    for (const test::Program& program :
         {test::Program{2, boot_long<300>, ticks}, test::Program{2, boot_long<2000>, ticks}}) {
        TypeParam policy;
        std::vector<sim::Jiffies> jiffies;
        constexpr std::uint64_t learning = 10;
        for (std::uint64_t seed = 0; seed < 400; ++seed) {
            policy.reseed(seed);
            const test::Ran ran = test::run(program, policy);
            if (seed >= learning) jiffies.push_back(ran.jiffies);
        }
        std::ranges::sort(jiffies);
        // Drawn are 1, 4, 16 and 64, all alike.
        EXPECT_LE(jiffies[jiffies.size() / 8], 8u);
        EXPECT_GE(jiffies[jiffies.size() * 7 / 8], 32u);
        EXPECT_LE(jiffies[jiffies.size() * 7 / 8], 96u);
        EXPECT_LE(jiffies.back(), 192u);
    }
}

TYPED_TEST(EveryPolicy, ARunHasItsOwnRateOfDataAnswersThatAreNotOrdinary) {
    TypeParam policy;
    std::map<int, int> runs_with_rate;  // one in 2, 4, 8, 16
    std::array<int, 4> sum{};
    for (std::uint64_t seed = 0; seed < 400; ++seed) {
        policy.reseed(seed);
        const std::array<int, 4> answers = answer_data(policy, 1000);
        const double rate = 1000.0 / std::max(1, 1000 - answers[0]);
        ++runs_with_rate[answers[0] == 1000 ? 0 : 1 << std::lround(std::log2(rate))];
        for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += answers[i];
    }
    for (const int rate : {2, 4, 8, 16}) EXPECT_NEAR(runs_with_rate[rate], 75, 25) << rate;
    EXPECT_NEAR(runs_with_rate[0], 100, 30) << "none but ordinary ones";
    for (const std::size_t i : {1u, 2u}) EXPECT_NEAR(sum[i], sum[3], sum[3] / 20);
}

TYPED_TEST(EveryPolicy, WhereDataChoicesAreFewMoreOfThemAreNotOrdinary) {
    TypeParam policy;
    const auto other_answers = [&policy](std::uint64_t seed) {
        policy.reseed(seed);
        return 4 - answer_data(policy, 4)[0];
    };
    for (std::uint64_t seed = 0; seed < 20; ++seed) other_answers(seed);  // learns how many
    int sum = 0;
    for (std::uint64_t seed = 100; seed < 500; ++seed) sum += other_answers(seed);
    EXPECT_NEAR(sum, 600, 80);
    policy.forget();
    sum = 0;
    for (std::uint64_t seed = 500; seed < 900; ++seed) {
        sum += other_answers(seed);
        policy.forget();
    }
    EXPECT_LT(sum, 450);
}

TEST(RandomWalk, ARunHasItsOwnNumberOfJiffies) {
    RandomWalk policy;
    const sim::ActorMask others = sim::actor_bit(1) | sim::actor_bit(sim::actor_time);
    std::map<int, int> runs_with;  // by jiffies, to the next power of 4
    std::array<int, 3> sum{};
    for (std::uint64_t seed = 0; seed < 400; ++seed) {
        policy.reseed(seed);
        policy.begin(sim::world());
        std::array<int, 3> answers{};
        for (std::uint32_t i = 0; i < 6000; ++i)
            ++answers[policy.choose({sim::ChoiceKind::schedule, 0, i, 3, 0, others, 1})];
        ++runs_with[1 << 2 * std::max(0L, std::lround(std::log2(answers[2] + 0.5) / 2))];
        for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += answers[i];
    }
    EXPECT_NEAR(runs_with[1] + runs_with[4], 200, 30);
    for (const int jiffies : {16, 64}) EXPECT_NEAR(runs_with[jiffies], 100, 30) << jiffies;
    EXPECT_NEAR(sum[0], sum[1], sum[1] / 20);
}

TYPED_TEST(EveryPolicy, AllocatesNothingOnceWarm) {
    TypeParam policy;
    Record record(policy);
    std::uint64_t before = 0;
    for (std::uint64_t seed = 0; seed < 400; ++seed) {
        if (seed == 200) before = heap_blocks_taken();
        policy.reseed(seed % 200);
        test::run(test::two_by_three, record);
        record.decisions();
    }
    EXPECT_EQ(heap_blocks_taken(), before);
}

TEST(Policies, AreMadeByName) {
    std::set<std::string_view> names;
    for (const PolicyInfo& info : all_policies()) {
        EXPECT_NE(make_policy(info.name), nullptr);
        EXPECT_FALSE(info.summary.empty());
        names.insert(info.name);
    }
    EXPECT_EQ(names, (std::set<std::string_view>{"random", "pct", "pos", "surw"}));
    EXPECT_EQ(make_policy("no such policy"), nullptr);
}

}  // namespace
}  // namespace rcufuzz::strategy
