// SPDX-License-Identifier: GPL-2.0-or-later
//
// Posting and waking, step by step, with the correct code and with each deliberate bug:
// wake.cpp and call_rcu.cpp.
#include <gtest/gtest.h>

#include "core/subsystems/nocb/nocb_test.h"

namespace rcufuzz::nocb {
namespace {

using test::config;
using test::fault;
using test::notes_of;
using test::now;
using test::on_cpu1;
using test::only;
using test::post;
using test::post_with_irqs_off;
using test::Ran;
using test::rdp1;
using test::run_nocb;
using test::Sequential;
using test::task;

kernel::Task& rcuog() { return *nocb().rdp(0).nocb_gp_kthread.get(); }

bool rcuog_sleeps_on(const kernel::SwaitQueue& queue) {
    return kernel::sleeps_on(rcuog(), queue.object());
}

// --- deferring and waking -----------------------------------------------------------------------

TEST(CallRcu, WithInterruptsEnabledWakesRcuog) {
    const Ran ran = on_cpu1([] {
        EXPECT_TRUE(rcuog_sleeps_on(nocb().rdp(0).nocb_gp_wq));
        post();
        EXPECT_EQ(now("gp_sleep0"), 0);
        EXPECT_FALSE(rcuog_sleeps_on(nocb().rdp(0).nocb_gp_wq));
        EXPECT_EQ(now("level1"), RCU_NOCB_WAKE_NOT);
        EXPECT_EQ(now("timer1"), 0);
    });
    EXPECT_EQ(fault(ran), "");
    EXPECT_EQ(notes_of(ran, Note::WakeEmpty), 1);
    EXPECT_EQ(notes_of(ran, Note::invoked), 1);
}

TEST(CallRcu, WithInterruptsDisabledLeavesALevelAndATimer) {
    const Ran ran = on_cpu1([] {
        post_with_irqs_off();
        EXPECT_EQ(now("gp_sleep0"), 1);
        EXPECT_TRUE(rcuog_sleeps_on(nocb().rdp(0).nocb_gp_wq));
        EXPECT_EQ(now("level1"), RCU_NOCB_WAKE);
        EXPECT_EQ(now("timer1"), 1);
        EXPECT_EQ(rdp1().nocb_timer.expires, kernel::jiffies() + 1);
        EXPECT_EQ(rdp1().nocb_timer.cpu, 1) << "on the wheel of the CPU that posted";
    });
    EXPECT_EQ(fault(ran), "");
    EXPECT_EQ(notes_of(ran, Note::Timer), 1) << "the timer carries the wake-up out";
    EXPECT_EQ(notes_of(ran, Note::invoked), 1);
}

TEST(CallRcu, BehindPendingCallbacksWakesNobody) {
    const Ran ran = on_cpu1([] {
        post_with_irqs_off();
        post();
        EXPECT_EQ(now("level1"), RCU_NOCB_WAKE);
        EXPECT_EQ(now("gp_sleep0"), 1);
    });
    EXPECT_EQ(notes_of(ran, Note::WakeNot), 1);
    EXPECT_EQ(fault(ran), "");
}

TEST(CallRcu, OverloadForcesTheDeferredWakeup) {
    const Ran ran = on_cpu1(
        [] {
            const IrqFlags flags = kernel::local_irq_save();
            post(4);
            EXPECT_EQ(now("level1"), RCU_NOCB_WAKE);
            post();  // more than qhimark beyond the first
            EXPECT_EQ(now("level1"), RCU_NOCB_WAKE_FORCE);
            kernel::local_irq_restore(flags);
        },
        {{"nobypass_lim", 16}, {"qhimark", 3}});
    EXPECT_EQ(notes_of(ran, Note::WakeOvfIsDeferred), 1);
    EXPECT_EQ(fault(ran), "");
}

// In v5.13 nobody is woken at once under overload, whatever the caller's interrupts are: of the
// trace events WakeOvf and WakeOvfIsDeferred it has the second only. The wake-up that follows goes
// to an rcuog that is awake, too.
TEST(CallRcu, OverloadIsDeferredWithInterruptsEnabledToo) {
    const Ran ran = on_cpu1(
        [] {
            post();
            EXPECT_EQ(now("gp_sleep0"), 0) << "woken, and has not run yet";
            post(4);
            EXPECT_EQ(now("level1"), RCU_NOCB_WAKE_FORCE);
            EXPECT_EQ(now("timer1"), 1);
            do_nocb_deferred_wakeup(rdp1());
            EXPECT_EQ(now("level1"), RCU_NOCB_WAKE_NOT);
        },
        {{"nobypass_lim", 16}, {"qhimark", 3}});
    EXPECT_EQ(notes_of(ran, Note::WakeOvfIsDeferred), 1);
    EXPECT_EQ(notes_of(ran, Note::AlreadyAwake), 0) << "forced";
    EXPECT_EQ(notes_of(ran, Note::DoWake), 2);
    EXPECT_EQ(fault(ran), "");
}

// The first deferral has armed the timer; a higher level does not move it.
TEST(CallRcu, OverloadRaisesTheLevelAndLeavesTheTimerAlone) {
    sim::ObjectId timer = 0;
    const Ran ran = on_cpu1(
        [&timer] {
            timer = rdp1().nocb_timer.object;
            const IrqFlags flags = kernel::local_irq_save();
            post();
            post(4);
            EXPECT_EQ(now("level1"), RCU_NOCB_WAKE_FORCE);
            kernel::local_irq_restore(flags);
        },
        {{"nobypass_lim", 16}, {"qhimark", 3}});
    const auto arms_it = [timer](const sim::Event& event) {
        return event.kind == sim::EventKind::timer_arm && event.object == timer;
    };
    EXPECT_EQ(std::count_if(ran.events.begin(), ran.events.end(), arms_it), 1);
    EXPECT_EQ(fault(ran), "");
}

// The bypass timer will wake rcuog anyway; it is armed on leaders only.
TEST(CallRcu, OverloadDefersNothingWhereTheBypassTimerIsPending) {
    Sequential strategy;
    const Ran ran = run_nocb(strategy, config({{"nobypass_lim", 16}, {"qhimark", 3}}), [] {
        task(0, [] {
            RcuData& leader = nocb().rdp(0);
            const IrqFlags flags = kernel::local_irq_save();
            mod_timer(leader.nocb_bypass_timer, kernel::jiffies() + 2);
            post(5);
            EXPECT_EQ(now("level0"), RCU_NOCB_WAKE);
            EXPECT_EQ(leader.qlen_last_fqs_check, 5) << "counted as seen";
            kernel::local_irq_restore(flags);
        });
    });
    EXPECT_EQ(notes_of(ran, Note::WakeOvfIsDeferred), 0);
    EXPECT_EQ(fault(ran), "");
}

// rcu_advance_cbs_nowake(): numbers callbacks only where a grace period is in progress, whose end
// sees the request; there nobody has to be woken.
TEST(Nowake, AsksForNothingWhileNoGracePeriodIsInProgress) {
    const Ran ran = on_cpu1([] {
        const IrqFlags flags = kernel::local_irq_save();
        post();
        kernel::RcuNode& rnp = *rdp1().mynode;
        rcu_nocb_lock(rdp1());
        rcu_advance_cbs_nowake(rnp, rdp1());
        EXPECT_EQ(now("next1"), 1) << "not numbered";
        EXPECT_EQ(rnp.gp_seq_needed.get(), 0u);
        raw_spin_lock(rnp.lock);
        nocb().rcu_state.gp_seq.set(1);
        rnp.gp_seq.set(1);
        rcu_advance_cbs_nowake(rnp, rdp1());
        EXPECT_EQ(now("next1"), 1) << "the lock is taken: somebody else's turn";
        raw_spin_unlock(rnp.lock);
        rcu_advance_cbs_nowake(rnp, rdp1());
        EXPECT_EQ(now("wait1"), 1);
        EXPECT_EQ(rnp.gp_seq_needed.get(), 8u) << "the one after it";
        rnp.gp_seq.set(0);
        nocb().rcu_state.gp_seq.set(0);
        rcu_nocb_unlock(rdp1());
        kernel::local_irq_restore(flags);
    });
}

TEST(Tick, CarriesTheDeferredWakeupOut) {
    const Ran ran = on_cpu1([] {
        post_with_irqs_off();
        sim::world().raise_irq(1, kernel::test::make_irq([] { test::instance->tick(1); }));
        sim::world().yield(Site::current());
        EXPECT_EQ(now("level1"), RCU_NOCB_WAKE_NOT);
        EXPECT_EQ(now("timer1"), 0);
    });
    EXPECT_EQ(notes_of(ran, Note::DeferredWake), 1);
    EXPECT_EQ(notes_of(ran, Note::Timer), 0);
    EXPECT_EQ(fault(ran), "");
}

TEST(Tick, WithoutADeferralDoesNothing) {
    const Ran ran = on_cpu1(
        [] { sim::world().raise_irq(1, kernel::test::make_irq([] { test::instance->tick(1); })); });
    EXPECT_EQ(notes_of(ran, Note::DeferredWake), 0);
    EXPECT_EQ(fault(ran), "");
}

// --- a wake-up cancels the deferral: D01, D01b, D02 ---------------------------------------------

enum class Wakes { directly, by_deferral, by_bypass_timer };

// Level and timer of CPU 1 after a deferral and then a wake-up of this kind.
std::pair<std::int64_t, std::int64_t> level_and_timer_after(Wakes wakes, std::uint64_t bugs) {
    std::pair<std::int64_t, std::int64_t> after;
    on_cpu1(
        [&] {
            post_with_irqs_off();
            if (wakes == Wakes::by_deferral) {
                do_nocb_deferred_wakeup(rdp1());
            } else if (wakes == Wakes::by_bypass_timer) {
                do_nocb_bypass_wakeup_timer(rdp1().nocb_bypass_timer);
            } else {
                const IrqFlags flags = rcu_nocb_lock_irqsave(rdp1());
                wake_nocb_gp(rdp1(), false, flags, bug(Bug::D01b_direct_wake_leaves_level));
            }
            after = {now("level1"), now("timer1")};
        },
        {}, bugs);
    return after;
}

TEST(Wakeup, CancelsLevelAndTimerTogether) {
    for (const Wakes wakes : {Wakes::directly, Wakes::by_deferral, Wakes::by_bypass_timer})
        EXPECT_EQ(level_and_timer_after(wakes, 0), std::pair(0L, 0L));
}

TEST(Wakeup, LeavesTheLevelWithTheBugsOfTheSeed) {
    constexpr std::pair kept{1L, 0L};
    constexpr std::pair cancelled{0L, 0L};
    struct Row {
        Bug bug;
        std::pair<long, long> directly, by_deferral, by_bypass_timer;
    };
    for (const Row& row : {Row{Bug::D01_wake_leaves_level, kept, cancelled, kept},
                           Row{Bug::D01b_direct_wake_leaves_level, kept, cancelled, cancelled},
                           Row{Bug::D02_bypass_timer_leaves_level, cancelled, cancelled, kept}}) {
        const std::uint64_t bugs = only(row.bug);
        EXPECT_EQ(level_and_timer_after(Wakes::directly, bugs), row.directly) << bugs;
        EXPECT_EQ(level_and_timer_after(Wakes::by_deferral, bugs), row.by_deferral) << bugs;
        EXPECT_EQ(level_and_timer_after(Wakes::by_bypass_timer, bugs), row.by_bypass_timer)
            << bugs;
    }
}

TEST(Wakeup, AStaleLevelArmsNoTimerAgain) {
    const auto timer_after_second_deferral = [](std::uint64_t bugs) {
        std::int64_t timer = -1;
        on_cpu1(
            [&] {
                post_with_irqs_off();
                const IrqFlags flags = rcu_nocb_lock_irqsave(rdp1());
                wake_nocb_gp(rdp1(), false, flags);
                nocb().callbacks.await_cpu(1);
                post_with_irqs_off();
                timer = now("timer1");
            },
            {{"strict_gp", 1}}, bugs);
        return timer;
    };
    EXPECT_EQ(timer_after_second_deferral(0), 1);
    EXPECT_EQ(timer_after_second_deferral(only(Bug::D01_wake_leaves_level)), 0);
}

// --- D10, D34b, D03 -----------------------------------------------------------------------------

TEST(D10, ADeferralArmsNoTimer) {
    const Ran ran = on_cpu1(
        [] {
            post_with_irqs_off();
            EXPECT_EQ(now("level1"), RCU_NOCB_WAKE);
            EXPECT_EQ(now("timer1"), 0);
        },
        {}, only(Bug::D10_no_timer_backstop));
    EXPECT_EQ(ran.verdict, Verdict::stranded_callback);
}

// rcuog waits for the grace period of CPU 1's callback, which CPU 2's reader keeps going.
bool wakeup_ends_wait_for_grace_period(std::uint64_t bugs) {
    bool woken = false;
    bool done = false;
    Sequential strategy;
    const Ran ran = run_nocb(
        strategy, config(),
        [&] {
            task(2, [&done] {
                kernel::rcu_read_lock();
                while (!done) kernel::cpu_relax();
                kernel::rcu_read_unlock();
            });
            task(1, [&] {
                post();
                const kernel::SwaitQueue& queue = rdp1().mynode->nocb_gp_wq[1];
                for (int i = 0; i < 100 && !rcuog_sleeps_on(queue); ++i) kernel::cpu_relax();
                EXPECT_TRUE(rcuog_sleeps_on(queue));
                const IrqFlags flags = rcu_nocb_lock_irqsave(rdp1());
                EXPECT_TRUE(wake_nocb_gp(rdp1(), false, flags));
                woken = !rcuog_sleeps_on(queue);
                done = true;
            });
        },
        bugs);
    EXPECT_EQ(fault(ran), "");
    return woken;
}

TEST(D34b, AWakeupDoesNotEndAWaitForAGracePeriod) {
    EXPECT_TRUE(wakeup_ends_wait_for_grace_period(0));
    EXPECT_FALSE(wakeup_ends_wait_for_grace_period(only(Bug::D34b_wake_one_queue_only)))
        << "and nothing strands for it";
}

// Does rcuog hold the leader's nocb_lock while it cancels the leader's deferral for CPU 1's bypass?
bool leaders_lock_is_taken(std::uint64_t bugs) {
    const Ran ran = on_cpu1([] { post(3); }, {{"nobypass_lim", 1}}, bugs);
    EXPECT_EQ(fault(ran), "");
    bool holds_lock_of_1 = false;
    bool taken = false;
    for (const sim::Event& event : ran.events) {
        if (event.key != rcuog().context->key) continue;
        const bool lock = event.kind == sim::EventKind::lock;
        const bool unlock = event.kind == sim::EventKind::unlock;
        if ((lock || unlock) && event.object == rdp1().nocb_lock.object()) holds_lock_of_1 = lock;
        if (lock && holds_lock_of_1 && event.object == nocb().rdp(0).nocb_lock.object())
            taken = true;
    }
    EXPECT_GT(notes_of(ran, Note::bypass_timer_armed), 0) << "rcuog has seen the bypass";
    return taken;
}

TEST(D03, RcuogCancelsTheLeadersDeferralWithoutItsLock) {
    EXPECT_TRUE(leaders_lock_is_taken(0));
    EXPECT_FALSE(leaders_lock_is_taken(only(Bug::D03_leader_cancelled_unlocked)));
}

}  // namespace
}  // namespace rcufuzz::nocb
