// SPDX-License-Identifier: GPL-2.0-or-later
//
// Tasks that sleep and are woken: kthread.h and swait.h.
#include "core/kernel/swait.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <set>

#include "core/kernel/kernel_test.h"
#include "core/kernel/spinlock.h"
#include "core/memory/atomic.h"
#include "core/memory/shared.h"

namespace rcufuzz::kernel {
namespace {

using memory::READ_ONCE;
using memory::Shared;
using memory::WRITE_ONCE;
using test::Answers;
using test::AtRandom;
using test::EveryRun;
using test::fault;
using test::kthread;
using test::make_irq;
using test::point;
using test::Ran;
using test::resched_of;
using test::run_kernel;
using test::run_of;
using test::Sequential;
using test::step;
using test::task;
using test::told;

SwaitQueue& make_queue() {
    SwaitQueue& queue = sim::world().arena().make<SwaitQueue>();
    queue.init("queue", -1);
    return queue;
}

template <typename T>
Shared<T>& make_shared(const char* name, T value) {
    Shared<T>& variable = sim::world().arena().make<Shared<T>>();
    variable.init(name, -1, value);
    return variable;
}

bool asleep(const Task& task) { return task.context->state == sim::ContextState::sleeping; }

// --- schedule() and wake_up_process() -----------------------------------------------------------

// A sleeper that declares its state first and then tests, or the other way round, against a waker.
// True: the sleeper still sleeps at the end though its condition holds.
bool wakeup_is_lost(sim::Strategy& strategy, bool declares_first) {
    bool lost = false;
    Task* sleeper = nullptr;
    const Ran ran = run_kernel(
        2, strategy,
        [&] {
            Shared<int>& ready = make_shared("ready", 0);
            sleeper = &kthread(0, [&ready, declares_first] {
                for (;;) {
                    if (declares_first) set_current_state(TaskState::idle);
                    if (READ_ONCE(ready) != 0 || kthread_should_stop()) break;
                    if (!declares_first) set_current_state(TaskState::idle);
                    schedule(0, {});
                }
                set_current_state(TaskState::running);
            });
            task(1, [&ready, &sleeper] {
                WRITE_ONCE(ready, 1);
                wake_up_process(*sleeper);
            });
        },
        test::without_ticks(), [&] { lost = asleep(*sleeper); });
    EXPECT_EQ(fault(ran), "");
    return lost;
}

TEST(Sleep, AWakeupBetweenStateAndScheduleIsNotLost) {
    EveryRun strategy(4);
    do ASSERT_FALSE(wakeup_is_lost(strategy, true));
    while (strategy.next());
    EXPECT_GT(strategy.runs(), 20u);
}

TEST(Sleep, AWakeupBetweenTestAndStateIs) {
    EveryRun strategy(2);
    unsigned lost = 0;
    do lost += wakeup_is_lost(strategy, false) ? 1 : 0;
    while (strategy.next());
    EXPECT_GT(lost, 0u);
}

TEST(Sleep, WakingTellsWhetherItWasAsleep) {
    Sequential strategy;
    const Ran ran = run_kernel(2, strategy, [] {
        Task& sleeper = task(0, [] {
            set_current_state(TaskState::idle);
            schedule(0, {});
            step('w');
        });
        task(1, [&sleeper] {
            EXPECT_TRUE(asleep(sleeper));
            EXPECT_TRUE(wake_up_process(sleeper));
            EXPECT_FALSE(wake_up_process(sleeper)) << "awake, though it has not run yet";
            step('1');
            sim::world().yield(Site::current());
            EXPECT_EQ(sleeper.state, TaskState::dead);
            EXPECT_FALSE(wake_up_process(sleeper));
        });
    });
    EXPECT_EQ(ran.told, "1w");
    EXPECT_EQ(fault(ran), "");
}

TEST(Sleep, RunningTasksDoNotSleep) {
    Sequential strategy;
    const Ran ran = run_kernel(1, strategy, [] {
        task(0, [] {
            schedule(0, {});
            step('a');
        });
    });
    EXPECT_EQ(ran.told, "a");
}

struct AtomicContext {
    const char* name;
    void (*enter)();
    const char* detail;
};

class SleepingWhileAtomic : public testing::TestWithParam<AtomicContext> {};

TEST_P(SleepingWhileAtomic, IsMisuse) {
    Sequential strategy;
    const Ran ran = run_kernel(1, strategy, [] {
        task(0, [] {
            GetParam().enter();
            set_current_state(TaskState::idle);
            schedule(0, {});
        });
    });
    EXPECT_EQ(fault(ran), std::string("lock_misuse: ") + GetParam().detail);
}

INSTANTIATE_TEST_SUITE_P(
    , SleepingWhileAtomic,
    testing::Values(AtomicContext{"Spinlock",
                                  [] {
                                      auto& lock = sim::world().arena().make<RawSpinlock>();
                                      lock.init("lock", -1, 0);
                                      raw_spin_lock(lock);
                                  },
                                  "sleeps with a spinlock held"},
                    AtomicContext{"Interrupts", [] { local_irq_disable(); }, "sleeps while atomic"},
                    AtomicContext{"Preemption", [] { preempt_disable(); }, "sleeps while atomic"},
                    AtomicContext{"BottomHalves", [] { local_bh_disable(); },
                                  "sleeps while atomic"}),
    [](const auto& parameter) { return parameter.param.name; });

TEST(SleepingInAnInterrupt, IsMisuse) {
    Sequential strategy;
    const Ran ran = run_kernel(
        1, strategy, [] { sim::world().raise_irq(0, make_irq([] { schedule(0, {}); })); });
    EXPECT_EQ(fault(ran), "lock_misuse: sleeps in an interrupt");
}

TEST(Kthread, TwoOfACpuTakeTurns) {
    Answers strategy([](const sim::Choice& choice) {
        return told == "a" && choice.key == sim::context_key(0, sim::Slot::task)
                   ? choice.answer_for(resched_of(0))
                   : 0;
    });
    const Ran ran = run_kernel(1, strategy, [] {
        task(0, [] { test::steps("aaa"); });
        kthread(0, [] { test::steps("kk"); });
    });
    EXPECT_EQ(ran.told, "akkaa");
}

// --- wait queues --------------------------------------------------------------------------------

// Waiters of one queue on CPUs 0 .. n-1, in this order; each tells its number when it is through.
struct Waiters {
    explicit Waiters(unsigned count) : queue(make_queue()), through(make_shared("through", 0u)) {
        for (unsigned cpu = 0; cpu < count; ++cpu)
            tasks.push_back(&kthread(cpu, [this, cpu] {
                swait_event_idle_exclusive(queue, [this, cpu] {
                    return ((READ_ONCE(through) >> cpu) & 1u) != 0 || kthread_should_stop();
                });
                if (!kthread_should_stop()) told += static_cast<char>('0' + cpu);
            }));
    }
    void let_through(unsigned mask) { memory::atomic_add_return(mask, through); }

