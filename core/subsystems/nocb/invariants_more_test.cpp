// SPDX-License-Identifier: GPL-2.0-or-later
//
// The invariants of invariants_more.cpp, I4, I17 and I22: silent on the state of a correct run, and
// heard when that is broken by hand. The others are in invariants_test.cpp and callbacks_test.cpp.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/subsystems/nocb/invariants.h"
#include "core/subsystems/nocb/nocb_test.h"

namespace rcufuzz::nocb {
namespace {

using test::at_rest;
using test::config;
using test::fault;
using test::op_kind;
using test::Ran;
using test::rdp1;
using test::run_nocb;
using test::Sequential;
using test::task;
using testing::StartsWith;

bool run_op(std::string_view name, unsigned other = 0) {
    return test::instance->run_op({.kind = op_kind(name),
                                   .cpu = static_cast<std::uint8_t>(kernel::smp_processor_id()),
                                   .args = {static_cast<std::uint8_t>(other), 0}});
}

TEST(I4, CallbacksThatNobodyWillInvokeAreHeard) {
    at_rest([] {
        EXPECT_EQ(check_I4_ready_callbacks(rdp1()), "");
        RcuHead head;
        RcuSegcblist& list = rdp1().cblist;
        list.head = &head;
        list.tails.fill(&head.next);
        EXPECT_EQ(check_I4_ready_callbacks(rdp1()),
                  "I4: callbacks of cpu1 may be invoked, but rcuo and rcuog sleep");
        rdp1().nocb_cb_sleep.set(false);
        EXPECT_EQ(check_I4_ready_callbacks(rdp1()), "") << "rcuo is about to look";
        rdp1().nocb_cb_sleep.set(true);
        nocb().rdp(0).nocb_gp_sleep.set(false);
        EXPECT_EQ(check_I4_ready_callbacks(rdp1()), "") << "rcuog is";
        nocb().rdp(0).nocb_gp_sleep.set(true);
        rdp1().nocb_cb_kthread->state = kernel::TaskState::running;
        EXPECT_EQ(check_I4_ready_callbacks(rdp1()), "") << "rcuo is awake";
        rdp1().nocb_cb_kthread->state = kernel::TaskState::idle;
        EXPECT_THAT(check_I4_ready_callbacks(rdp1()), StartsWith("I4")) << "and heard again";
        list.head = nullptr;
        list.tails.fill(&list.head);
    });
}

// Where rcuog has looked and left the callbacks to an rcuo that nobody wakes.
TEST(I4, IsAskedWhenTheLastWakeupHasBeenGiven) {
    Sequential strategy;
    const Ran ran = run_nocb(strategy, config(), [] {
        task(1, [] {
            static RcuHead head;
            RcuSegcblist& list = rdp1().cblist;
            list.head = &head;
            list.tails.fill(&head.next);
            {
                const OwesWakeup owes;
            }
            list.head = nullptr;
            list.tails.fill(&list.head);
        });
    });
    EXPECT_THAT(fault(ran), StartsWith("stranded_callback: I4"));
}

TEST(I12, ACountThatDoesNotFitIsHeard) {
    at_rest([] {
        State& state = nocb();
        EXPECT_EQ(check_I12_barrier_count(state), "");
        state.barrier_cpu_count.set(2);
        EXPECT_EQ(check_I12_barrier_count(state), "") << "still queueing";
        state.barrier_cpu_count.set(1);
        EXPECT_THAT(check_I12_barrier_count(state), StartsWith("I12"));
        state.barrier_cpu_count.set(0);
    });
}

TEST(I13, ARequestThatNobodyServesIsHeard) {
    at_rest([] {
        kernel::RcuState& rcu = nocb().rcu_state;
        EXPECT_EQ(check_I13_requests(nocb()), "");
        rcu.gp_flags.set(kernel::rcu_gp_flag_init);
        EXPECT_THAT(check_I13_requests(nocb()), StartsWith("I13"));
        rcu.gp_seq.set(1);
        EXPECT_THAT(check_I13_requests(nocb()), StartsWith("I13: a grace period is in progress"));
        rcu.gp_seq.set(0);
        rcu.gp_flags.set(0);
    });
}

TEST(I14, TimersThatAreDueTooLateAreHeard) {
    at_rest([] {
        kernel::TimerList& timer = rdp1().nocb_timer;
        kernel::TimerList& bypass_timer = nocb().rdp(0).nocb_bypass_timer;
        timer.pending = bypass_timer.pending = true;
        timer.expires = kernel::jiffies() + 1;
        bypass_timer.expires = kernel::jiffies() + 2;
        EXPECT_EQ(check_I14_promptness(rdp1()), "");
        ++timer.expires;
        EXPECT_EQ(check_I14_promptness(rdp1()),
                  "I14: nocb_timer of cpu1 is due in more than a jiffy");
        timer.pending = false;
        EXPECT_EQ(check_I14_promptness(rdp1()), "");
        ++bypass_timer.expires;
        EXPECT_EQ(check_I14_promptness(rdp1()),
                  "I14: nocb_bypass_timer of cpu1's group is due in more than two");
        bypass_timer.pending = false;
    });
}

TEST(I14, IsAskedWhenTheLockIsReleased) {
    Sequential strategy;
    const Ran ran = run_nocb(strategy, config(), [] {
        task(1, [] {
            const IrqFlags flags = rcu_nocb_lock_irqsave(rdp1());
            rdp1().nocb_defer_wakeup.set(RCU_NOCB_WAKE);
            mod_timer(rdp1().nocb_timer, kernel::jiffies() + 2);
            rcu_nocb_unlock_irqrestore(rdp1(), flags);
        });
    });
    EXPECT_THAT(fault(ran), StartsWith("invariant: I14"));
}

TEST(I15, ADeferredWakeupThatIsPutOffIsHeard) {
    at_rest([] {
        kernel::TimerList& timer = rdp1().nocb_timer;
        timer.pending = true;
        timer.expires = kernel::jiffies() + 1;
        EXPECT_EQ(check_I15_arming(rdp1(), kernel::jiffies() + 2), "") << "there is none";
        rdp1().nocb_defer_wakeup.set(RCU_NOCB_WAKE);
        EXPECT_EQ(check_I15_arming(rdp1(), kernel::jiffies() + 2),
                  "I15: the deferred wake-up of cpu1 is put off");
        EXPECT_EQ(check_I15_arming(rdp1(), kernel::jiffies() + 1), "");
        timer.pending = false;
        EXPECT_EQ(check_I15_arming(rdp1(), kernel::jiffies() + 2), "") << "its handler runs";
        rdp1().nocb_defer_wakeup.set(RCU_NOCB_WAKE_NOT);
    });
}

TEST(I17, TheLockWantsInterruptsDisabled) {
    Sequential strategy;
    const Ran ran = run_nocb(strategy, config(), [] { task(1, [] { rcu_nocb_lock(rdp1()); }); });
    EXPECT_EQ(fault(ran), "lock_misuse: nocb_lock wants interrupts disabled");
}

// The lock is conditional: whether there is one to release must not change while it is held.
TEST(I17, AnUnlockThatFindsAnotherConditionIsHeard) {
    Sequential strategy;
    const Ran ran = run_nocb(strategy, config(), [] {
        task(1, [] {
            rcu_segcblist_set_flags(rdp1().cblist, SEGCBLIST_SOFTIRQ_ONLY);
            const IrqFlags flags = rcu_nocb_lock_irqsave(rdp1());
            rcu_segcblist_clear_flags(rdp1().cblist, SEGCBLIST_SOFTIRQ_ONLY);
            rcu_nocb_unlock_irqrestore(rdp1(), flags);
        });
    });
    EXPECT_THAT(fault(ran), StartsWith("lock_misuse"));
}

TEST(I18, KthreadsOrBypassOfACpuThatIsNotOffloadedAreHeard) {
    at_rest([] {
        EXPECT_EQ(check_I18_not_offloaded(rdp1()), "");
        const unsigned whole = rdp1().cblist.flags.get();
        rdp1().cblist.flags.set(whole | SEGCBLIST_SOFTIRQ_ONLY);
        EXPECT_THAT(check_I18_not_offloaded(rdp1()), StartsWith("I18: kthreads"));
        rdp1().cblist.flags.set(SEGCBLIST_SOFTIRQ_ONLY);
        EXPECT_EQ(check_I18_not_offloaded(rdp1()), "");
        RcuHead head;
        rdp1().nocb_bypass.head = &head;
        EXPECT_THAT(check_I18_not_offloaded(rdp1()), StartsWith("I18: callbacks"));
        rdp1().nocb_bypass.head = nullptr;
        rdp1().cblist.flags.set(whole);
    });
}

TEST(I19, ADeadCpusListInUseIsHeard) {
    at_rest([] {
        EXPECT_THAT(check_I19_dead_cpu(rdp1()), StartsWith("I19")) << "it is enabled";
        const unsigned whole = rdp1().cblist.flags.get();
        rdp1().cblist.flags.set(SEGCBLIST_SOFTIRQ_ONLY);
        EXPECT_EQ(check_I19_dead_cpu(rdp1()), "");
        rdp1().cblist.flags.set(whole);
    });
}

TEST(I20, RestingWithADeferralIsHeard) {
    Sequential strategy;
    run_nocb(strategy, config(), [] {
        task(1, [] {
            EXPECT_EQ(check_I20_rest(rdp1()), "");
            kernel::local_irq_disable();
            test::post();
            EXPECT_THAT(check_I20_rest(rdp1()), StartsWith("I20: cpu1 rests with"));
        });
    });
}

// rcuog runs on CPU 0 itself, and the flush before the halt has just made it runnable (D08, D09).
TEST(I20, RestingWhileATaskWaitsIsHeard) {
    Sequential strategy;
    run_nocb(strategy, config({{"rcuog_local", 1}}), [] {
        task(0, [] {
            RcuData& rdp = nocb().rdp(0);
            kernel::local_irq_disable();
            EXPECT_EQ(check_I20_rest(rdp), "");
            test::post();
            EXPECT_EQ(check_I20_rest(rdp), "I20: cpu0 rests with a deferred wake-up");
            do_nocb_deferred_wakeup(rdp);
            EXPECT_EQ(check_I20_rest(rdp), "I20: cpu0 rests, but a task of it waits");
            kernel::local_irq_enable();
        });
    });
}

TEST(I21, ASecondRcuogIsHeard) {
    at_rest([] {
        EXPECT_EQ(check_I21_kthreads(rdp1()), "");
        kernel::Task* const whole = rdp1().nocb_gp_kthread.get();
        rdp1().nocb_gp_kthread.set(rdp1().nocb_cb_kthread);
        EXPECT_THAT(check_I21_kthreads(rdp1()), StartsWith("I21"));
        rdp1().nocb_gp_kthread.set(whole);
    });
}

// I10: callbacks that wait for a number too early, or for one that nobody has asked for.
TEST(I10, WrongNumbersAreHeard) {
    Sequential strategy;
    run_nocb(strategy, config(), [] {
        task(1, [] {
            kernel::local_irq_disable();
            test::post();
            RcuSegcblist& list = rdp1().cblist;
            list.tails[RCU_WAIT_TAIL] = list.tails[RCU_NEXT_READY_TAIL] = list.tails[RCU_NEXT_TAIL];
            list.gp_seq[RCU_WAIT_TAIL] = 4;
            EXPECT_THAT(check_I10_numbers(rdp1()), testing::HasSubstr("nobody has asked for"));
            list.gp_seq[RCU_WAIT_TAIL] = 0;
            EXPECT_THAT(check_I10_numbers(rdp1()), testing::HasSubstr("too early"));
        });
    });
}

TEST(I22, AWarningOfTheKernelIsHeardUnlessOnlyUsersCount) {
    for (const bool white_box : {true, false}) {
        Sequential strategy;
        const Ran ran = run_nocb(strategy, config(), [white_box] {
            scenario::white_box_oracles = white_box;
            task(1, [] { warn_on(true, "of this"); });
        });
        scenario::white_box_oracles = true;
        EXPECT_EQ(fault(ran), white_box ? "invariant: the kernel warns: of this" : "");
    }
}

// --- the operations, on correct code ------------------------------------------------------------

TEST(Barrier, WaitsForCallbacksOfEveryCpu) {
    Sequential strategy;
    const Ran ran = run_nocb(strategy, config({{"barriers", 1}}), [] {
        task(1, [] { test::post(4); });
        task(0, [] {
            test::post(2);
            EXPECT_TRUE(run_op("rcu_barrier"));
            EXPECT_EQ(test::now("invoked0"), 2);
        });
    });
    EXPECT_EQ(fault(ran), "");
    EXPECT_GT(test::notes_of(ran, Note::LastCB), 0);
}

TEST(Toggling, LetsACpuLookAfterItself) {
    Sequential strategy;
    const Ran ran = run_nocb(strategy, config({{"toggling", 1}}), [] {
        task(1, [] {
            EXPECT_TRUE(run_op("deoffload", 1));
            EXPECT_FALSE(rcu_rdp_is_offloaded(rdp1()));
            test::post(3);
            EXPECT_TRUE(run_op("await"));
            EXPECT_TRUE(run_op("offload", 1));
            EXPECT_TRUE(rcu_segcblist_completely_offloaded(rdp1().cblist));
            test::post(3);
        });
    });
    EXPECT_EQ(fault(ran), "");
}

TEST(Hotplug, MovesTheCallbacksOfACpuThatIsNotOffloaded) {
    Sequential strategy;
    const Ran ran = run_nocb(strategy, config({{"toggling", 1}, {"hotplug", 1}}), [] {
        task(1, [] {
            run_op("deoffload", 1);
            test::post();
        });
        task(0, [] {
            while (rdp1().cblist.head == nullptr) kernel::cpu_relax();
            EXPECT_TRUE(run_op("cpu_down", 1));
            EXPECT_FALSE(kernel::cpu_online(1));
            EXPECT_FALSE(rcu_segcblist_is_enabled(rdp1().cblist));
            EXPECT_TRUE(run_op("cpu_up", 1));
            EXPECT_TRUE(rcu_segcblist_is_enabled(rdp1().cblist));
        });
    });
    EXPECT_EQ(fault(ran), "");
    EXPECT_EQ(test::notes_of(ran, Note::migrated), 1);
}

// --- D16: toggling and rcu_barrier() at the same time -------------------------------------------

// While the toggler waits for rcuog and rcuo, two may run callbacks of one list.
TEST(D16, TogglingDoesNotKeepRcuBarrierOut) {
    for (const bool with_bug : {false, true}) {
        Sequential strategy;
        const std::uint64_t bugs = with_bug ? test::only(Bug::D16_toggling_beside_barrier) : 0;
        const auto tasks = [with_bug] {
            task(1, [] { run_op("deoffload", 1); });
            task(0, [with_bug] {
                while (rcu_segcblist_completely_offloaded(rdp1().cblist)) kernel::cpu_relax();
                EXPECT_TRUE(rcu_rdp_is_offloaded(rdp1())) << "in between";
                EXPECT_EQ(nocb().barrier_mutex.is_locked(), !with_bug);
            });
        };
        EXPECT_EQ(fault(run_nocb(strategy, config({{"toggling", 1}}), tasks, bugs)), "");
    }
}

}  // namespace
}  // namespace rcufuzz::nocb
