// SPDX-License-Identifier: GPL-2.0-or-later
//
// The oracle shown to object, and shown to keep quiet where all is well.
#include "core/oracle/lock_order.h"

#include <gtest/gtest.h>

#include "core/kernel/kernel_test.h"
#include "core/kernel/softirq.h"
#include "core/kernel/spinlock.h"
#include "core/kernel/timer.h"

namespace rcufuzz::oracle {
namespace {

using kernel::IrqFlags;
using kernel::LockClass;
using kernel::RawSpinlock;
using kernel::test::Answers;
using kernel::test::fault;
using kernel::test::make_irq;
using kernel::test::make_lock;
using kernel::test::Ran;
using kernel::test::run_kernel;
using kernel::test::run_of;
using kernel::test::Sequential;
using kernel::test::step;
using kernel::test::task;
using kernel::test::told;
using sim::Site;

std::string lock_fault(unsigned cpus, sim::Strategy& strategy, const kernel::test::Body& body) {
    begin_lock_order();
    const Ran ran = run_kernel(cpus, strategy, body);
    return fault(ran);
}

std::string lock_fault(const kernel::test::Body& body) {
    Sequential strategy;
    return lock_fault(2, strategy, body);
}

void nest(RawSpinlock& outer, RawSpinlock& inner) {
    raw_spin_lock(outer);
    raw_spin_lock(inner);
    raw_spin_unlock(inner);
    raw_spin_unlock(outer);
}

TEST(LockOrder, BothOrdersAreMisuseEvenWithoutADeadlock) {
    EXPECT_EQ(lock_fault([] {
                  RawSpinlock& a = make_lock("a", 0);
                  RawSpinlock& b = make_lock("b", 1);
                  task(0, [&] { nest(a, b); });
                  task(1, [&] { nest(b, a); });
              }),
              "lock_misuse: b and a are taken in both orders");
}

TEST(LockOrder, OneOrderIsFine) {
    EXPECT_EQ(lock_fault([] {
                  RawSpinlock& a = make_lock("a", 0);
                  RawSpinlock& b = make_lock("b", 1);
                  task(0, [&] {
                      nest(a, b);
                      raw_spin_lock(b);
                      raw_spin_unlock(b);
                  });
                  task(1, [&] { nest(a, b); });
              }),
              "");
}

TEST(LockOrder, IsAboutClassesNotAboutSingleLocks) {
    EXPECT_EQ(lock_fault([] {
                  RawSpinlock& a1 = make_lock("a", 0, 1);
                  RawSpinlock& a2 = make_lock("a", 0, 2);
                  RawSpinlock& b = make_lock("b", 1);
                  task(0, [&] {
                      nest(a1, b);
                      nest(b, a2);
                  });
              }),
              "lock_misuse: b and a[2] are taken in both orders");
}

TEST(LockOrder, AReleasedLockIsNotHeldAnyMore) {
    EXPECT_EQ(lock_fault([] {
                  RawSpinlock& a = make_lock("a", 0);
                  RawSpinlock& b = make_lock("b", 1);
                  task(0, [&] {
                      raw_spin_lock(a);
                      raw_spin_lock(b);
                      raw_spin_unlock(a);  // hand over hand
                      raw_spin_unlock(b);
                      raw_spin_lock(a);
                      raw_spin_unlock(a);
                  });
              }),
              "");
}

TEST(LockOrder, ATrylockCannotDeadlockButWhatFollowsItCan) {
    EXPECT_EQ(lock_fault([] {
                  RawSpinlock& a = make_lock("a", 0);
                  RawSpinlock& b = make_lock("b", 1);
                  task(0, [&] {
                      nest(a, b);
                      raw_spin_lock(b);
                      EXPECT_TRUE(raw_spin_trylock(a));
                      raw_spin_unlock(a);
                      raw_spin_unlock(b);
                  });
              }),
              "");
    EXPECT_NE(lock_fault([] {
                  RawSpinlock& a = make_lock("a", 0);
                  RawSpinlock& b = make_lock("b", 1);
                  task(0, [&] {
                      nest(a, b);
                      EXPECT_TRUE(raw_spin_trylock(b));
                      raw_spin_lock(a);
                  });
              }),
              "");
}

TEST(LockOrder, TwoOfAClassAreMisuseUnlessMarkedAsNested) {
    const auto two = [](bool nested) {
        return lock_fault([nested] {
            RawSpinlock& first = make_lock("a", 0, 1);
            RawSpinlock& second = make_lock("a", 0, 2);
            task(0, [&, nested] {
                raw_spin_lock(first);
                if (nested)
                    raw_spin_lock_nested(second);
                else
                    raw_spin_lock(second);
                raw_spin_unlock(second);
                raw_spin_unlock(first);
            });
        });
    };
    EXPECT_EQ(two(true), "");
    EXPECT_EQ(two(false), "lock_misuse: a[2] is taken while a[1] of the same class is held");
}

TEST(LockOrder, ContextsHoldTheirLocksEachForItself) {
    // cpu1 takes b while cpu0 holds a: no order between a and b.
    Answers strategy(
        [](const sim::Choice& choice) { return told == "(" ? choice.answer_for(run_of(1)) : 0; });
    EXPECT_EQ(lock_fault(2, strategy,
                         [] {
                             RawSpinlock& a = make_lock("a", 0);
                             RawSpinlock& b = make_lock("b", 1);
                             task(0, [&] {
                                 raw_spin_lock(a);
                                 step('(');
                                 step(')');
                                 raw_spin_unlock(a);
                             });
                             task(1, [&] { nest(b, a); });
                         }),
              "");
}

TEST(LockOrder, IsForgottenByTheNextRun) {
    const auto in_order = [](bool a_first) {
        return lock_fault([a_first] {
            RawSpinlock& a = make_lock("a", 0);
            RawSpinlock& b = make_lock("b", 1);
            task(0, [&, a_first] { a_first ? nest(a, b) : nest(b, a); });
        });
    };
    EXPECT_EQ(in_order(true), "");
    EXPECT_EQ(in_order(false), "");
}

// A declared limit: only pairs are compared, a cycle of three is not seen before it deadlocks.
TEST(LockOrder, ACycleOfThreeIsNotSeen) {
    EXPECT_EQ(lock_fault([] {
                  RawSpinlock& a = make_lock("a", 0);
                  RawSpinlock& b = make_lock("b", 1);
                  RawSpinlock& c = make_lock("c", 2);
                  task(0, [&] {
                      nest(a, b);
                      nest(b, c);
                      nest(c, a);
                  });
              }),
              "");
}

// A declared limit: the annotation vouches for the order inside a class, as it does in lockdep.
TEST(LockOrder, NestedLocksOfOneClassInBothOrdersAreNotSeen) {
    EXPECT_EQ(lock_fault([] {
                  RawSpinlock& first = make_lock("a", 0, 1);
                  RawSpinlock& second = make_lock("a", 0, 2);
                  task(0, [&] {
                      for (const bool forwards : {true, false}) {
                          RawSpinlock& outer = forwards ? first : second;
                          RawSpinlock& inner = forwards ? second : first;
                          raw_spin_lock(outer);
                          raw_spin_lock_nested(inner);
                          raw_spin_unlock(inner);
                          raw_spin_unlock(outer);
                      }
                  });
              }),
              "");
}

// --- locks and interrupts -----------------------------------------------------------------------

void lock_and_unlock(RawSpinlock& lock) {
    raw_spin_lock(lock);
    raw_spin_unlock(lock);
}

void lock_and_unlock_irqsave(RawSpinlock& lock) {
    const IrqFlags flags = raw_spin_lock_irqsave(lock);
    raw_spin_unlock_irqrestore(lock, flags);
}

const char* const unsafe =
    "lock_misuse: a's class is taken in interrupts, and elsewhere held with them enabled";

// The interrupt comes on an idle CPU, so it never meets the task: no deadlock in this run.
std::string irq_and_task(void (*in_task)(RawSpinlock&), void (*in_irq)(RawSpinlock&),
                         bool irq_first) {
    Sequential strategy;
    return lock_fault(2, strategy, [=] {
        RawSpinlock& a = make_lock("a", 0);
        if (irq_first) task(0, [] { sim::world().yield(Site::current()); });
        sim::world().raise_irq(1, make_irq([&a, in_irq] { in_irq(a); }));
        task(0, [&a, in_task] { in_task(a); });
    });
}

TEST(LockUsage, OfAnInterruptAndATaskThatLetsItInIsMisuse) {
    for (const bool irq_first : {true, false}) {
        EXPECT_EQ(irq_and_task(lock_and_unlock, lock_and_unlock, irq_first), unsafe);
        EXPECT_EQ(irq_and_task(lock_and_unlock_irqsave, lock_and_unlock, irq_first), "");
    }
}

TEST(LockUsage, LettingInterruptsInBeforeItsReleaseIsMisuse) {
    const auto enable_too_soon = [](RawSpinlock& lock) {
        const IrqFlags flags = raw_spin_lock_irqsave(lock);
        kernel::local_irq_restore(flags);
        raw_spin_unlock(lock);
    };
    for (const bool irq_first : {true, false})
        EXPECT_EQ(irq_and_task(enable_too_soon, lock_and_unlock, irq_first), unsafe);
}

TEST(LockUsage, OfASoftirqAndATaskThatLetsItInIsMisuse) {
    const auto with_softirq = [](void (*in_task)(RawSpinlock&)) {
        return lock_fault([in_task] {
            RawSpinlock& a = make_lock("a", 0);
            kernel::SoftirqWork& work = sim::world().arena().make<kernel::SoftirqWork>();
            work.fn = [](void* lock) { lock_and_unlock(*static_cast<RawSpinlock*>(lock)); };
            work.arg = &a;
            task(0, [&a, in_task] { in_task(a); });
            task(1, [&work] { queue_softirq_work(work); });
        });
    };
    EXPECT_EQ(with_softirq(lock_and_unlock), unsafe);
    EXPECT_EQ(with_softirq(lock_and_unlock_irqsave), "");
    EXPECT_EQ(with_softirq([](RawSpinlock& lock) {
                  kernel::local_bh_disable();
                  lock_and_unlock(lock);
                  kernel::local_bh_enable();
              }),
              "");
}

TEST(LockUsage, OfTasksAloneIsFine) {
    EXPECT_EQ(lock_fault([] {
                  RawSpinlock& a = make_lock("a", 0);
                  task(0, [&] { lock_and_unlock(a); });
                  task(1, [&] { lock_and_unlock_irqsave(a); });
              }),
              "");
}

TEST(LockUsage, OfAnInterruptAndAnIrqSafeTrylockIsFine) {
    EXPECT_EQ(irq_and_task(
                  lock_and_unlock_irqsave,
                  [](RawSpinlock& lock) {
                      if (raw_spin_trylock(lock)) raw_spin_unlock(lock);
                  },
                  false),
              "");
}

// A task that takes the lock by trylock, with interrupts enabled, holds it all the same when an
// interrupt comes that wants it.
TEST(LockUsage, OfAnInterruptAndATrylockThatLetsItInIsMisuse) {
    EXPECT_EQ(irq_and_task(
                  [](RawSpinlock& lock) {
                      EXPECT_TRUE(raw_spin_trylock(lock));
                      raw_spin_unlock(lock);
                  },
                  lock_and_unlock, false),
              unsafe);
}

// --- timers -------------------------------------------------------------------------------------

// A handler that takes the lock of its timer's owner, and a task that waits for the timer.
std::string timer_fault(bool with_lock, bool handler_runs_first) {
    return lock_fault([with_lock, handler_runs_first] {
        RawSpinlock& lock = make_lock("nocb_lock", 0);
        auto& timer = sim::world().arena().make<kernel::TimerList>();
        const auto handler = [](kernel::TimerList& fired) {
            lock_and_unlock_irqsave(*static_cast<RawSpinlock*>(fired.owner));
        };
        timer_setup(timer, handler, &lock, "nocb_timer", 0);
        const auto arms = [&timer] { mod_timer(timer, kernel::jiffies() + 1); };
        const auto waits = [&, with_lock] {
            const kernel::IrqFlags flags = with_lock ? raw_spin_lock_irqsave(lock) : 0;
            del_timer_sync(timer);
            if (with_lock) raw_spin_unlock_irqrestore(lock, flags);
        };
        if (!handler_runs_first) {
            task(0, waits);
            task(1, arms);
            return;
        }
        task(0, [arms, waits, &timer] {
            arms();
            while (timer.phase != kernel::TimerPhase::inactive) kernel::cpu_relax();
            waits();
        });
    });
}

TEST(LockOrder, OfATimerAndALockThatItsHandlerTakesNeedNotDeadlockToBeMisuse) {
    EXPECT_EQ(timer_fault(true, true),
              "lock_misuse: del_timer_sync() waits for the handler of nocb_timer[0] with nocb_lock "
              "held, which such a handler takes");
    EXPECT_EQ(timer_fault(true, false),
              "lock_misuse: the handler of nocb_timer[0] takes nocb_lock, with which held "
              "del_timer_sync() waits for such a handler");
    EXPECT_EQ(timer_fault(false, true), "");
    EXPECT_EQ(timer_fault(false, false), "");
}

TEST(LockOrder, OfATimerThatWaitsForItsOwnHandler) {
    EXPECT_EQ(lock_fault([] {
                  auto& timer = sim::world().arena().make<kernel::TimerList>();
                  timer_setup(
                      timer, [](kernel::TimerList& fired) { del_timer_sync(fired); }, nullptr,
                      "nocb_timer", 0);
                  task(0, [&timer] { mod_timer(timer, kernel::jiffies() + 1); });
              }),
              "lock_misuse: del_timer_sync() waits for the handler of nocb_timer[0] in it");
}

}  // namespace
}  // namespace rcufuzz::oracle