    SwaitQueue& queue;
    Shared<unsigned>& through;
    std::vector<Task*> tasks;
};

// Runs three waiters to their sleep, then `act` on CPU 3, and tells who came through.
std::string with_three_waiters(sim::Strategy& strategy, void (*act)(Waiters&)) {
    std::unique_ptr<Waiters> waiters;
    const Ran ran = run_kernel(4, strategy, [&] {
        waiters = std::make_unique<Waiters>(3);
        task(3, [&waiters, act] { act(*waiters); });
    });
    EXPECT_EQ(fault(ran), "");
    return ran.told;
}

TEST(Swait, OneWakesTheFirstWaiterOnly) {
    Sequential strategy;
    EXPECT_EQ(with_three_waiters(strategy,
                                 [](Waiters& w) {
                                     w.let_through(7);
                                     EXPECT_TRUE(swake_up_one(w.queue));
                                 }),
              "0");
    EXPECT_EQ(with_three_waiters(strategy,
                                 [](Waiters& w) {
                                     w.let_through(7);
                                     swake_up_one(w.queue);
                                     swake_up_one(w.queue);
                                 }),
              "01");
}

TEST(Swait, AllWakesEachWaiterInTurn) {
    Sequential strategy;
    EXPECT_EQ(with_three_waiters(strategy,
                                 [](Waiters& w) {
                                     w.let_through(7);
                                     swake_up_all(w.queue);
                                     EXPECT_FALSE(w.queue.swait_active());
                                 }),
              "012");
}

TEST(Swait, NobodyToWakeIsNoFault) {
    Sequential strategy;
    const Ran ran = run_kernel(1, strategy, [] {
        SwaitQueue& queue = make_queue();
        task(0, [&queue] {
            EXPECT_FALSE(queue.swait_active());
            EXPECT_FALSE(swake_up_one(queue));
            swake_up_all(queue);
        });
    });
    EXPECT_EQ(fault(ran), "");
}

TEST(Swait, AWaiterWhoseConditionDoesNotHoldQueuesAtTheEndAgain) {
    Sequential strategy;
    EXPECT_EQ(with_three_waiters(strategy,
                                 [](Waiters& w) {
                                     swake_up_one(w.queue);  // waiter 0, in vain
                                     sim::world().yield(Site::current());
                                     EXPECT_TRUE(asleep(*w.tasks[0]));
                                     w.let_through(7);
                                     for (int i = 0; i < 3; ++i) {
                                         EXPECT_TRUE(swake_up_one(w.queue));
                                         sim::world().yield(Site::current());
                                     }
                                 }),
              "120");
}

TEST(Swait, AWaiterWokenByOtherMeansStaysQueuedWhereItIs) {
    Sequential strategy;
    EXPECT_EQ(with_three_waiters(strategy,
                                 [](Waiters& w) {
                                     EXPECT_TRUE(wake_up_process(*w.tasks[0]));
                                     sim::world().yield(Site::current());
                                     EXPECT_TRUE(asleep(*w.tasks[0]));
                                     w.let_through(7);
                                     EXPECT_TRUE(swake_up_one(w.queue));
                                 }),
              "0");
}

TEST(Swait, AWaiterThatLeavesOfItsOwnAccordIsOffTheQueue) {
    Sequential strategy;
    EXPECT_EQ(with_three_waiters(strategy,
                                 [](Waiters& w) {
                                     w.let_through(7);
                                     wake_up_process(*w.tasks[0]);
                                     sim::world().yield(Site::current());
                                     EXPECT_TRUE(swake_up_one(w.queue));
                                 }),
              "01");
}

// swake_up_all() has taken all three and is about to wake the first; meanwhile the third is woken
// by other means and leaves.
TEST(Swait, AllGoesOnWhenAWaiterLeavesMeanwhile) {
    bool began = false;
    std::unique_ptr<Waiters> waiters;
    Answers strategy([&](const sim::Choice& choice) {
        const sim::Context& asker = sim::world().current();
        const bool first_wake = began && asker.cpu == 3 &&
                                asker.pending.kind == sim::AccessKind::wake &&
                                asker.pending.object == waiters->tasks[0]->name;
        return first_wake ? choice.answer_for(run_of(4)) : 0;
    });
    const Ran ran = run_kernel(5, strategy, [&] {
        waiters = std::make_unique<Waiters>(3);
        task(3, [&] {
            waiters->let_through(7);
            began = true;
            swake_up_all(waiters->queue);
        });
        task(4, [&] {
            EXPECT_TRUE(began);
            told += 'x';
            wake_up_process(*waiters->tasks[2]);
            for (int i = 0; i < 10 && told == "x"; ++i) sim::world().yield(Site::current());
        });
    });
    EXPECT_EQ(fault(ran), "");
    EXPECT_EQ(ran.told, "x201");
}

TEST(Swait, NoWakeupIsLostWhoeverWakesHow) {
    for (std::uint64_t seed = 0; seed < 500; ++seed) {
        AtRandom strategy(seed, static_cast<std::uint32_t>(1 + seed % 3));
        std::unique_ptr<Waiters> waiters;
        const Ran ran = run_kernel(6, strategy, [&] {
            waiters = std::make_unique<Waiters>(3);
            task(3, [&] {
                waiters->let_through(1);
                swake_up_all(waiters->queue);
                waiters->let_through(4);
                swake_up_all(waiters->queue);
            });
            task(4, [&] {
                waiters->let_through(2);
                swake_up_all(waiters->queue);
            });
            task(5, [&] {
                wake_up_process(*waiters->tasks[0]);
                wake_up_process(*waiters->tasks[2]);
            });
        });
        ASSERT_EQ(fault(ran), "");
        ASSERT_EQ(ran.told.size(), 3u) << "seed " << seed << ": " << ran.told;
    }
}

}  // namespace
}  // namespace rcufuzz::kernel
