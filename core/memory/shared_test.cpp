// SPDX-License-Identifier: GPL-2.0-or-later
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "core/memory/atomic.h"
#include "core/sim/test_machine.h"

namespace rcufuzz::memory {
namespace {

using sim::AccessKind;
using sim::EventKind;
using sim::test::Answers;
using sim::test::EveryRun;
using sim::test::Ran;
using sim::test::run;
using sim::test::Sequential;
using sim::test::spawn;

template <typename T>
Shared<T>& make(const char* name, T value, int index = -1) {
    Shared<T>& variable = sim::world().arena().make<Shared<T>>();
    variable.init(name, index, value);
    return variable;
}

TEST(Shared, HoldsWhatWasStored) {
    Sequential strategy;
    run(1, strategy, [] {
        spawn(0, [] {
            Shared<int>& x = make("x", 3);
            EXPECT_EQ(READ_ONCE(x), 3);
            WRITE_ONCE(x, 5);
            EXPECT_EQ(READ_ONCE(x), 5);
            EXPECT_EQ(x.get(), 5);
            x.set(7);
            EXPECT_EQ(READ_ONCE(x), 7);
            EXPECT_EQ(atomic_add_return(-2, x), 5);
            EXPECT_EQ(x.get(), 5);
        });
    });
}

// The declared limit of this memory: it is sequentially consistent, so store buffering, where both
// loads miss the other's store, cannot be seen.
TEST(Shared, StoreBufferingIsNotSeen) {
    EveryRun strategy(100);
    std::set<std::pair<int, int>> seen;
    do {
        int r0 = -1;
        int r1 = -1;
        run(2, strategy, [&] {
            Shared<int>& x = make("x", 0);
            Shared<int>& y = make("y", 0);
            spawn(0, [&] {
                WRITE_ONCE(x, 1);
                r0 = READ_ONCE(y);
            });
            spawn(1, [&] {
                WRITE_ONCE(y, 1);
                r1 = READ_ONCE(x);
            });
        });
        seen.insert({r0, r1});
    } while (strategy.next());
    EXPECT_THAT(seen, testing::ElementsAre(std::pair(0, 1), std::pair(1, 0), std::pair(1, 1)));
}

TEST(Shared, TwoAccessesCanBeTornApart) {
    EveryRun strategy(100);
    std::set<int> seen;
    do {
        int last = 0;
        run(2, strategy, [&] {
            Shared<int>& x = make("x", 0);
            const auto increment = [&] {
                WRITE_ONCE(x, READ_ONCE(x) + 1);
                last = x.get();
            };
            spawn(0, increment);
            spawn(1, increment);
        });
        seen.insert(last);
    } while (strategy.next());
    EXPECT_THAT(seen, testing::ElementsAre(1, 2)) << "an increment is lost now and then";
}

TEST(Shared, AnAtomicReadModifyWriteCannot) {
    EveryRun strategy(100);
    do {
        int last = 0;
        run(2, strategy, [&] {
            Shared<int>& x = make("x", 0);
            const auto increment = [&] {
                const int now = atomic_add_return(1, x);
                EXPECT_EQ(now, x.get());
                last = now;
            };
            spawn(0, increment);
            spawn(1, increment);
        });
        ASSERT_EQ(last, 2);
    } while (strategy.next());
}

TEST(Shared, MarkedAccessesArePointsAndPlainOnesAreNot) {
    std::vector<AccessKind> asked_before;
    sim::ObjectId object = 0;
    Answers strategy([&](const sim::Choice& choice) {
        if (choice.kind == sim::ChoiceKind::schedule) {
            const sim::Access& access = sim::world().context(choice.key).pending;
            EXPECT_EQ(access.object, object);
            asked_before.push_back(access.kind);
        }
        return 0u;
    });
    run(2, strategy, [&] {
        Shared<long>& x = make("x", 0L);
        object = x.object();
        spawn(0, [&] {
            x.set(x.get() + 1);
            smp_mb();
            READ_ONCE(x);
            WRITE_ONCE(x, 1);
            atomic_add_return(1, x);
        });
        spawn(1, [] {});
    });
    EXPECT_THAT(asked_before,
                testing::ElementsAre(AccessKind::read, AccessKind::write, AccessKind::write));
}

// The point comes before the access: what others do there is seen.
TEST(Shared, ALoadSeesWhatWasStoredAtItsPoint) {
    Answers strategy([](const sim::Choice& choice) {
        return choice.key == sim::context_key(0, sim::Slot::task)
                   ? choice.answer_for(sim::actor(sim::Act::run, 1))
                   : 0;
    });
    int seen = 0;
    run(2, strategy, [&] {
        Shared<int>& x = make("x", 0);
        spawn(0, [&] { seen = READ_ONCE(x); });
        spawn(1, [&] { WRITE_ONCE(x, 9); });
    });
    EXPECT_EQ(seen, 9);
}

TEST(Shared, TheTraceTellsValuesButNoAddresses) {
    Sequential strategy;
    static int target;
    const Ran ran = run(1, strategy, [] {
        spawn(0, [] {
            Shared<int>& x = make("x", 3, 1);
            Shared<int*>& p = make<int*>("p", nullptr);
            WRITE_ONCE(x, -1);
            READ_ONCE(x);
            READ_ONCE(p);
            WRITE_ONCE(p, &target);
        });
    });
    std::vector<std::tuple<EventKind, std::int64_t, std::int64_t>> events;
    for (const sim::Event& event : ran.events)
        if (event.kind == EventKind::read || event.kind == EventKind::write)
            events.push_back({event.kind, event.a, event.b});
    EXPECT_THAT(events, testing::ElementsAre(
                            std::tuple(EventKind::write, -1, 3), std::tuple(EventKind::read, -1, 0),
                            std::tuple(EventKind::read, 0, 0), std::tuple(EventKind::write, 1, 0)));
}

TEST(Shared, KnowsItsName) {
    Sequential strategy;
    run(1, strategy, [] {
        const sim::ObjectName& name = sim::world().names().of(make("nocb_timer", 0, 2).object());
        EXPECT_STREQ(name.text, "nocb_timer");
        EXPECT_EQ(name.index, 2);
    });
}

}  // namespace
}  // namespace rcufuzz::memory
