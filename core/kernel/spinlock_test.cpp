// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/kernel/spinlock.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "core/kernel/kernel_test.h"

namespace rcufuzz::kernel {
namespace {

using test::Answers;
using test::AtRandom;
using test::EveryRun;
using test::fault;
using test::irq_of;
using test::make_irq;
using test::make_lock;
using test::point;
using test::Prefer;
using test::Ran;
using test::resched_of;
using test::run_kernel;
using test::run_of;
using test::Sequential;
using test::step;
using test::task;
using test::told;
using testing::HasSubstr;

// --- exclusion ----------------------------------------------------------------------------------

// Three tasks, each in its section for three points. How many were there together at the most?
unsigned most_inside(sim::Strategy& strategy, bool locked) {
    unsigned inside = 0;
    unsigned most = 0;
    const Ran ran = run_kernel(3, strategy, [&] {
        RawSpinlock& lock = make_lock();
        for (unsigned cpu = 0; cpu < 3; ++cpu)
            task(cpu, [&] {
                if (locked) raw_spin_lock(lock);
                most = std::max(most, ++inside);
                point();
                point();
                --inside;
                if (locked) raw_spin_unlock(lock);
            });
    });
    EXPECT_TRUE(ran.quiescent) << fault(ran);
    return most;
}

TEST(Spinlock, OneHolderAtATime) {
    unsigned most_without = 0;
    for (std::uint64_t seed = 0; seed < 500; ++seed) {
        AtRandom strategy(seed);
        ASSERT_EQ(most_inside(strategy, true), 1u) << "seed " << seed;
        AtRandom same(seed);
        most_without = std::max(most_without, most_inside(same, false));
    }
    EXPECT_EQ(most_without, 3u) << "the test can fail";
}

TEST(Spinlock, OneHolderAtATimeInEveryRunWithThreeSwitches) {
    EveryRun strategy(3);
    do ASSERT_EQ(most_inside(strategy, true), 1u);
    while (strategy.next());
    EXPECT_GT(strategy.runs(), 100u);
}

TEST(Spinlock, WaitersAreServedInAnyOrder) {
    std::set<std::string> orders;
    EveryRun strategy(4);
    do {
        const Ran ran = run_kernel(3, strategy, [] {
            RawSpinlock& lock = make_lock();
            for (unsigned cpu = 0; cpu < 3; ++cpu)
                task(cpu, [&lock, cpu] {
                    raw_spin_lock(lock);
                    told += static_cast<char>('0' + cpu);
                    raw_spin_unlock(lock);
                });
        });
        ASSERT_EQ(fault(ran), "");
        orders.insert(ran.told);
    } while (strategy.next());
    EXPECT_EQ(orders.size(), 6u) << testing::PrintToString(orders);
}

TEST(Spinlock, WaitersAreLeftToSpinUntilItIsFree) {
    // cpu1 tries while cpu0 is inside, and runs only after the unlock.
    Answers strategy(
        [](const sim::Choice& choice) { return told == "(" ? choice.answer_for(run_of(1)) : 0; });
    const Ran ran = run_kernel(2, strategy, [] {
        RawSpinlock& lock = make_lock();
        task(0, [&lock] {
            raw_spin_lock(lock);
            step('(');
            step(')');
            EXPECT_EQ(sim::world().context(sim::context_key(1, sim::Slot::task)).state,
                      sim::ContextState::spinning);
            raw_spin_unlock(lock);
        });
        task(1, [&lock] {
            raw_spin_lock(lock);
            step('1');
            raw_spin_unlock(lock);
        });
    });
    EXPECT_EQ(ran.told, "()1");
    EXPECT_EQ(fault(ran), "");
}

TEST(Spinlock, KeepsItsHolderOnTheCpu) {
    Prefer strategy({resched_of(0)});
    const Ran ran = run_kernel(1, strategy, [] {
        RawSpinlock& lock = make_lock();
        task(0, [&lock] {
            point();
            raw_spin_lock(lock);
            EXPECT_EQ(sim::world().this_cpu().preempt_count, 1);
            step('a');
            step('a');
            raw_spin_unlock(lock);
            EXPECT_EQ(sim::world().this_cpu().preempt_count, 0);
            step('A');
        });
        task(0, [] { step('b'); });
    });
    // Preempted before the lock or after it, never inside.
    EXPECT_THAT(ran.told, testing::AnyOf("baaA", "aabA"));
}

TEST(Spinlock, KnowsWhoHoldsIt) {
    Sequential strategy;
    run_kernel(2, strategy, [] {
        RawSpinlock& lock = make_lock();
        RawSpinlock& other = make_lock("other");
        task(0, [&] {
            EXPECT_FALSE(lock.is_locked());
            EXPECT_EQ(locks_held_by_current(), 0u);
            raw_spin_lock(lock);
            raw_spin_lock(other);
            EXPECT_TRUE(lock.is_locked());
            EXPECT_TRUE(lock.held_by_current());
            EXPECT_EQ(locks_held_by_current(), 2u);
            raw_spin_unlock(lock);  // any order will do
            EXPECT_FALSE(lock.held_by_current());
            EXPECT_EQ(locks_held_by_current(), 1u);
            raw_spin_unlock(other);
            EXPECT_EQ(locks_held_by_current(), 0u);
        });
    });
}

// --- trylock ------------------------------------------------------------------------------------

TEST(Trylock, TakesAFreeLockAndFailsOnATakenOne) {
    Answers strategy(
        [](const sim::Choice& choice) { return told == "(" ? choice.answer_for(run_of(1)) : 0; });
    const Ran ran = run_kernel(2, strategy, [] {
        RawSpinlock& lock = make_lock();
        task(0, [&lock] {
            EXPECT_TRUE(raw_spin_trylock(lock));
            EXPECT_EQ(sim::world().this_cpu().preempt_count, 1);
            step('(');
            step(')');
            raw_spin_unlock(lock);
            EXPECT_EQ(sim::world().this_cpu().preempt_count, 0);
        });
        task(1, [&lock] {
            EXPECT_FALSE(raw_spin_trylock(lock));
            EXPECT_EQ(sim::world().this_cpu().preempt_count, 0);
            EXPECT_EQ(locks_held_by_current(), 0u);
            step('x');
        });
    });
    EXPECT_EQ(ran.told, "(x)");
    EXPECT_EQ(fault(ran), "");
}

TEST(Trylock, FailsWhereALockWouldDeadlock) {
    Sequential strategy;
    const Ran ran = run_kernel(1, strategy, [] {
        RawSpinlock& lock = make_lock();
        task(0, [&lock] {
            raw_spin_lock(lock);
            EXPECT_FALSE(raw_spin_trylock(lock));
            raw_spin_unlock(lock);
        });
    });
    EXPECT_EQ(fault(ran), "");
}

// --- interrupts ---------------------------------------------------------------------------------

// A task and an interrupt of its CPU share a lock.
Ran task_and_irq(sim::Strategy& strategy, bool irqsave) {
    return run_kernel(1, strategy, [irqsave] {
        RawSpinlock& lock = make_lock();
        sim::Irq& irq = make_irq([&lock] {
            raw_spin_lock(lock);
            step('i');
            raw_spin_unlock(lock);
        });
        task(0, [&lock, &irq, irqsave] {
            sim::world().raise_irq(0, irq);
            point();
            const IrqFlags flags = irqsave ? raw_spin_lock_irqsave(lock) : 1;
            if (!irqsave) raw_spin_lock(lock);
            EXPECT_EQ(irqs_disabled(), irqsave);
            EXPECT_EQ(flags, 1u);
            step('a');
            if (irqsave)
                raw_spin_unlock_irqrestore(lock, flags);
            else
                raw_spin_unlock(lock);
            EXPECT_FALSE(irqs_disabled());
            step('b');
        });
    });
}

TEST(Irqsave, KeepsInterruptsOutOfTheSection) {
    EveryRun strategy(3);
    std::set<std::string> orders;
    do {
        const Ran ran = task_and_irq(strategy, true);
        ASSERT_EQ(fault(ran), "");
        orders.insert(ran.told);
    } while (strategy.next());
    EXPECT_THAT(orders, testing::UnorderedElementsAre("iab", "aib", "abi"));
}

TEST(Irqsave, WithoutItAnInterruptDeadlocks) {
    EveryRun strategy(1);
    std::set<std::string> faults;
    do faults.insert(fault(task_and_irq(strategy, false)));
    while (strategy.next());
    EXPECT_THAT(faults, testing::UnorderedElementsAre(
                            "",
                            "deadlock: an interrupt waits for a spinlock of the code it "
                            "interrupted"));
}

TEST(Irqsave, Nests) {
    Sequential strategy;
    run_kernel(1, strategy, [] {
        RawSpinlock& lock = make_lock();
        task(0, [&lock] {
            local_irq_disable();
            const IrqFlags flags = raw_spin_lock_irqsave(lock);
            EXPECT_TRUE(irqs_disabled_flags(flags));
            raw_spin_unlock_irqrestore(lock, flags);
            EXPECT_TRUE(irqs_disabled()) << "they were disabled before";
            local_irq_enable();
        });
    });
}

TEST(Irqsave, UnlockingIsAPointWhereInterruptsComeIn) {
    Prefer strategy({irq_of(0)});
    EXPECT_EQ(task_and_irq(strategy, true).told, "iab") << "before the lock";
    // With interrupts raised inside the section, right after it.
    const Ran ran = run_kernel(1, strategy, [] {
        RawSpinlock& lock = make_lock();
        task(0, [&lock] {
            const IrqFlags flags = raw_spin_lock_irqsave(lock);
            sim::world().raise_irq(0, make_irq([] { step('i'); }));
            step('a');
            raw_spin_unlock_irqrestore(lock, flags);
            told += 'b';
        });
    });
    EXPECT_EQ(ran.told, "aib");
}

// --- misuse -------------------------------------------------------------------------------------

TEST(SpinlockMisuse, TakingItTwiceIsADeadlock) {
    Sequential strategy;
    const Ran ran = run_kernel(1, strategy, [] {
        RawSpinlock& lock = make_lock();
        task(0, [&lock] {
            raw_spin_lock(lock);
            raw_spin_lock(lock);
        });
    });
    EXPECT_EQ(fault(ran), "deadlock: takes a spinlock that it already holds");
}

TEST(SpinlockMisuse, ReleasingAFreeLock) {
    Sequential strategy;
    const Ran ran = run_kernel(1, strategy, [] {
        RawSpinlock& lock = make_lock();
        task(0, [&lock] { raw_spin_unlock(lock); });
    });
    EXPECT_EQ(fault(ran), "lock_misuse: releases a spinlock that it does not hold");
}

TEST(SpinlockMisuse, ReleasingAnothersLock) {
    Answers strategy(
        [](const sim::Choice& choice) { return told == "(" ? choice.answer_for(run_of(1)) : 0; });
    unsigned line = 0;
    const Ran ran = run_kernel(2, strategy, [&line] {
        RawSpinlock& lock = make_lock();
        task(0, [&lock] {
            raw_spin_lock(lock);
            step('(');
            step(')');
        });
        task(1, [&lock, &line] {
            line = __LINE__ + 1;
            raw_spin_unlock(lock);
        });
    });
    EXPECT_EQ(ran.verdict, Verdict::lock_misuse);
    EXPECT_EQ(ran.line, line) << "the report names the line of the subject";
}

// The interrupted code itself waits for another lock, so it is no obvious case when the interrupt
// begins to wait; it shows when nobody can act any more.
TEST(SpinlockMisuse, AnInterruptOfASpinningHolderIsStuckAtTheEnd) {
    Answers strategy([](const sim::Choice& choice) {
        if (told == "b") return choice.answer_for(run_of(0));
        return told == "ba" ? choice.answer_for(irq_of(0)) : 0;
    });
    sim::ContextState hardirq = sim::ContextState::unused;
    const Ran ran = run_kernel(
        2, strategy,
        [] {
            RawSpinlock& a = make_lock("a");
            RawSpinlock& b = make_lock("b");
            task(1, [&b] {
                raw_spin_lock(b);
                step('b');
                point();
                raw_spin_unlock(b);
            });
            task(0, [&a, &b] {
                raw_spin_lock(a);
                sim::world().raise_irq(0, make_irq([&a] { raw_spin_lock(a); }));
                told += 'a';
                raw_spin_lock(b);
            });
        },
        test::without_ticks(),
        [&] { hardirq = sim::world().context(sim::context_key(0, sim::Slot::hardirq)).state; });
    EXPECT_TRUE(ran.quiescent);
    EXPECT_EQ(hardirq, sim::ContextState::spinning);
}

}  // namespace
}  // namespace rcufuzz::kernel
