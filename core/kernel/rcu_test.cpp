// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/kernel/rcu.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/kernel/kernel_test.h"
#include "core/kernel/timer.h"

namespace rcufuzz::kernel {
namespace {

using test::fault;
using test::make_irq;
using test::Prefer;
using test::Ran;
using test::run_kernel;
using test::Sequential;
using test::step;
using test::task;
using test::told;

// --- sequence numbers ---------------------------------------------------------------------------

constexpr Seq last = ~Seq{0};  // of the numbers before the wrap; last - 3 is idle

TEST(RcuSeq, SnapIsTheEarliestNumberThatMeansAFullGracePeriod) {
    struct Row {
        Seq now, snap;
    };
    // Idle 4k: the next one, 4k+4, will do. In progress 4k+1: it may have begun before, so 4k+8.
    for (const Row row :
         {Row{0, 4}, Row{1, 8}, Row{4, 8}, Row{5, 12}, Row{400, 404}, Row{401, 408},
          Row{last - 3, 0}, Row{last - 2, 4}, Row{last - 7, last - 3}, Row{last - 6, 0}})
        EXPECT_EQ(rcu_seq_snap_of(row.now), row.snap) << row.now;
}

TEST(RcuSeq, DoneFromTheNumberOnAndAcrossTheWrap) {
    EXPECT_FALSE(rcu_seq_done_at(0, 4));
    EXPECT_FALSE(rcu_seq_done_at(1, 4));
    EXPECT_TRUE(rcu_seq_done_at(4, 4));
    EXPECT_TRUE(rcu_seq_done_at(5, 4));
    EXPECT_TRUE(rcu_seq_done_at(400, 4));
    EXPECT_FALSE(rcu_seq_done_at(last - 3, 0));
    EXPECT_FALSE(rcu_seq_done_at(last - 2, 0));
    EXPECT_TRUE(rcu_seq_done_at(0, 0));
    EXPECT_TRUE(rcu_seq_done_at(0, last - 3));
}

TEST(RcuSeq, StartedWhenTheGracePeriodThatCompletesItHasBegun) {
    // Grace period 4k -> 4k+4 begins with 4k+1.
    EXPECT_FALSE(rcu_seq_started_at(0, 4));
    EXPECT_TRUE(rcu_seq_started_at(1, 4));
    EXPECT_TRUE(rcu_seq_started_at(4, 4));
    EXPECT_FALSE(rcu_seq_started_at(1, 8));
    EXPECT_FALSE(rcu_seq_started_at(4, 8));
    EXPECT_TRUE(rcu_seq_started_at(5, 8));
    EXPECT_FALSE(rcu_seq_started_at(last - 3, 0));
    EXPECT_TRUE(rcu_seq_started_at(last - 2, 0));
    EXPECT_TRUE(rcu_seq_started_at(0, 0));
}

TEST(RcuSeq, CounterAndStateAreTheTwoParts) {
    EXPECT_EQ(rcu_seq_ctr(21), 5u);
    EXPECT_EQ(rcu_seq_state(21), 1u);
    EXPECT_EQ(rcu_seq_state(20), 0u);
}

TEST(RcuSeq, ComparesByTheShorterWayRound) {
    EXPECT_TRUE(ulong_cmp_ge(5, 5));
    EXPECT_TRUE(ulong_cmp_ge(6, 5));
    EXPECT_TRUE(ulong_cmp_lt(5, 6));
    EXPECT_TRUE(ulong_cmp_ge(1, last));
    EXPECT_TRUE(ulong_cmp_lt(last, 1));
    for (const Seq a : {Seq{0}, Seq{7}, last / 2, last - 1, last})
        for (const Seq b : {Seq{0}, Seq{7}, last / 2, last - 1, last})
            EXPECT_NE(ulong_cmp_ge(a, b), ulong_cmp_lt(a, b)) << a << " " << b;
}

// What the numbers are for: whoever waits for its snap has seen a whole grace period, and no more
// than two ends of one.
TEST(RcuSeq, WhoeverWaitsForItsSnapSeesAWholeGracePeriod) {
    for (const Seq origin : {Seq{0}, last - 3, last - 7, last - 11}) {
        for (unsigned began = 0; began < 8; ++began) {
            const auto number = [origin](unsigned step) {
                return origin + 4 * (step / 2) + step % 2;  // idle, in progress, idle, ...
            };
            const Seq snap = rcu_seq_snap_of(number(began));
            unsigned step = began;
            unsigned whole = 0;
            bool start_seen = false;
            while (!rcu_seq_done_at(number(step), snap)) {
                ++step;
                if (step % 2 == 1) start_seen = true;
                if (step % 2 == 0 && start_seen) ++whole;
            }
            EXPECT_EQ(whole, 1u) << origin << " " << began;
        }
    }
}

// --- readers ------------------------------------------------------------------------------------

TEST(Readers, OpenSectionsAreKnownUntilTheirOutermostEnd) {
    Sequential strategy;
    const Ran ran = run_kernel(2, strategy, [] {
        task(0, [] {
            const OpenReaders none = open_readers();
            EXPECT_FALSE(still_open(none));
            rcu_read_lock();
            const OpenReaders one = open_readers();
            EXPECT_TRUE(still_open(one));
            EXPECT_FALSE(still_open(none));
            rcu_read_lock();
            rcu_read_unlock();
            EXPECT_TRUE(still_open(one));
            rcu_read_unlock();
            EXPECT_FALSE(still_open(one));
            rcu_read_lock();
            EXPECT_FALSE(still_open(one)) << "this is another section";
            rcu_read_unlock();
        });
    });
    EXPECT_EQ(fault(ran), "");
}

TEST(Readers, EndingWhatHasNotBegunIsMisuse) {
    Sequential strategy;
    const Ran ran = run_kernel(1, strategy, [] { task(0, [] { rcu_read_unlock(); }); });
    EXPECT_EQ(fault(ran), "lock_misuse: rcu_read_unlock() without a reader");
}

TEST(Readers, AreForgottenByTheNextRun) {
    Sequential strategy;
    run_kernel(1, strategy, [] { task(0, [] { rcu_read_lock(); }); });
    const Ran ran = run_kernel(1, strategy, [] {
        EXPECT_TRUE(cpu_is_quiescent(0));
        task(0, [] { rcu_read_unlock(); });
    });
    EXPECT_NE(fault(ran), "");
}

// Each of these keeps CPU 0 from being quiescent while it lasts.
struct BusyRegion {
    const char* name;
    void (*enter)();
    void (*leave)();
};

class NotQuiescent : public testing::TestWithParam<BusyRegion> {};

TEST_P(NotQuiescent, InsideTheRegion) {
    Sequential strategy;
    const Ran ran = run_kernel(2, strategy, [] {
        task(0, [] {
            EXPECT_TRUE(cpu_is_quiescent(0));
            GetParam().enter();
            EXPECT_FALSE(cpu_is_quiescent(0));
            EXPECT_TRUE(cpu_is_quiescent(1)) << "an idle CPU";
            GetParam().leave();
            EXPECT_TRUE(cpu_is_quiescent(0));
        });
    });
    EXPECT_EQ(fault(ran), "");
}

INSTANTIATE_TEST_SUITE_P(
    , NotQuiescent,
    testing::Values(
        BusyRegion{"Reader", [] { rcu_read_lock(); }, [] { rcu_read_unlock(); }},
        BusyRegion{"Interrupts", [] { local_irq_disable(); }, [] { local_irq_enable(); }},
        BusyRegion{"Preemption", [] { preempt_disable(); }, [] { preempt_enable(); }},
        BusyRegion{"BottomHalves", [] { local_bh_disable(); }, [] { local_bh_enable(); }}),
    [](const auto& parameter) { return parameter.param.name; });

TEST(Interrupts, AreNotQuiescentAndNorAreSoftirqs) {
    Prefer strategy({test::irq_of(0), test::softirq_of(0)});
    const Ran ran = run_kernel(1, strategy, [] {
        sim::world().raise_irq(0, make_irq([] {
                                   EXPECT_FALSE(cpu_is_quiescent(0));
                                   step('i');
                               }));
        static TimerList timer;
        timer_setup(
            timer,
            [](TimerList&) {
                EXPECT_FALSE(cpu_is_quiescent(0));
                step('t');
            },
            nullptr, "timer", -1);
        task(0, [] {
            mod_timer(timer, jiffies());
            step('a');
        });
    });
    EXPECT_EQ(ran.told, "ita");
}

// A declared limit: the nesting belongs to the CPU, not to the task, so a reader that is preempted
// and the readers of the task that comes in between count as one. Grace periods and the oracle look
// at the same number, so a grace period can only seem longer, never shorter.
TEST(Readers, OfTwoTasksOfACpuCountAsOne) {
    test::Answers strategy([](const sim::Choice& choice) {
        const bool second = choice.key == sim::context_key(0, sim::Slot::task2);
        return told == (second ? "([" : "(") ? choice.answer_for(test::resched_of(0)) : 0;
    });
    const Ran ran = run_kernel(1, strategy, [] {
        static OpenReaders first;
        task(0, [] {
            rcu_read_lock();
            first = open_readers();
            step('(');
            rcu_read_unlock();
            told += ')';
            EXPECT_TRUE(still_open(first)) << "prolonged by the other task's";
        });
        task(0, [] {
            rcu_read_lock();
            step('[');
            rcu_read_unlock();
            told += ']';
            EXPECT_FALSE(still_open(first));
        });
    });
    EXPECT_EQ(ran.told, "([)]");
}

// A declared limit: the kernel warns of a reader that sleeps of its own accord; here it may.
TEST(Readers, MaySleepUnseen) {
    Sequential strategy;
    const Ran ran = run_kernel(2, strategy, [] {
        Task& reader = task(0, [] {
            rcu_read_lock();
            set_current_state(TaskState::idle);
            schedule(0, {});
            rcu_read_unlock();
        });
        task(1, [&reader] {
            EXPECT_FALSE(cpu_is_quiescent(0));
            wake_up_process(reader);
        });
    });
    EXPECT_EQ(fault(ran), "");
}

}  // namespace
}  // namespace rcufuzz::kernel
