// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/strategy/pos.h"

#include <gtest/gtest.h>

#include "core/strategy/program_test.h"
#include "core/strategy/random.h"

namespace rcufuzz::strategy {
namespace {

using test::flag;
using test::x;

// How many runs out of `runs` told exactly this story.
int occurrences(Policy& policy, const test::Program& program, std::string_view wanted, int runs) {
    int count = 0;
    for (int i = 0; i < runs; ++i) {
        policy.reseed(static_cast<std::uint64_t>(i));
        count += test::run(program, policy).story == wanted;
    }
    return count;
}

int value;

void increment_twice(void*) {
    for (int i = 0; i < 2; ++i) {
        test::access(x, sim::AccessKind::read);
        const int seen = value;
        test::access(x, sim::AccessKind::write);
        value = seen + 1;
    }
    test::story = std::to_string(value);
}

void boot_lost_update() {
    x = sim::world().names().add("x");
    value = 0;
    test::spawn(0, increment_twice);
    test::spawn(1, increment_twice);
}
const test::Program lost_update{2, boot_lost_update};

TEST(Pos, FindsTheLostUpdate) {
    Pos policy;
    EXPECT_GT(occurrences(policy, lost_update, "3", 2000), 400);
    EXPECT_GT(occurrences(policy, lost_update, "2", 2000), 200);
}

// Ten accesses that concern nobody else come before the one that matters. A random walk must choose
// the same task eleven times over to see it first; for POS the ten do not count.
void boot_late_conflict() {
    const sim::ObjectId own = sim::world().names().add("own");
    const sim::ObjectId shared = sim::world().names().add("shared");
    struct Objects {
        sim::ObjectId own, shared;
    };
    auto& objects = sim::world().arena().make<Objects>(Objects{own, shared});
    sim::world().spawn(
        0,
        [](void* arg) {
            const Objects& o = *static_cast<Objects*>(arg);
            for (int i = 0; i < 10; ++i) test::access(o.own, sim::AccessKind::write);
            test::Walker{'a', 1, o.shared}.walk();
        },
        &objects);
    test::spawn_walker(1, {'b', 1, shared});
}
const test::Program late_conflict{2, boot_late_conflict};

TEST(Pos, StepsThatConflictWithNothingCostNothing) {
    Pos pos;
    RandomWalk random;
    EXPECT_GT(occurrences(pos, late_conflict, "ab", 20000), 20000 / 40);
    EXPECT_LT(occurrences(random, late_conflict, "ab", 20000), 20000 / 200);
}

// The same program with accesses that do conflict: now each of the eleven is a new lot.
void boot_conflicts() {
    const sim::ObjectId object = sim::world().names().add("x");
    test::spawn_walker(0, {'a', 11, object});
    test::spawn_walker(1, {'b', 1, object});
}
const test::Program conflicts{2, boot_conflicts};

// And with reads, which do not.
void boot_reads() {
    const sim::ObjectId object = sim::world().names().add("x");
    test::spawn_walker(0, {'a', 11, object, sim::AccessKind::read});
    test::spawn_walker(1, {'b', 1, object, sim::AccessKind::read});
}
const test::Program reads{2, boot_reads};

TEST(Pos, ConflictingEventsDrawAnew) {
    Pos policy;
    // Still 1 in 13 when b has not begun at all, and next to nothing more.
    const int late = occurrences(policy, conflicts, "aaaaaaaaaaab", 20000);
    const int early = occurrences(policy, conflicts, "baaaaaaaaaaa", 20000);
    EXPECT_NEAR(late, 20000 / 12, 250);
    EXPECT_GT(early, 20000 / 3);
    EXPECT_GT(occurrences(policy, reads, "aaaaaaaaaaab", 20000), 20000 / 9);
}

// Two that wait busily for the third, whose next event conflicts with nothing that they do.
void boot_busy_waiters() {
    flag = false;
    x = sim::world().names().add("x");
    const auto wait = [](void*) {
        for (; !flag; sim::world().yield(sim::Site::current()))
            test::access(x, sim::AccessKind::read);
    };
    test::spawn(0, wait);
    test::spawn(1, wait);
    test::spawn(2, [](void*) {
        test::Walker{'c', 5, sim::world().names().add("own")}.walk();
        flag = true;
    });
}
const test::Program busy_waiters{3, boot_busy_waiters};

TEST(Pos, BusyWaitersDoNotStarveTheOthers) {
    Pos policy;
    for (std::uint64_t seed = 0; seed < 2000; ++seed) {
        policy.reseed(seed);
        ASSERT_LT(test::run(busy_waiters, policy).points, 300u);
    }
}

// One that polls by the clock for the same thing.
sim::Context* poller;
void set_timer(sim::Jiffies expiry) { sim::world().set_expiry(0, expiry); }

void boot_polling() {
    sim::World& world = sim::world();
    flag = false;
    x = world.names().add("x");
    world.set_softirq_body([](void*) {
        set_timer(sim::no_expiry);
        sim::world().unblock(*poller);
    });
    poller = &test::spawn(0, [](void*) {
        while (!flag) {
            test::access(x, sim::AccessKind::read);
            set_timer(sim::world().jiffies() + 1);
            sim::world().block(sim::ContextState::sleeping, x, sim::Site::current());
        }
    });
    test::spawn(1, [](void*) {
        test::Walker{'c', 5, sim::world().names().add("own")}.walk();
        flag = true;
    });
}
const test::Program polling{2, boot_polling};

TEST(Pos, PollingDoesNotStarveTheOthers) {
    Pos policy;
    for (std::uint64_t seed = 0; seed < 2000; ++seed) {
        policy.reseed(seed);
        ASSERT_LT(test::run(polling, policy).points, 60u);
    }
}

}  // namespace
}  // namespace rcufuzz::strategy
