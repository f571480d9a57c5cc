// SPDX-License-Identifier: GPL-2.0-or-later
//
// Each white-box oracle: silent on the state of a correct run, and heard when that is broken by
// hand.
#include "core/subsystems/nocb/invariants.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/subsystems/nocb/nocb_test.h"

namespace rcufuzz::nocb {
namespace {

using test::config;
using test::fault;
using test::now;
using test::post;
using test::post_with_irqs_off;
using test::Ran;
using test::rdp1;
using test::run_nocb;
using test::Sequential;
using test::task;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

// Breaks the state by hand and puts it right again at the end of the scope.
template <typename T>
class Broken {
   public:
    Broken(T& field, const T& value) : field_(field), whole_(field) { field = value; }
    ~Broken() { field_ = whole_; }
    Broken(const Broken&) = delete;
    Broken& operator=(const Broken&) = delete;

   private:
    T& field_;
    T whole_;
};

template <typename T>
class BrokenShared {
   public:
    BrokenShared(Shared<T>& field, const T& value) : field_(field), whole_(field.get()) {
        field.set(value);
    }
    ~BrokenShared() { field_.set(whole_); }
    BrokenShared(const BrokenShared&) = delete;
    BrokenShared& operator=(const BrokenShared&) = delete;

   private:
    Shared<T>& field_;
    T whole_;
};

void expect_all_hold() {
    for (const RcuData& rdp : nocb().rdps()) {
        EXPECT_EQ(check_I1_level_has_timer(rdp), "");
        EXPECT_EQ(check_I3_carrier(rdp), "");
        EXPECT_EQ(check_I5_list_shape(rdp.cblist), "");
        EXPECT_EQ(check_I6_len(rdp), "");
        EXPECT_EQ(check_I7_segment_lengths(rdp), "");
        EXPECT_EQ(check_I16_sleep_flag(*rdp.nocb_gp_rdp), "");
    }
}

// The machine at rest, with no fault before `look` nor after.
void whole_at_rest(const test::Body& look) {
    test::at_rest([&] {
        expect_all_hold();
        look();
        expect_all_hold();
    });
}

// CPU 1 has posted with interrupts disabled and keeps them so: a, b on its regular list, c and d on
// its bypass, and a deferral with its timer is all that will ever wake rcuog.
void with_callbacks_waiting(const test::Body& look) {
    Sequential strategy;
    run_nocb(strategy, config({{"nobypass_lim", 2}}), [&look] {
        task(1, [&look] {
            kernel::local_irq_disable();
            post(4);
            EXPECT_EQ(now("next1"), 2);
            EXPECT_EQ(now("bypass1"), 2);
            EXPECT_EQ(now("len1"), 4);
            EXPECT_EQ(now("level1"), RCU_NOCB_WAKE);
            EXPECT_EQ(now("timer1"), 1);
            expect_all_hold();
            look();
            expect_all_hold();
        });
    });
}

RcuData& leader() { return nocb().rdp(0); }

// --- I1: level and timer ------------------------------------------------------------------------

TEST(I1, ALevelWithoutATimerIsHeard) {
    whole_at_rest([] {
        const BrokenShared level(rdp1().nocb_defer_wakeup, RCU_NOCB_WAKE);
        EXPECT_EQ(check_I1_level_has_timer(rdp1()),
                  "I1: nocb_defer_wakeup of cpu1 is set, but nocb_timer is not armed");
        {
            const Broken armed(rdp1().nocb_timer.pending, true);
            EXPECT_EQ(check_I1_level_has_timer(rdp1()), "");
        }
        for (const auto phase : {kernel::TimerPhase::expired, kernel::TimerPhase::running}) {
            const Broken firing(rdp1().nocb_timer.phase, phase);
            EXPECT_EQ(check_I1_level_has_timer(rdp1()), "");
        }
    });
}

TEST(I1, ATimerWithoutALevelIsHeard) {
    whole_at_rest([] {
        const Broken armed(rdp1().nocb_timer.pending, true);
        EXPECT_THAT(check_I1_level_has_timer(rdp1()),
                    StartsWith("I1: nocb_timer of cpu1 is armed"));
        const BrokenShared off(rdp1().nocb_defer_wakeup, RCU_NOCB_WAKE_OFF);
        EXPECT_THAT(check_I1_level_has_timer(rdp1()), StartsWith("I1"));
    });
}

// --- I3: callbacks have a carrier ---------------------------------------------------------------

// Takes every carrier away but the deferral of CPU 1.
TEST(I3, CallbacksThatNobodyWillLookAtAreHeard) {
    with_callbacks_waiting([] {
        const std::string objection =
            "I3: callbacks of cpu1 wait while rcuog sleeps, and nothing will wake it";
        const Broken disarmed(rdp1().nocb_timer.pending, false);
        EXPECT_EQ(check_I3_carrier(rdp1()), objection) << "the seed's bug: level, but no timer";
        EXPECT_EQ(check_I3_carrier(nocb().rdp(2)), "") << "which has no callbacks";
        {
            const Broken firing(rdp1().nocb_timer.phase, kernel::TimerPhase::running);
            EXPECT_EQ(check_I3_carrier(rdp1()), "");
        }
        {
            const Broken bypass_timer(leader().nocb_bypass_timer.pending, true);
            EXPECT_EQ(check_I3_carrier(rdp1()), "");
        }
        {
            const BrokenShared woken(leader().nocb_gp_sleep, false);
            EXPECT_EQ(check_I3_carrier(rdp1()), "");
        }
        {
            kernel::Task& rcuog = *leader().nocb_gp_kthread.get();
            const Broken awake(rcuog.state, kernel::TaskState::running);
            EXPECT_EQ(check_I3_carrier(rdp1()), "");
        }
        EXPECT_EQ(check_I3_carrier(rdp1()), objection) << "and heard again";
    });
}

TEST(I3, AnotherMembersDeferralIsACarrierToo) {
    with_callbacks_waiting([] {
        const Broken disarmed(rdp1().nocb_timer.pending, false);
        RcuData& other = nocb().rdp(2);
        const BrokenShared level(other.nocb_defer_wakeup, RCU_NOCB_WAKE);
        EXPECT_NE(check_I3_carrier(rdp1()), "");
        const Broken armed(other.nocb_timer.pending, true);
        EXPECT_EQ(check_I3_carrier(rdp1()), "");
    });
}

TEST(I3, BypassCallbacksAloneNeedACarrierToo) {
    with_callbacks_waiting([] {
        const Broken disarmed(rdp1().nocb_timer.pending, false);
        constexpr unsigned offloaded =
            SEGCBLIST_OFFLOADED | SEGCBLIST_KTHREAD_CB | SEGCBLIST_KTHREAD_GP;
        const BrokenShared regular(rdp1().cblist.flags, offloaded);  // as if none were pending
        EXPECT_THAT(check_I3_carrier(rdp1()), StartsWith("I3"));
        const Broken bypass(rdp1().nocb_bypass.head, static_cast<RcuHead*>(nullptr));
        EXPECT_EQ(check_I3_carrier(rdp1()), "");
    });
}

// --- I5: the shape of the list ------------------------------------------------------------------

TEST(I5, TailsOutOfOrderAreHeard) {
    with_callbacks_waiting([] {
        RcuSegcblist& list = rdp1().cblist;
        EXPECT_NE(list.head, nullptr);
        {
            const Broken tail(list.tails[RCU_WAIT_TAIL], list.tails[RCU_NEXT_TAIL]);
            EXPECT_THAT(check_I5_list_shape(list), HasSubstr("not in the order of its links"));
        }
        {
            const Broken tail(list.tails[RCU_NEXT_TAIL], &list.head->next);
            EXPECT_THAT(check_I5_list_shape(list), StartsWith("I5")) << "it ends too early";
        }
        {
            RcuHead stray;
            const Broken tail(list.tails[RCU_DONE_TAIL], &stray.next);
            EXPECT_THAT(check_I5_list_shape(list), StartsWith("I5")) << "a tail of another list";
        }
    });
}

TEST(I5, ACycleIsHeard) {
    with_callbacks_waiting([] {
        RcuSegcblist& list = rdp1().cblist;
        const Broken cycle(list.head->next->next, list.head);
        EXPECT_THAT(check_I5_list_shape(list), StartsWith("I5"));
    });
}

TEST(I5, WaitBehindNextReadyIsHeard) {
    with_callbacks_waiting([] {
        RcuSegcblist& list = rdp1().cblist;
        RcuHead** const middle = &list.head->next;
        RcuHead** const end = list.tails[RCU_NEXT_TAIL];
        {
            const Broken next_ready(list.tails[RCU_NEXT_READY_TAIL], end);
            EXPECT_EQ(check_I5_list_shape(list), "I5: WAIT is empty, but NEXT_READY is not");
        }
        const Broken wait(list.tails[RCU_WAIT_TAIL], middle);
        const Broken next_ready(list.tails[RCU_NEXT_READY_TAIL], end);
        const Broken wait_seq(list.gp_seq[RCU_WAIT_TAIL], Seq{8});
        {
            const Broken later(list.gp_seq[RCU_NEXT_READY_TAIL], Seq{12});
            EXPECT_EQ(check_I5_list_shape(list), "");
        }
        const Broken earlier(list.gp_seq[RCU_NEXT_READY_TAIL], Seq{4});
        EXPECT_EQ(check_I5_list_shape(list),
                  "I5: NEXT_READY waits for an earlier grace period than WAIT");
    });
}

// --- I6 and I7: counting ------------------------------------------------------------------------

TEST(I6, AWrongLenIsHeard) {
    with_callbacks_waiting([] {
        for (const long wrong : {0L, 3L, 5L}) {
            const BrokenShared len(rdp1().cblist.len, wrong);
            EXPECT_EQ(check_I6_len(rdp1()), "I6: len of cpu1 is " + std::to_string(wrong) +
                                                ", but 4 callbacks are there");
        }
        const BrokenShared len(rdp1().cblist.len, -1L);
        EXPECT_EQ(check_I6_len(rdp1()), "I6: len of cpu1 is negative");
    });
}

TEST(I6, CountsWhatIsBeingInvoked) {
    with_callbacks_waiting([] {
        const BrokenShared len(rdp1().cblist.len, 6L);
        EXPECT_NE(check_I6_len(rdp1()), "");
        ghost_batch_begin(rdp1(), 2);
        EXPECT_EQ(check_I6_len(rdp1()), "");
        ghost_batch_done(rdp1(), 2);
    });
}

TEST(I6, WaitsForAnEnqueueToTheBypassToEnd) {
    with_callbacks_waiting([] {
        rcu_nocb_bypass_lock(rdp1());
        {
            const BrokenShared len(rdp1().cblist.len, 5L);  // counted, and not linked yet
            EXPECT_EQ(check_I6_len(rdp1()), "");
        }
        rcu_nocb_bypass_unlock(rdp1());
    });
}

TEST(I7, WrongSegmentLengthsAreHeard) {
    with_callbacks_waiting([] {
        for (unsigned segment = 0; segment < RCU_CBLIST_NSEGS; ++segment) {
            long& length = rdp1().cblist.seglen[segment];
            const Broken one_more(length, length + 1);
            EXPECT_EQ(check_I7_segment_lengths(rdp1()),
                      "I7: segment " + std::to_string(segment) + " of cpu1 has the wrong length");
        }
        const BrokenShared bypass(rdp1().nocb_bypass.len, 1L);
        EXPECT_EQ(check_I7_segment_lengths(rdp1()),
                  "I7: the bypass list of cpu1 has the wrong length");
    });
}

// --- I16: the sleep flag ------------------------------------------------------------------------

TEST(I16, SleepingOnARequestedWakeupIsHeard) {
    whole_at_rest([] {
        const BrokenShared requested(leader().nocb_gp_sleep, false);
        EXPECT_EQ(check_I16_sleep_flag(leader()),
                  "I16: rcuog of cpu0's group sleeps though its wake-up was requested");
        kernel::Task& rcuog = *leader().nocb_gp_kthread.get();
        const Broken awake(rcuog.state, kernel::TaskState::running);
        EXPECT_EQ(check_I16_sleep_flag(leader()), "") << "the wake-up has come";
    });
}

// --- when they are asked ------------------------------------------------------------------------

// Breaks I1 under the lock that protects it, and lets the lock go.
std::string said_at_release(bool white_box) {
    Sequential strategy;
    const Ran ran = run_nocb(strategy, config(), [white_box] {
        scenario::white_box_oracles = white_box;
        task(1, [] {
            const IrqFlags flags = rcu_nocb_lock_irqsave(rdp1());
            rdp1().nocb_defer_wakeup.set(RCU_NOCB_WAKE);
            rcu_nocb_unlock_irqrestore(rdp1(), flags);
        });
    });
    scenario::white_box_oracles = true;
    return fault(ran);
}

TEST(Asked, WhenTheLockIsReleased) {
    EXPECT_EQ(said_at_release(true),
              "invariant: I1: nocb_defer_wakeup of cpu1 is set, but nocb_timer is not armed");
    EXPECT_EQ(said_at_release(false), "") << "--oracle black-box";
}

TEST(Asked, WhenNobodyOwesAWakeupAnyMore) {
    const auto said = [](bool another_owes) {
        Sequential strategy;
        return fault(run_nocb(strategy, config(), [another_owes] {
            task(1, [another_owes] {
                leader().nocb_gp_sleep.set(false);  // and no wake-up follows
                nocb().owing_wakeups += another_owes ? 1 : 0;
                {
                    const OwesWakeup owes;
                }
                nocb().owing_wakeups = 0;
                leader().nocb_gp_sleep.set(true);
            });
        }));
    };
    EXPECT_THAT(said(false), StartsWith("invariant: I16"));
    EXPECT_EQ(said(true), "");
}

TEST(Asked, AListThatIsCorruptedEndsTheRun) {
    Sequential strategy;
    const Ran ran = run_nocb(strategy, config(), [] {
        task(1, [] {
            const IrqFlags flags = rcu_nocb_lock_irqsave(rdp1());
            static RcuHead stray;
            rdp1().cblist.tails[RCU_WAIT_TAIL] = &stray.next;
            rcu_nocb_unlock_irqrestore(rdp1(), flags);
        });
    });
    EXPECT_THAT(fault(ran), StartsWith("list_corrupted: I5"));
}

// --- the end of a run ---------------------------------------------------------------------------

// CPU 1 posts a callback that nobody will look at, and `then` is done to the state.
std::string said_at_the_end(const test::Body& then) {
    Sequential strategy;
    return fault(run_nocb(strategy, config(), [&then] {
        task(1, [&then] {
            kernel::local_irq_disable();  // for ever: its timer never fires
            post();
            then();
        });
    }));
}

TEST(End, ACallbackThatIsStillQueuedIsStranded) {
    EXPECT_EQ(said_at_the_end([] {}),
              "stranded_callback: callback a of cpu1 is still queued, and "
              "nobody is left who would look at it");
}

TEST(End, ACallbackThatIsOnNoListIsLost) {
    EXPECT_EQ(said_at_the_end([] {
                  rdp1().cblist.head = nullptr;
                  rdp1().cblist.tails.fill(&rdp1().cblist.head);
              }),
              "callback_lost: callback a of cpu1 is on no list and did not run");
}

TEST(End, CountersThatDoNotReturnToZeroAreHeard) {
    Sequential strategy;
    const auto said = [&](const test::Body& then) {
        return fault(run_nocb(strategy, config(), [&then] {
            task(1, [&then] {
                post();
                nocb().callbacks.await_cpu(1);
                then();
            });
        }));
    };
    EXPECT_EQ(said([] {}), "");
    EXPECT_EQ(said([] { nocb().rdp(2).cblist.len.set(1); }),
              "invariant: I2: at the end cpu2 still counts callbacks");
}

}  // namespace
}  // namespace rcufuzz::nocb
