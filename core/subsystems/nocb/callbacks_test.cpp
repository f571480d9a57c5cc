// SPDX-License-Identifier: GPL-2.0-or-later
//
// The oracles that watch each callback, shown to object and to keep quiet.
#include "core/subsystems/nocb/callbacks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/kernel/kernel_test.h"
#include "core/subsystems/nocb/nocb.h"

namespace rcufuzz::nocb {
namespace {

using kernel::test::fault;
using kernel::test::Ran;
using kernel::test::run_kernel;
using kernel::test::Sequential;
using kernel::test::step;
using kernel::test::task;

// What the oracles say of a task that does this to the callbacks of CPUs 0 and 1.
std::string said_of(const std::function<void(Callbacks&)>& body) {
    Sequential strategy;
    return fault(run_kernel(2, strategy, [&] {
        Callbacks& callbacks = sim::world().arena().make<Callbacks>();
        callbacks.init();
        task(0, [&callbacks, &body] { body(callbacks); });
    }));
}

// A callback that is posted and linked while gp_seq stands at `now`.
Callback& post(Callbacks& callbacks, Seq now, unsigned cpu = 0) {
    Callback* const callback = callbacks.make(cpu, 0);
    callbacks.posted(*callback, now);
    callbacks.linked(*callback, now);
    return *callback;
}

void invoke(Callbacks& callbacks, Callback& callback, Seq now) {
    callbacks.invoked(callback, now, Site::current());
}

TEST(CallbackOracle, ACallbackAfterItsGracePeriodIsFine) {
    EXPECT_EQ(said_of([](Callbacks& callbacks) {
                  Callback& a = post(callbacks, 0);
                  Callback& b = post(callbacks, 1);
                  invoke(callbacks, a, 4);
                  invoke(callbacks, b, 8);
                  EXPECT_EQ(a.invoked, 1u);
                  EXPECT_EQ(callbacks.pending(0), 0u);
              }),
              "");
}

TEST(CallbackOracle, RunsOnce) {
    EXPECT_EQ(said_of([](Callbacks& callbacks) {
                  Callback& a = post(callbacks, 0);
                  invoke(callbacks, a, 4);
                  invoke(callbacks, a, 4);
              }),
              "callback_twice: callback a runs again");
}

TEST(CallbackOracle, RunsAfterAFullGracePeriod) {
    const char* const early =
        "callback_too_early: callback a runs before a full grace period "
        "has passed";
    EXPECT_EQ(said_of([](Callbacks& callbacks) { invoke(callbacks, post(callbacks, 0), 1); }),
              early);
    EXPECT_EQ(said_of([](Callbacks& callbacks) { invoke(callbacks, post(callbacks, 1), 4); }),
              early)
        << "the grace period that was in progress does not count";
    EXPECT_EQ(said_of([](Callbacks& callbacks) { invoke(callbacks, post(callbacks, 1), 8); }), "");
}

TEST(CallbackOracle, CountsFromTheLinking) {
    const auto linked_at = [](Seq posted, Seq linked, Seq invoked) {
        return said_of([=](Callbacks& callbacks) {
            Callback& a = *callbacks.make(0, 0);
            callbacks.posted(a, posted);
            callbacks.linked(a, linked);
            invoke(callbacks, a, invoked);
        });
    };
    EXPECT_EQ(linked_at(0, 4, 8), "");
    EXPECT_NE(linked_at(0, 4, 4), "") << "it may be numbered only when it is on the list";
}

// What the oracles say of weak memory when CPU 0 posts, CPU 1 invokes, and CPU 0 then looks as the
// caller of rcu_barrier() would. Each tells the other by a flag, with order or without.
std::string said_across(bool handed_over, bool handed_back) {
    Sequential strategy;
    kernel::Shared<int> there, back;
    const std::string said = fault(run_kernel(2, strategy, [&] {
        memory::begin_memory(true);
        State& state = sim::world().arena().make<State>();
        set_nocb(state);
        kernel::RcuNode& node = state.rcu_state.root();
        node.gp_seq.init("gp_seq", -1, 0);
        state.rdp(0).mynode = &node;
        there.init("there", -1, 0);
        back.init("back", -1, 0);
        Callbacks& callbacks = state.callbacks;
        callbacks.init();
        const auto tell = [](kernel::Shared<int>& flag, bool order) {
            flag.store(1, order ? memory::Order::release : memory::Order::relaxed, false,
                       Site::current());
        };
        const auto hear = [](kernel::Shared<int>& flag) {
            while (smp_load_acquire(flag) == 0 && !kernel::run_is_over()) kernel::cpu_relax();
        };
        task(0, [&callbacks, tell, hear, &there, &back, handed_over] {
            Callback& a = post(callbacks, 0);
            Callbacks::returned(a);
            const Callbacks::Set before = callbacks.posted_so_far();
            EXPECT_TRUE(before[0]);
            tell(there, handed_over);
            hear(back);
            callbacks.barrier_returned(before, Site::current());
        });
        task(1, [&callbacks, tell, hear, &there, &back, handed_back] {
            hear(there);
            Callback& a = const_cast<Callback&>(callbacks[0]);
            invoke(callbacks, a, 4);
            Callbacks::finished(a);
            tell(back, handed_back);
        });
    }));
    memory::begin_memory(false);
    return said;
}

TEST(CallbackOracle, UnderWeakMemoryGoesByWhatMustBeSeen) {
    EXPECT_EQ(said_across(true, true), "");
    EXPECT_EQ(said_across(false, true),
              "wrong_data: callback a runs, and need not see what came before its call_rcu()");
    EXPECT_EQ(said_across(true, false),
              "barrier_too_short: rcu_barrier() returns, and its caller need not see what callback "
              "a of cpu0, posted before it, has done");
}

TEST(CallbackOracle, RunsAfterTheReadersThatWereThere) {
    const auto with_reader = [](bool reader_ends) {
        return said_of([reader_ends](Callbacks& callbacks) {
            kernel::rcu_read_lock();
            Callback& a = post(callbacks, 0);
            if (reader_ends) {
                kernel::rcu_read_unlock();
                kernel::rcu_read_lock();  // another one, which began later
            }
            invoke(callbacks, a, 4);
            kernel::rcu_read_unlock();
        });
    };
    EXPECT_EQ(with_reader(true), "");
    EXPECT_EQ(with_reader(false),
              "callback_too_early: callback a runs while a reader that was there when it was "
              "posted is inside");
}

TEST(CallbackOracle, RunsInTheOrderOfItsCpu) {
    EXPECT_EQ(said_of([](Callbacks& callbacks) {
                  post(callbacks, 0);
                  invoke(callbacks, post(callbacks, 0), 4);
              }),
              "order_violated: callback b runs before an earlier callback of cpu0");
    EXPECT_EQ(said_of([](Callbacks& callbacks) {
                  Callback& on_0 = post(callbacks, 0, 0);
                  Callback& on_1 = post(callbacks, 0, 1);
                  invoke(callbacks, on_1, 4);
                  invoke(callbacks, on_0, 4);
              }),
              "")
        << "CPUs do not wait for each other";
}

TEST(CallbackOracle, OrderIsThatOfTheLinkingNotOfTheCall) {
    EXPECT_EQ(said_of([](Callbacks& callbacks) {
                  Callback& a = *callbacks.make(0, 0);
                  callbacks.posted(a, 0);
                  Callback& b = post(callbacks, 0);  // from an interrupt in between
                  callbacks.linked(a, 0);
                  invoke(callbacks, b, 4);
                  invoke(callbacks, a, 4);
              }),
              "");
}

TEST(Callbacks, AreSoManyAndNoMore) {
    EXPECT_EQ(said_of([](Callbacks& callbacks) {
                  for (unsigned i = 0; i < Callbacks::capacity; ++i) {
                      const Callback* const callback = callbacks.make(0, 0);
                      ASSERT_NE(callback, nullptr);
                      EXPECT_EQ(callback->number, i);
                      EXPECT_EQ(&callbacks[i], callback);
                  }
                  EXPECT_EQ(callbacks.make(0, 0), nullptr);
                  EXPECT_EQ(callbacks.count(), Callbacks::capacity);
              }),
              "");
}

TEST(Callbacks, WakeWhoWaitsForAllOfACpu) {
    Sequential strategy;
    const Ran ran = run_kernel(3, strategy, [] {
        Callbacks& callbacks = sim::world().arena().make<Callbacks>();
        callbacks.init();
        task(0, [&callbacks] {
            callbacks.await_cpu(0);
            step('0');  // there is nothing to wait for
        });
        task(1, [&callbacks] {
            post(callbacks, 0, 1);
            post(callbacks, 0, 1);
            callbacks.await_cpu(1);
            step('1');
        });
        task(2, [&callbacks] {
            sim::world().yield(Site::current());
            for (unsigned i = 0; i < 2; ++i) {
                EXPECT_EQ(callbacks.pending(1), 2 - i);
                step('i');
                callbacks.invoked(const_cast<Callback&>(callbacks[i]), 4, Site::current());
                sim::world().yield(Site::current());
            }
        });
    });
    EXPECT_EQ(fault(ran), "");
    EXPECT_EQ(ran.told, "0ii1");
}

TEST(CallbackName, IsALetterWithANumberWhereLettersRunOut) {
    EXPECT_EQ(callback_name(0), "a");
    EXPECT_EQ(callback_name(25), "z");
    EXPECT_EQ(callback_name(26), "a1");
    EXPECT_EQ(callback_name(199), "r7");
}

}  // namespace
}  // namespace rcufuzz::nocb
