// SPDX-License-Identifier: GPL-2.0-or-later
//
// The bypass list and the locks around it: bypass.cpp and locks.cpp.
#include <gtest/gtest.h>

#include "core/subsystems/nocb/nocb_test.h"

namespace rcufuzz::nocb {
namespace {

using test::config;
using test::fault;
using test::notes_of;
using test::now;
using test::on_cpu1;
using test::post;
using test::post_with_irqs_off;
using test::Ran;
using test::rdp1;
using test::run_nocb;
using test::task;

// --- the bypass ---------------------------------------------------------------------------------

TEST(Bypass, TakesWhatExceedsTheRateOfDirectEnqueues) {
    const Ran ran = on_cpu1(
        [] {
            post(2);
            EXPECT_EQ(now("next1"), 2);
            EXPECT_EQ(now("bypass1"), 0);
            post(3);
            EXPECT_EQ(now("next1"), 2);
            EXPECT_EQ(now("bypass1"), 3);
            EXPECT_EQ(now("len1"), 5);
        },
        {{"nobypass_lim", 2}});
    EXPECT_EQ(notes_of(ran, Note::FirstBQ), 1);
    EXPECT_EQ(notes_of(ran, Note::FirstBQnoWake), 1) << "pending callbacks keep rcuog busy";
    EXPECT_EQ(notes_of(ran, Note::bypass_enqueued), 2);
    EXPECT_EQ(notes_of(ran, Note::invoked), 5);
    EXPECT_EQ(fault(ran), "");
}

TEST(Bypass, ItsFirstCallbackWakesRcuogWhereNothingElseWould) {
    const Ran ran = on_cpu1(
        [] {
            post();
            nocb().callbacks.await_cpu(1);  // within the jiffy, so the rate is still exceeded
            post_with_irqs_off();
            EXPECT_EQ(now("bypass1"), 1);
            EXPECT_EQ(now("level1"), RCU_NOCB_WAKE);
        },
        {{"nobypass_lim", 1}, {"strict_gp", 1}});
    EXPECT_EQ(notes_of(ran, Note::FirstBQwake), 1);
    EXPECT_EQ(notes_of(ran, Note::invoked), 2);
    EXPECT_EQ(fault(ran), "");
}

void wait_for_the_next_jiffy() {
    const kernel::Jiffies then = kernel::jiffies();
    while (kernel::jiffies() == then) kernel::cpu_relax();
}

TEST(Bypass, IsFlushedByADirectEnqueueOfTheNextJiffy) {
    const Ran ran = on_cpu1(
        [] {
            kernel::local_irq_disable();
            post(2);
            EXPECT_EQ(now("bypass1"), 1);
            wait_for_the_next_jiffy();
            post();
            EXPECT_EQ(now("bypass1"), 0);
            EXPECT_EQ(now("next1"), 3);
            kernel::local_irq_enable();
        },
        {{"nobypass_lim", 1}});
    EXPECT_EQ(notes_of(ran, Note::invoked), 3) << "in their order, or the oracle would object";
    EXPECT_EQ(fault(ran), "");
}

TEST(Bypass, IsFlushedByABypassEnqueueThatStaysThereAlone) {
    const Ran ran = on_cpu1(
        [] {
            kernel::local_irq_disable();
            post(3);  // so many that the next jiffy begins beyond its rate
            EXPECT_EQ(now("bypass1"), 2);
            wait_for_the_next_jiffy();
            post();
            EXPECT_EQ(now("bypass1"), 1);
            EXPECT_EQ(now("next1"), 3);
            kernel::local_irq_enable();
        },
        {{"nobypass_lim", 1}});
    EXPECT_EQ(notes_of(ran, Note::invoked), 4);
    EXPECT_EQ(fault(ran), "");
}

TEST(Bypass, IsFlushedWhenItReachesQhimark) {
    const Ran ran = on_cpu1(
        [] {
            post(1 + 3);
            EXPECT_EQ(now("bypass1"), 3);
            post();
            EXPECT_EQ(now("bypass1"), 1);
            EXPECT_EQ(now("next1"), 4);
        },
        {{"nobypass_lim", 1}, {"qhimark", 3}});
    EXPECT_EQ(fault(ran), "");
}

TEST(Bypass, AFlushThatMeetsItsLockIsLeftOut) {
    const Ran ran = on_cpu1(
        [] {
            post(2);
            EXPECT_EQ(now("bypass1"), 1);
            const IrqFlags flags = kernel::local_irq_save();
            rcu_nocb_bypass_lock(rdp1());
            rcu_nocb_try_flush_bypass(rdp1(), kernel::jiffies());
            EXPECT_EQ(now("bypass1"), 1);
            rcu_nocb_bypass_unlock(rdp1());
            kernel::local_irq_restore(flags);
        },
        {{"nobypass_lim", 1}});
    EXPECT_EQ(notes_of(ran, Note::flush_failed), 1);
    EXPECT_EQ(fault(ran), "");
}

// --- locks --------------------------------------------------------------------------------------

TEST(NocbLock, WantsInterruptsDisabled) {
    const Ran ran = on_cpu1([] { rcu_nocb_lock(rdp1()); });
    EXPECT_EQ(fault(ran), "lock_misuse: nocb_lock wants interrupts disabled");
}

TEST(NocbLock, IsTakenOnlyWhereTheCpuIsOffloaded) {
    const Ran ran = on_cpu1([] {
        const unsigned flags = rdp1().cblist.flags.get();
        const IrqFlags irqs = rcu_nocb_lock_irqsave(rdp1());
        EXPECT_TRUE(rdp1().nocb_lock.held_by_current());
        rcu_nocb_unlock_irqrestore(rdp1(), irqs);
        rdp1().cblist.flags.set(SEGCBLIST_ENABLED | SEGCBLIST_SOFTIRQ_ONLY);
        const IrqFlags again = rcu_nocb_lock_irqsave(rdp1());
        EXPECT_FALSE(rdp1().nocb_lock.is_locked());
        EXPECT_TRUE(kernel::irqs_disabled());
        rcu_nocb_unlock_irqrestore(rdp1(), again);
        rdp1().cblist.flags.set(flags);
    });
    EXPECT_EQ(fault(ran), "");
}

TEST(BypassLock, OfAForeignCpuThatContendsIsWarnedOf) {
    kernel::test::Answers strategy([](const sim::Choice& choice) {
        return sim::test::told == "(" ? choice.answer_for(kernel::test::run_of(2)) : 0;
    });
    const Ran ran = run_nocb(strategy, config(), [] {
        task(1, [] {
            rcu_nocb_bypass_lock(rdp1());
            sim::test::step('(');
            sim::test::step(')');
        });
        task(2, [] { rcu_nocb_bypass_lock(rdp1()); });
    });
    EXPECT_EQ(fault(ran),
              "invariant: the kernel warns: a foreign CPU contends for nocb_bypass_lock");
}

}  // namespace
}  // namespace rcufuzz::nocb
