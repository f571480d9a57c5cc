// SPDX-License-Identifier: GPL-2.0-or-later
//
// Interrupt flag, preemption, bottom halves and softirqs: context.h and softirq.h.
#include "core/kernel/context.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/kernel/kernel_test.h"
#include "core/kernel/softirq.h"
#include "core/kernel/spin_wait.h"
#include "core/kernel/timer.h"

namespace rcufuzz::kernel {
namespace {

using test::Answers;
using test::fault;
using test::irq_of;
using test::make_irq;
using test::Prefer;
using test::Ran;
using test::resched_of;
using test::run_kernel;
using test::Sequential;
using test::softirq_of;
using test::step;
using test::steps;
using test::task;
using test::told;

Prefer eager() { return Prefer({irq_of(0), softirq_of(0), resched_of(0)}); }

void raise_device_irq() {
    sim::world().raise_irq(smp_processor_id(), make_irq([] { step('i'); }));
}

// --- flags --------------------------------------------------------------------------------------

TEST(Irqs, SaveAndRestoreNest) {
    Sequential strategy;
    run_kernel(1, strategy, [] {
        task(0, [] {
            const IrqFlags outer = local_irq_save();
            EXPECT_FALSE(irqs_disabled_flags(outer));
            const IrqFlags inner = local_irq_save();
            EXPECT_TRUE(irqs_disabled_flags(inner));
            local_irq_restore(inner);
            EXPECT_TRUE(irqs_disabled());
            local_irq_restore(outer);
            EXPECT_FALSE(irqs_disabled());
        });
    });
}

TEST(Irqs, EnablingThemIsAPoint) {
    Prefer strategy = eager();
    const Ran ran = run_kernel(1, strategy, [] {
        task(0, [] {
            local_irq_disable();
            raise_device_irq();
            told += 'a';
            local_irq_enable();
            told += 'b';
            local_irq_enable();  // enabled already: no point, as there is nothing to enable
        });
    });
    EXPECT_EQ(ran.told, "aib");
}

TEST(Irqs, ComeBeforeTheyAreDisabledOrAfterTheyAreEnabled) {
    const auto body = [] {
        task(0, [] {
            raise_device_irq();
            local_irq_disable();
            told += 'a';
            local_irq_disable();  // they are: no point
            told += 'b';
            local_irq_enable();
        });
    };
    Prefer strategy = eager();
    EXPECT_EQ(run_kernel(1, strategy, body).told, "iab");
    Answers late([](const sim::Choice& choice) {
        return told.empty() ? 0 : choice.answer_for(irq_of(0));
    });
    EXPECT_EQ(run_kernel(1, late, body).told, "abi");
}

TEST(Contexts, KnowWhatTheyAre) {
    Prefer strategy = eager();
    const Ran ran = run_kernel(1, strategy, [] {
        static SoftirqWork work;
        work = {.fn = [](void*) {
            EXPECT_TRUE(in_serving_softirq() && !in_task() && !in_hardirq());
            EXPECT_FALSE(irqs_disabled());
            step('s');
        }};
        sim::world().raise_irq(0, make_irq([] {
                                   EXPECT_TRUE(in_hardirq() && !in_task() && !in_serving_softirq());
                                   EXPECT_TRUE(irqs_disabled());
                                   queue_softirq_work(work);
                                   step('h');
                               }));
        task(0, [] {
            step('t');
            EXPECT_TRUE(in_task() && !in_hardirq() && !in_serving_softirq());
        });
    });
    EXPECT_EQ(ran.told, "hst");
}

TEST(Preemption, IsPossibleAgainWhenTheLastEnableIsDone) {
    Answers strategy([](const sim::Choice& choice) {
        return told.empty() ? 0 : choice.answer_for(resched_of(0));
    });
    const Ran ran = run_kernel(1, strategy, [] {
        task(0, [] {
            preempt_disable();
            preempt_disable();
            steps("a");
            preempt_enable();
            steps("a");
            preempt_enable();
            told += 'A';
        });
        task(0, [] { told += 'b'; });
    });
    EXPECT_EQ(ran.told, "aabA") << "at the enabling itself";
}

TEST(Preemption, IsPossibleUntilItIsDisabled) {
    Answers strategy([](const sim::Choice& choice) {
        return told.empty() ? 0 : choice.answer_for(resched_of(0));
    });
    const Ran ran = run_kernel(1, strategy, [] {
        task(0, [] {
            told += 'a';
            preempt_disable();
            told += 'A';
            preempt_enable();
        });
        task(0, [] { told += 'b'; });
    });
    EXPECT_EQ(ran.told, "abA");
}

// Who spins in del_timer_sync() has not disabled it.
TEST(Preemption, OfATaskThatSpins) {
    Sequential strategy;
    const Ran ran = run_kernel(1, strategy, [] {
        auto& waiters = sim::world().arena().make<SpinWait>();
        auto& go = sim::world().arena().make<memory::Shared<int>>();
        go.init("go", -1, 0);
        task(0, [&] {
            waiters.load_until(go, memory::Order::relaxed, [](int value) { return value != 0; });
            told += 'a';
        });
        task(0, [&] {
            told += 'b';
            memory::WRITE_ONCE(go, 1);
            waiters.wake_all();
        });
    });
    EXPECT_TRUE(ran.quiescent);
    EXPECT_EQ(ran.told, "ba");
}

TEST(WarnOn, IsAnInvariantOfTheSubject) {
    Sequential strategy;
    const Ran quiet = run_kernel(1, strategy, [] { task(0, [] { warn_on(false, "no"); }); });
    EXPECT_EQ(fault(quiet), "");
    const Ran loud = run_kernel(1, strategy, [] { task(0, [] { warn_on(true, "of this"); }); });
    EXPECT_EQ(fault(loud), "invariant: the kernel warns: of this");
}

TEST(Jiffies, AreComparedAcrossTheirWrap) {
    EXPECT_TRUE(time_after(2, 1));
    EXPECT_FALSE(time_after(1, 1));
    EXPECT_FALSE(time_after(1, 2));
    EXPECT_TRUE(time_after(1, ~sim::Jiffies{0}));
    EXPECT_FALSE(time_after(~sim::Jiffies{0}, 1));
}

// --- softirqs -----------------------------------------------------------------------------------

SoftirqWork& make_work(char letter) {
    SoftirqWork& work = sim::world().arena().make<SoftirqWork>();
    work.fn = sim::test::call_body;
    work.arg = sim::test::keep([letter] { step(letter); });
    return work;
}

TEST(Softirqs, RunTimersThenVectorsThenWorks) {
    Sequential strategy;
    const Ran ran = run_kernel(1, strategy, [] {
        SoftirqWork& work = make_work('w');
        static TimerList timer;
        timer_setup(timer, [](TimerList&) { step('t'); }, nullptr, "timer", -1);
        open_softirq(SoftirqVector::rcu, [](void*) { step('r'); });
        task(0, [&work] {
            local_irq_disable();
            queue_softirq_work(work);
            raise_softirq(SoftirqVector::rcu);
            mod_timer(timer, jiffies());
            step('a');
            local_irq_enable();
        });
    });
    EXPECT_EQ(ran.told, "atrw");
}

TEST(Softirqs, ARaisedOneRunsOnceOnItsCpu) {
    Prefer strategy({softirq_of(0), softirq_of(1)});
    const Ran ran = run_kernel(2, strategy, [] {
        open_softirq(SoftirqVector::rcu,
                     [](void*) { told += static_cast<char>('0' + smp_processor_id()); });
        task(1, [] {
            const IrqFlags flags = local_irq_save();
            raise_softirq(SoftirqVector::rcu);
            raise_softirq(SoftirqVector::rcu);
            local_irq_restore(flags);
            step('b');
        });
    });
    EXPECT_EQ(ran.told, "1b");
}

TEST(Softirqs, OneRaisedInASoftirqRunsInTheSamePass) {
    Sequential strategy;
    const Ran ran = run_kernel(1, strategy, [] {
        open_softirq(SoftirqVector::rcu, [](void*) {
            step('r');
            if (told.size() < 3) raise_softirq(SoftirqVector::rcu);
        });
        task(0, [] { raise_softirq(SoftirqVector::rcu); });
    });
    EXPECT_EQ(ran.told, "rrr");
    const auto entries = std::count_if(ran.events.begin(), ran.events.end(), [](const auto& event) {
        return event.kind == sim::EventKind::softirq_enter;
    });
    EXPECT_EQ(entries, 1);
}

TEST(Softirqs, AVectorThatNobodyOpenedIsIgnored) {
    Sequential strategy;
    const Ran ran = run_kernel(1, strategy, [] {
        task(0, [] {
            raise_softirq(SoftirqVector::rcu);
            step('a');
        });
    });
    EXPECT_EQ(ran.told, "a");
    EXPECT_TRUE(ran.quiescent);
}

TEST(SoftirqWorks, RunInOrderAndOnceForEachQueueing) {
    Sequential strategy;
    const Ran ran = run_kernel(1, strategy, [] {
        SoftirqWork& x = make_work('x');
        SoftirqWork& y = make_work('y');
        task(0, [&x, &y] {
            local_bh_disable();
            queue_softirq_work(x);
            queue_softirq_work(y);
            queue_softirq_work(x);  // is queued already
            step('a');
            local_bh_enable();
            sim::world().yield(Site::current());
            queue_softirq_work(x);
        });
    });
    EXPECT_EQ(ran.told, "axyx");
}

TEST(BottomHalves, EnablingThemIsAPoint) {
    Prefer strategy = eager();
    const Ran ran = run_kernel(1, strategy, [] {
        SoftirqWork& work = make_work('s');
        task(0, [&work] {
            local_bh_disable();
            local_bh_disable();
            queue_softirq_work(work);
            steps("a");
            local_bh_enable();
            told += 'b';
            local_bh_enable();
            told += 'c';
        });
    });
    EXPECT_EQ(ran.told, "absc");
}

}  // namespace
}  // namespace rcufuzz::kernel
