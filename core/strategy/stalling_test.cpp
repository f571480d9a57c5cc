// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/strategy/stalling.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>

#include "core/base/effort_test.h"
#include "core/strategy/pct.h"
#include "core/strategy/pos.h"
#include "core/strategy/program_test.h"
#include "core/strategy/random.h"
#include "core/strategy/surw.h"

namespace rcufuzz::strategy {
namespace {

template <typename P>
class EveryStalling : public testing::Test {};
using StalledPolicies = testing::Types<RandomWalk, Pct, Pos, Surw>;
TYPED_TEST_SUITE(EveryStalling, StalledPolicies);

constexpr sim::Limits two_hundred_jiffies{.points = 20000, .free_jiffies = 200};

// "a" does two things. It takes a long stall for all of "b" to come in between.
void boot_long_wait() {
    const sim::ObjectId object = sim::world().names().add("x");
    test::spawn_walker(0, {'a', 2, object});
    test::spawn_walker(1, {'b', 36, object});
}
const test::Program long_wait{2, boot_long_wait, two_hundred_jiffies};

// All of what "b" does lies between the two things that "a" does.
unsigned runs_with_all_between(Policy& policy) {
    unsigned count = 0;
    for (std::uint64_t seed = 0; seed < 3000; ++seed) {
        policy.reseed(seed);
        const std::string done = test::run(long_wait, policy).story;
        EXPECT_EQ(done.size(), 38u);
        if (done.front() == 'a' && done.back() == 'a') ++count;
    }
    return count;
}

TYPED_TEST(EveryStalling, OneContextWaitsForJiffiesWhileTheOthersGoOn) {
    Stalling<TypeParam> stalling;
    EXPECT_GT(runs_with_all_between(stalling), 4u);
}

TEST(RandomWalk, DoesNotDoThatByItself) {
    RandomWalk walk;
    EXPECT_EQ(runs_with_all_between(walk), 0u);
}

// "a" passes one place three hundred times, and then once the one where a stall lets all of "b"
// come in between: of every thousand points one or two.
void boot_rare_place() {
    test::x = sim::world().names().add("x");
    test::spawn(0, [](void*) {
        for (int i = 0; i < 300; ++i) test::access(test::x, sim::AccessKind::write);
        test::story += 'a';
        sim::world().point({test::x, sim::AccessKind::write}, sim::Site::current());
        test::story += 'a';
    });
    test::spawn(1, [](void*) {
        while (test::story.empty()) sim::world().yield(sim::Site::current());
        for (int i = 0; i < 36; ++i) {
            test::access(test::x, sim::AccessKind::write);
            test::story += 'b';
        }
    });
}

// Surw gets there by itself.
template <typename P>
class StallingAtPlaces : public testing::Test {};
using BlindPolicies = testing::Types<RandomWalk, Pct, Pos>;
TYPED_TEST_SUITE(StallingAtPlaces, BlindPolicies);

TYPED_TEST(StallingAtPlaces, OnePassedOnceIsAmongThem) {
    const test::Program rare_place{2, boot_rare_place, two_hundred_jiffies};
    Stalling<TypeParam> stalling;
    unsigned all_between = 0;
    for (std::uint64_t seed = 0; seed < effort(9000u); ++seed) {
        stalling.reseed(seed);
        const std::string done = test::run(rare_place, stalling).story;
        if (done.size() == 38 && done.back() == 'a') ++all_between;
    }
    EXPECT_GT(all_between, effort(25u));
}

// "a" has two points, beside the thousand of "c": hardly a random point is one of them.
void boot_rare_context() {
    const sim::ObjectId object = sim::world().names().add("x");
    test::x = object;
    test::spawn_walker(2, {'c', 1000, sim::world().names().add("y")});
    test::spawn(0, [](void*) {
        sim::world().point({test::x, sim::AccessKind::write}, sim::Site::current());
        test::story += 'a';
        sim::world().point({test::x, sim::AccessKind::write}, sim::Site::current());
        test::story += 'a';
    });
    test::spawn(1, [](void*) {
        while (test::story.find('a') == std::string::npos)
            sim::world().yield(sim::Site::current());
        for (int i = 0; i < 36; ++i) {
            sim::world().point({test::x, sim::AccessKind::write}, sim::Site::current());
            test::story += 'b';
        }
    });
}

TYPED_TEST(StallingAtPlaces, ThoseOfContextsWithFewPointsAreAmongThem) {
    const test::Program rare_context{3, boot_rare_context, two_hundred_jiffies};
    Stalling<TypeParam> stalling;
    unsigned all_between = 0;
    for (std::uint64_t seed = 0; seed < 3000; ++seed) {
        stalling.reseed(seed);
        std::string done = test::run(rare_context, stalling).story;
        std::erase(done, 'c');
        if (done.size() == 38 && done.back() == 'a') ++all_between;
    }
    EXPECT_GT(all_between, 15u);
}

// Who names a place has it stalled at, also where it is one of a hundred.
void boot_many_places() {
    static std::array<machine_site, 100> sites;
    test::x = sim::world().names().add("x");
    for (unsigned i = 0; i < sites.size(); ++i) sites[i] = {"a.c", "f", i + 1, 0};
    test::spawn(0, [](void*) {
        for (const machine_site& site : sites) {
            sim::world().point({test::x, sim::AccessKind::write}, sim::Site(&site));
            test::story += static_cast<char>(site.line);
        }
    });
    test::spawn(1, [](void*) {
        while (test::story.size() < 60) sim::world().yield(sim::Site::current());
        for (int i = 0; i < 36; ++i) {
            sim::world().point({test::x, sim::AccessKind::write}, sim::Site::current());
            test::story += 'b';
        }
    });
}

TYPED_TEST(StallingAtPlaces, AreThoseThatSomebodyNames) {
    const test::Program many_places{2, boot_many_places, two_hundred_jiffies};
    const auto stalls_at_70 = [&many_places](const std::vector<Place>& places) {
        Stalling<TypeParam> stalling;
        stalling.name_places(places);
        unsigned count = 0;
        for (std::uint64_t seed = 0; seed < 3000; ++seed) {
            stalling.reseed(seed);
            const std::string done = test::run(many_places, stalling).story;
            count += done.find(std::string("\x45") + std::string(24, 'b')) != std::string::npos;
        }
        return count;
    };
    const unsigned by_chance = stalls_at_70({});
    EXPECT_GT(stalls_at_70({{"a.c", 70}}), 4 * by_chance + 10);
    EXPECT_LE(stalls_at_70({{"b.c", 70}}), by_chance) << "the same line of another file";
}

// The same seed is the same run, whoever has compiled the program.
sim::Site spelled;
void boot_spelled() {
    test::x = sim::world().names().add("x");
    for (unsigned cpu = 0; cpu < 2; ++cpu)
        test::spawn(cpu, [](void*) {
            for (int i = 0; i < 100; ++i)
                sim::world().point({test::x, sim::AccessKind::write}, spelled);
        });
}

TYPED_TEST(StallingAtPlaces, AreTheSameHoweverACompilerSpellsTheirFunctions) {
    static constexpr machine_site by_one{"a.cpp", "void f(int)", 7, 0};
    static constexpr machine_site by_another{"/b/a.cpp", "void (anonymous namespace)::f(int)", 7,
                                             0};
    const test::Program program{2, boot_spelled, two_hundred_jiffies};
    for (std::uint64_t seed = 0; seed < 300; ++seed) {
        std::array<std::uint64_t, 2> hashes{};
        for (std::size_t i = 0; i < hashes.size(); ++i) {
            spelled = sim::Site(i == 0 ? &by_one : &by_another);
            Stalling<TypeParam> stalling;
            stalling.reseed(seed);
            hashes[i] = test::run(program, stalling).trace_hash;
        }
        ASSERT_EQ(hashes[0], hashes[1]) << seed;
    }
}

void boot_six_hundred() {
    const sim::ObjectId object = sim::world().names().add("x");
    for (unsigned cpu = 0; cpu < 2; ++cpu) test::spawn_walker(cpu, {'a', 300, object});
}
const test::Program six_hundred{2, boot_six_hundred, two_hundred_jiffies};

TYPED_TEST(EveryStalling, TheOtherRunsAreThoseOfThePolicyItself) {
    unsigned same = 0;
    for (std::uint64_t seed = 0; seed < 400; ++seed) {
        Stalling<TypeParam> stalling;
        TypeParam inner;
        stalling.reseed(seed);
        inner.reseed(seed);
        if (test::run(six_hundred, stalling).trace_hash == test::run(six_hundred, inner).trace_hash)
            ++same;
    }
    EXPECT_GT(same, 160u);
    EXPECT_LT(same, 300u);
}

// Who stalls holds up one that waits for him; the run comes to its end all the same.
void boot_waiting_for_each_other() {
    test::flag = false;
    test::x = sim::world().names().add("x");
    test::spawn(0, [](void*) {
        for (int i = 0; i < 20; ++i) test::access(test::x, sim::AccessKind::write);
        test::flag = true;
    });
    test::spawn(1, [](void*) {
        while (!test::flag) sim::world().yield(sim::Site::current());
        test::story += 'w';
    });
}

TYPED_TEST(EveryStalling, AStallEnds) {
    Stalling<TypeParam> stalling;
    for (const sim::Limits& limits : {two_hundred_jiffies, test::without_ticks()}) {
        const test::Program program{2, boot_waiting_for_each_other, limits};
        sim::Jiffies longest = 0;
        unsigned long_ones = 0;
        for (std::uint64_t seed = 0; seed < 500; ++seed) {
            stalling.reseed(seed);
            const test::Ran ran = test::run(program, stalling);
            EXPECT_EQ(ran.verdict, Verdict::clean);
            EXPECT_EQ(ran.story, "w");
            longest = std::max(longest, ran.jiffies);
            long_ones += ran.jiffies > 160 ? 1 : 0;
        }
        EXPECT_LT(long_ones, 180u);
        EXPECT_GE(longest, limits.free_jiffies == 0 ? 0u : 64u);
    }
}

}  // namespace
}  // namespace rcufuzz::strategy
