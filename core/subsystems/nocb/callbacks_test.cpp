// SPDX-License-Identifier: GPL-2.0-or-later
//
// The oracles that watch each callback, shown to object and to keep quiet.
#include "core/subsystems/nocb/callbacks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/kernel/kernel_test.h"

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
