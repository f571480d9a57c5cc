// SPDX-License-Identifier: GPL-2.0-or-later
//
// Cycles and ends that are found, and waits that merely take long, which are not.
#include "core/oracle/deadlock.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/kernel/kernel_test.h"
#include "core/kernel/mutex.h"
#include "core/kernel/smp.h"
#include "core/kernel/softirq.h"
#include "core/kernel/timer.h"

namespace rcufuzz::oracle {
namespace {

using kernel::Mutex;
using kernel::RawSpinlock;
using kernel::TimerList;
using kernel::test::Answers;
using kernel::test::Body;
using kernel::test::fault;
using kernel::test::make_lock;
using kernel::test::Prefer;
using kernel::test::run_kernel;
using kernel::test::run_of;
using kernel::test::Sequential;
using kernel::test::softirq_of;
using kernel::test::step;
using kernel::test::task;
using kernel::test::told;

// What the oracle says at the end of the run, be it quiescent or endless, and by roles.
struct Said {
    std::string fault;
    std::string cause;
};

Said said_of(sim::Strategy& strategy, const Body& body) {
    kernel::lock_hooks = {};
    kernel::timer_hooks = {};
    Said said;
    const auto at_end = [&said] {
        said.cause = find_deadlock().cause();
        sim::Findings& findings = sim::world().findings();
        sim::Finding endless;
        if (findings.result().verdict == Verdict::livelock) endless = findings.take_back();
        judge_deadlock();
        findings.put_back(std::move(endless));
    };
    said.fault = fault(run_kernel(3, strategy, body, {.points = 4000, .free_jiffies = 4}, at_end));
    return said;
}

// The first task goes on until it has said "(", then the second CPU.
Answers second_cpu_after_parenthesis() {
    return Answers(
        [](const sim::Choice& choice) { return told == "(" ? choice.answer_for(run_of(1)) : 0; });
}

void two_locks_in_both_orders() {
    RawSpinlock& a = make_lock("a", 0);
    RawSpinlock& b = make_lock("b", 1, 7);
    task(0, [&] {
        raw_spin_lock(a);
        step('(');
        raw_spin_lock(b);
    });
    task(1, [&] {
        raw_spin_lock(b);
        raw_spin_lock(a);
    });
}

TEST(Deadlock, OfTwoLocksIsACycle) {
    Answers strategy = second_cpu_after_parenthesis();
    const Said said = said_of(strategy, two_locks_in_both_orders);
    EXPECT_EQ(said.fault,
              "deadlock: task[0] waits for b[7] and so for task[1], which waits for a and so for "
              "task[0]");
    EXPECT_EQ(said.cause, "task>a>task>b");
}

// The clock is kept alive by a timer that arms itself again, for ever.
void ticks_for_ever() {
    static TimerList tick;
    kernel::timer_setup(
        tick, [](TimerList& timer) { mod_timer(timer, kernel::jiffies() + 1); }, nullptr, "tick",
        -1);
    task(2, [] { mod_timer(tick, kernel::jiffies() + 1); });
}

TEST(Deadlock, IsOneThoughTicksGoOn) {
    Answers strategy = second_cpu_after_parenthesis();
    EXPECT_EQ(said_of(strategy, [] {
                  two_locks_in_both_orders();
                  ticks_for_ever();
              }).cause,
              "task>a>task>b");
}

TEST(Deadlock, TicksAloneAreALivelock) {
    Sequential strategy;
    const Said said = said_of(strategy, ticks_for_ever);
    EXPECT_THAT(said.fault, testing::StartsWith("livelock: "));
    EXPECT_EQ(said.cause, "");
}

// del_timer_sync() with a lock held for which the handler waits.
void timer_against_its_handler() {
    static TimerList timer;
    static RawSpinlock* lock;
    lock = &make_lock("nocb_lock", 0, 1);
    kernel::timer_setup(
        timer,
        [](TimerList&) {
            raw_spin_lock(*lock);
            raw_spin_unlock(*lock);
        },
        nullptr, "nocb_timer", 1);
    task(1, [] { mod_timer(timer, kernel::jiffies() + 1); });
    task(0, [] {
        raw_spin_lock(*lock);
        step('(');
        while (!timer.handler_due_or_running()) sim::world().yield(sim::Site::current());
        del_timer_sync(timer);
        raw_spin_unlock(*lock);
    });
}

TEST(Deadlock, OfATimerAndItsHandlerNamesBoth) {
    Sequential strategy;
    const Said said = said_of(strategy, [] {
        timer_against_its_handler();
        ticks_for_ever();
    });
    EXPECT_EQ(said.fault,
              "deadlock: task[0] waits for nocb_timer[1] and so for softirq of cpu1, which waits "
              "for nocb_lock[1] and so for task[0]");
    EXPECT_EQ(said.cause, "softirq>nocb_lock>task>nocb_timer");
}

void call(unsigned to) {
    auto& call = sim::world().arena().make<kernel::CallSingle>();
    call.init("barrier_ipi", static_cast<int>(to));
    call.call_and_wait(to, [](void*) { step('f'); }, nullptr);
}

TEST(Deadlock, OfACallToAnOfflineCpuEndsThere) {
    Sequential strategy;
    const Said said = said_of(strategy, [] {
        kernel::set_cpu_online(1, false);
        task(0, [] { call(1); });
        ticks_for_ever();
    });
    EXPECT_EQ(said.fault, "deadlock: task[0] waits for cpu1, which is offline");
    EXPECT_EQ(said.cause, "task>barrier_ipi>waits for a CPU that is offline");
}

// Two CPUs that call each other, one with interrupts disabled and a lock held by the other.
TEST(Deadlock, OfACallToACpuThatSpinsWithInterruptsDisabled) {
    Answers strategy = second_cpu_after_parenthesis();
    const Said said = said_of(strategy, [] {
        RawSpinlock& lock = make_lock("lock", 0);
        task(0, [&] {
            raw_spin_lock(lock);
            step('(');
            call(1);
            raw_spin_unlock(lock);
        });
        task(1, [&] {
            const kernel::IrqFlags flags = raw_spin_lock_irqsave(lock);
            raw_spin_unlock_irqrestore(lock, flags);
        });
    });
    EXPECT_EQ(said.cause, "task>barrier_ipi>task>lock");
}

TEST(Deadlock, OfACallThatIsTakenIsNone) {
    Answers strategy = second_cpu_after_parenthesis();
    EXPECT_EQ(said_of(strategy, [] { task(0, [] { call(1); }); }).fault, "");
}

void sleep_in_turn(Mutex& first, Mutex& second) {
    first.lock();
    step('(');
    second.lock();
    second.unlock();
    first.unlock();
}

TEST(Deadlock, OfSleepersIsACycleToo) {
    Answers strategy = second_cpu_after_parenthesis();
    const Said said = said_of(strategy, [] {
        auto& barrier = sim::world().arena().make<Mutex>();
        auto& state = sim::world().arena().make<Mutex>();
        barrier.init("barrier_mutex", -1);
        state.init("nocb_mutex", -1);
        task(0, [&] { sleep_in_turn(barrier, state); });
        task(1, [&] { sleep_in_turn(state, barrier); });
    });
    EXPECT_EQ(said.cause, "task>barrier_mutex>task>nocb_mutex");
}

TEST(Deadlock, WhoWaitsForOneThatHasEndedWaitsForEver) {
    Sequential strategy;
    const Said said = said_of(strategy, [] {
        auto& mutex = sim::world().arena().make<Mutex>();
        mutex.init("barrier_mutex", -1);
        task(0, [&] { mutex.lock(); });
        task(1, [&] { mutex.lock(); });
    });
    EXPECT_EQ(said.fault,
              "deadlock: task[1] waits for barrier_mutex and so for task[0], which has ended");
}

// A softirq waits for a lock whose holder waits for what the interrupted task holds.
TEST(Deadlock, WhoIsInterruptedCannotGoOn) {
    Prefer strategy({softirq_of(0)});
    const Said said = said_of(strategy, [] {
        RawSpinlock& inner = make_lock("inner", 0);
        static RawSpinlock* outer;
        outer = &make_lock("outer", 1);
        static kernel::SoftirqWork work;
        work = {};
        work.fn = [](void*) {
            step('s');
            raw_spin_lock(*outer);
        };
        task(1, [&] {
            raw_spin_lock(*outer);
            while (told.empty()) sim::world().yield(sim::Site::current());
            raw_spin_lock(inner);
        });
        task(0, [&] {
            raw_spin_lock(inner);
            while (!outer->is_locked()) sim::world().yield(sim::Site::current());
            queue_softirq_work(work);
        });
    });
    EXPECT_EQ(said.cause, "softirq>outer>task>inner>task");
}

}  // namespace
}  // namespace rcufuzz::oracle
