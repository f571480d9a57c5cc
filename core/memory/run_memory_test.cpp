// SPDX-License-Identifier: GPL-2.0-or-later
//
// The door between variables of the simulated kernel and the memory model: the classic shapes
// through Shared<T>, each in all of its runs. core/litmus holds the model itself to the axioms.
#include "core/memory/run_memory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <functional>
#include <set>

#include "core/memory/atomic.h"
#include "core/memory/model.h"
#include "core/sim/test_machine.h"

namespace rcufuzz::memory {
namespace {

using sim::test::EveryRun;
using sim::test::Ran;
using sim::test::run;
using sim::test::Sequential;
using sim::test::spawn;
using testing::Contains;
using testing::Not;

using Pair = std::pair<int, int>;

// Two variables, and what the second CPU (or each) has read.
struct Shape {
    Shared<int> x, y;
    Shared<Shared<int>*> pointer;
    int r0 = -1;
    int r1 = -1;
};

using Side = std::function<void(Shape&)>;

struct Result {
    std::set<Pair> seen;
    std::set<Verdict> verdicts;
};

Result every_run(const Side& first, const Side& second, bool weak = true) {
    EveryRun strategy(100);
    Result result;
    do {
        Shape* shape = nullptr;
        const Ran ran = run(2, strategy, [&] {
            begin_memory(weak);
            shape = &sim::world().arena().make<Shape>();
            shape->x.init("x", -1, 0);
            shape->y.init("y", -1, 0);
            shape->pointer.init("pointer", -1, nullptr);
            spawn(0, [&] { first(*shape); });
            spawn(1, [&] { second(*shape); });
        });
        result.seen.insert({shape->r0, shape->r1});
        result.verdicts.insert(ran.verdict);
    } while (strategy.next());
    begin_memory(false);
    return result;
}

void write_then_read_y(Shape& s) {
    WRITE_ONCE(s.x, 1);
    s.r0 = READ_ONCE(s.y);
}
void write_then_read_x(Shape& s) {
    WRITE_ONCE(s.y, 1);
    s.r1 = READ_ONCE(s.x);
}

TEST(WeakMemory, StoresAreBuffered) {
    EXPECT_THAT(every_run(write_then_read_y, write_then_read_x).seen, Contains(Pair(0, 0)));
    EXPECT_THAT(every_run(write_then_read_y, write_then_read_x, false).seen,
                Not(Contains(Pair(0, 0))));
}

TEST(WeakMemory, FullBarriersForbidThat) {
    const auto fenced = [](Shared<int>& mine, const Shared<int>& other, int& seen) {
        WRITE_ONCE(mine, 1);
        smp_mb();
        seen = READ_ONCE(other);
    };
    const Result result = every_run([&](Shape& s) { fenced(s.x, s.y, s.r0); },
                                    [&](Shape& s) { fenced(s.y, s.x, s.r1); });
    EXPECT_THAT(result.seen, testing::ElementsAre(Pair(0, 1), Pair(1, 0), Pair(1, 1)));
}

// x is the data, y the flag.
void read_flag_then_data(Shape& s) {
    s.r0 = READ_ONCE(s.y);
    s.r1 = READ_ONCE(s.x);
}
void read_flag_rmb_data(Shape& s) {
    s.r0 = READ_ONCE(s.y);
    smp_rmb();
    s.r1 = READ_ONCE(s.x);
}

TEST(WeakMemory, MessagesArriveInOrderOnlyWithABarrierOnEachSide) {
    const Side unordered = [](Shape& s) {
        WRITE_ONCE(s.x, 1);
        WRITE_ONCE(s.y, 1);
    };
    const Side ordered = [](Shape& s) {
        WRITE_ONCE(s.x, 1);
        smp_wmb();
        WRITE_ONCE(s.y, 1);
    };
    EXPECT_THAT(every_run(unordered, read_flag_then_data).seen, Contains(Pair(1, 0)));
    EXPECT_THAT(every_run(unordered, read_flag_rmb_data).seen, Contains(Pair(1, 0)));
    EXPECT_THAT(every_run(ordered, read_flag_then_data).seen, Contains(Pair(1, 0)));
    EXPECT_THAT(every_run(ordered, read_flag_rmb_data).seen, Not(Contains(Pair(1, 0))));
}

TEST(WeakMemory, AtomicsThatReturnAreBarriersAndOthersAreNot) {
    const Side full = [](Shape& s) {
        WRITE_ONCE(s.x, 1);
        atomic_inc_return(s.y);
    };
    const Side none = [](Shape& s) {
        WRITE_ONCE(s.x, 1);
        atomic_inc(s.y);
    };
    const Side missed = [](Shape& s) {
        WRITE_ONCE(s.x, 1);
        cmpxchg(s.pointer, &s.x, nullptr);  // holds null: given up, and no barrier
        WRITE_ONCE(s.y, 1);
    };
    EXPECT_THAT(every_run(full, read_flag_rmb_data).seen, Not(Contains(Pair(1, 0))));
    EXPECT_THAT(every_run(none, read_flag_rmb_data).seen, Contains(Pair(1, 0)));
    EXPECT_THAT(every_run(missed, read_flag_rmb_data).seen, Contains(Pair(1, 0)));
}

TEST(WeakMemory, WhatIsBehindAPointerComesAfterIt) {
    const Side publish = [](Shape& s) {
        WRITE_ONCE(s.x, 1);
        rcu_assign_pointer(s.pointer, &s.x);
    };
    const Side follow = [](Shape& s) {
        const Shared<int>* const x = rcu_dereference(s.pointer);
        s.r0 = x != nullptr ? 1 : 0;
        s.r1 = READ_ONCE(s.x);
    };
    const Side publish_unordered = [](Shape& s) {
        WRITE_ONCE(s.x, 1);
        WRITE_ONCE(s.pointer, &s.x);
    };
    EXPECT_THAT(every_run(publish, follow).seen, Not(Contains(Pair(1, 0))));
    EXPECT_THAT(every_run(publish_unordered, follow).seen, Contains(Pair(1, 0)));
}

TEST(WeakMemory, ALoadedIndexIsFollowedOnRequest) {
    const Side publish = [](Shape& s) {
        WRITE_ONCE(s.x, 1);
        smp_store_release(s.y, 1);
    };
    const Side follow = [](Shape& s) {
        s.r0 = READ_ONCE(s.y);
        depend_on_loads();
        s.r1 = READ_ONCE(s.x);
    };
    EXPECT_THAT(every_run(publish, follow).seen, Not(Contains(Pair(1, 0))));
    EXPECT_THAT(every_run(publish, read_flag_then_data).seen, Contains(Pair(1, 0)));
}

TEST(WeakMemory, AWaitingLoopSeesTheStoreInTheEnd) {
    const Side wait = [](Shape& s) {
        while (READ_ONCE(s.y) == 0) sim::world().yield(Site::current());
        s.r0 = 1;
    };
    const Result result = every_run([](Shape& s) { WRITE_ONCE(s.y, 1); }, wait);
    EXPECT_THAT(result.seen, testing::ElementsAre(Pair(1, -1)));
    EXPECT_THAT(result.verdicts, testing::ElementsAre(Verdict::clean));
}

// Whatever the strategy answers: after three loads of older stores comes the newest.
TEST(WeakMemory, ALoopMissesAStoreThreeTimes) {
    sim::test::Answers oldest([](const sim::Choice& choice) {
        return choice.kind == sim::ChoiceKind::data ? choice.count - 1 : 0u;
    });
    int loads = 0;
    run(2, oldest, [&] {
        begin_memory(true);
        Shared<int>& flag = sim::world().arena().make<Shared<int>>();
        flag.init("flag", -1, 0);
        spawn(0, [&flag] { WRITE_ONCE(flag, 1); });
        spawn(1, [&flag, &loads] {
            do ++loads;
            while (READ_ONCE(flag) == 0 && loads < 1000);
        });
    });
    begin_memory(false);
    EXPECT_EQ(loads, 4);
}

// An agent keeps sixteen pointers. The one that makes room for the next holds for all from then on.
TEST(WeakMemory, APointerThatIsForgottenStillOrders) {
    EveryRun strategy(100);
    std::set<Pair> seen;
    do {
        int told = -1;
        int read = -1;
        run(2, strategy, [&] {
            begin_memory(true);
            Shape& s = sim::world().arena().make<Shape>();
            s.x.init("x", -1, 0);
            s.pointer.init("pointer", -1, nullptr);
            auto& others = sim::world().arena().make<std::array<Shared<int>, 16>>();
            spawn(0, [&] {
                WRITE_ONCE(s.x, 1);
                rcu_assign_pointer(s.pointer, &s.x);
            });
            spawn(1, [&] {
                told = rcu_dereference(s.pointer) != nullptr ? 1 : 0;
                for (const Shared<int>& other : others) note_pointer(&other, sizeof other);
                read = READ_ONCE(s.x);
            });
        });
        seen.insert({told, read});
    } while (strategy.next());
    begin_memory(false);
    EXPECT_THAT(seen, testing::ElementsAre(Pair(0, 0), Pair(0, 1), Pair(1, 1)));
}

TEST(WeakMemory, PlainAccessesRaceUnlessOrdered) {
    const Side write = [](Shape& s) {
        store_plain(s.x, 1);
        smp_store_release(s.y, 1);
    };
    const Side read_if_told = [](Shape& s) {
        if (smp_load_acquire(s.y) != 0) s.r1 = load_plain(s.x);
    };
    const Side read_anyway = [](Shape& s) {
        if (READ_ONCE(s.y) != 0) s.r1 = load_plain(s.x);
    };
    EXPECT_THAT(every_run(write, read_if_told).verdicts, testing::ElementsAre(Verdict::clean));
    EXPECT_THAT(every_run(write, read_anyway).verdicts, Contains(Verdict::data_race));
}

// A plain store comes after a load of its own CPU only where its address depends on it: a condition
// orders marked stores. And a store takes along its CPU's plain loads only where it is a release.
TEST(WeakMemory, DependenciesOrderStoresAfterLoads) {
    const Side tell_released = [](Shape& s) {
        load_plain(s.x);
        smp_store_release(s.y, 1);
    };
    const Side tell_relaxed = [](Shape& s) {
        load_plain(s.x);
        WRITE_ONCE(s.y, 1);
    };
    const Side publish = [](Shape& s) {
        load_plain(s.x);
        rcu_assign_pointer(s.pointer, &s.x);
    };
    const Side if_acquired = [](Shape& s) {
        if (smp_load_acquire(s.y) != 0) store_plain(s.x, 1);
    };
    const Side plain_if_told = [](Shape& s) {
        if (READ_ONCE(s.y) != 0) store_plain(s.x, 1);
    };
    const Side marked_if_told = [](Shape& s) {
        if (READ_ONCE(s.y) != 0) WRITE_ONCE(s.x, 1);
    };
    const Side plain_at_address = [](Shape& s) {
        if (Shared<int>* const x = rcu_dereference(s.pointer)) store_plain(*x, 1);
    };
    const auto clean = testing::ElementsAre(Verdict::clean);
    EXPECT_THAT(every_run(tell_released, if_acquired).verdicts, clean);
    EXPECT_THAT(every_run(tell_relaxed, if_acquired).verdicts, Contains(Verdict::data_race));
    EXPECT_THAT(every_run(tell_released, plain_if_told).verdicts, Contains(Verdict::data_race));
    EXPECT_THAT(every_run(tell_released, marked_if_told).verdicts, clean);
    EXPECT_THAT(every_run(publish, plain_at_address).verdicts, clean);
}

TEST(WeakMemory, FreshMemoryMustNotBeSeen) {
    const auto publish = [](bool ordered) {
        return [ordered](Shape& s) {
            s.x.init_uninitialised("fresh", -1);
            s.x.set_private(1);
            if (ordered)
                rcu_assign_pointer(s.pointer, &s.x);
            else
                WRITE_ONCE(s.pointer, &s.x);
        };
    };
    const Side read = [](Shape& s) {
        if (Shared<int>* const x = rcu_dereference(s.pointer)) READ_ONCE(*x);
    };
    EXPECT_THAT(every_run(publish(true), read).verdicts, testing::ElementsAre(Verdict::clean));
    EXPECT_THAT(every_run(publish(false), read).verdicts, Contains(Verdict::uninitialised_read));
}

TEST(WeakMemory, AMilestoneIsCertainOnlyWhereSomethingOrdersIt) {
    const auto reach = [](bool released) {
        return [released](Shape& s) {
            Milestone& milestone = sim::world().arena().make<Milestone>();
            milestone.init();
            milestone.reach();
            s.r0 = milestone.certain_here() ? 1 : 0;  // on this CPU, always
            if (released) smp_mb();
        };
    };
    EXPECT_THAT(every_run(reach(false), [](Shape&) {}).seen, testing::ElementsAre(Pair(1, -1)));

    EveryRun strategy(100);
    std::set<Pair> seen;
    do {
        Milestone milestone;
        int told = -1;
        int certain = -1;
        run(2, strategy, [&] {
            begin_memory(true);
            milestone.init();
            Shared<int>& flag = sim::world().arena().make<Shared<int>>();
            flag.init("flag", -1, 0);
            spawn(0, [&] {
                milestone.reach();
                smp_store_release(flag, 1);
            });
            spawn(1, [&] {
                told = smp_load_acquire(flag);
                certain = milestone.certain_here() ? 1 : 0;
            });
        });
        seen.insert({told, certain});
    } while (strategy.next());
    begin_memory(false);
    EXPECT_THAT(seen, testing::ElementsAre(Pair(0, 0), Pair(1, 1)));
}

TEST(WeakMemory, ASwitchOfTasksIsABarrier) {
    Sequential strategy;
    int age = -1;
    run(2, strategy, [&] {
        begin_memory(true);
        Model& model = *weak_model();
        const std::uint32_t before = model.now();
        spawn(0, [] { current_agent(); });
        spawn(0, [&, before] {
            current_agent();
            age = model.now() > before ? 1 : 0;  // a fence takes a moment of the model's time
        });
    });
    begin_memory(false);
    EXPECT_EQ(age, 1);
}

TEST(LockOrder, HandsOverWhatWasSeen) {
    const auto under_lock = [](LockOrder& lock, bool& held, const std::function<void()>& body) {
        sim::world().point({}, Site::current());
        if (held) return;
        held = true;
        lock.taken();
        body();
        lock.released();
        held = false;
    };
    EveryRun strategy(100);
    std::set<Pair> seen;
    do {
        LockOrder lock;
        bool held = false;
        int turn = 0;
        int second_saw = -1;
        run(2, strategy, [&] {
            begin_memory(true);
            lock.init();
            Shared<int>& x = sim::world().arena().make<Shared<int>>();
            x.init("x", -1, 0);
            const auto body = [&turn, &second_saw, &x] {
                if (turn++ == 1) second_saw = READ_ONCE(x);
                WRITE_ONCE(x, 1);
            };
            spawn(0, [&, body] { under_lock(lock, held, body); });
            spawn(1, [&, body] { under_lock(lock, held, body); });
        });
        seen.insert({turn, second_saw});
    } while (strategy.next());
    begin_memory(false);
    EXPECT_THAT(seen, testing::ElementsAre(Pair(1, -1), Pair(2, 1)));
}

}  // namespace
}  // namespace rcufuzz::memory
