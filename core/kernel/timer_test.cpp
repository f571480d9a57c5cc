// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/kernel/timer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "core/kernel/kernel_test.h"
#include "core/kernel/softirq.h"

namespace rcufuzz::kernel {
namespace {

using sim::actor_time;
using test::Answers;
using test::AtRandom;
using test::EveryRun;
using test::fault;
using test::make_irq;
using test::point;
using test::Prefer;
using test::Ran;
using test::run_kernel;
using test::run_of;
using test::Sequential;
using test::softirq_of;
using test::step;
using test::steps;
using test::task;
using test::told;

// A timer whose handler is a closure.
struct Timed {
    TimerList timer;
    std::function<void(TimerList&)> handler;
};

TimerList& make_timer(std::function<void(TimerList&)> handler, const char* name = "timer") {
    static std::deque<Timed> timers;  // each lives as long as the test program
    Timed& timed = timers.emplace_back();
    timed.handler = std::move(handler);
    timer_setup(
        timed.timer, [](TimerList& timer) { static_cast<Timed*>(timer.owner)->handler(timer); },
        &timed, name, -1);
    return timed.timer;
}

char digit(std::uint64_t n) { return static_cast<char>('0' + n); }

// --- when and where -----------------------------------------------------------------------------

TEST(Timer, FiresAtItsExpiryWhenNothingElseHappens) {
    Sequential strategy;
    const Ran ran = run_kernel(1, strategy, [] {
        TimerList& timer = make_timer([](TimerList&) {
            EXPECT_TRUE(in_serving_softirq());
            told += digit(jiffies() - 100);
        });
        task(0, [&timer] {
            EXPECT_FALSE(mod_timer(timer, jiffies() + 3));
            steps("aa");
        });
    });
    EXPECT_EQ(ran.told, "aa3");
    EXPECT_EQ(ran.passed(), 3u);
}

TEST(Timer, NeverFiresEarlyAndOftenLate) {
    std::set<sim::Jiffies> late_by;
    for (std::uint64_t seed = 0; seed < 300; ++seed) {
        AtRandom strategy(seed);
        bool fired = false;
        const Ran ran = run_kernel(2, strategy,
                                   [&] {
                                       TimerList& timer = make_timer([&](TimerList& self) {
                                           fired = true;
                                           EXPECT_GE(jiffies(), self.expires);
                                           late_by.insert(jiffies() - self.expires);
                                       });
                                       task(0, [&timer] {
                                           mod_timer(timer, jiffies() + 2);
                                           steps("aaaaaa");
                                       });
                                       task(1, [] { steps("bbbbbb"); });
                                   },
                                   {.points = 20000, .free_jiffies = 5});
        ASSERT_EQ(fault(ran), "");
        ASSERT_TRUE(fired);
    }
    EXPECT_GE(late_by.size(), 4u) << "up to the free jiffies";
}

TEST(Timer, FiresOnTheCpuThatArmedIt) {
    for (const unsigned arming : {0u, 1u, 2u}) {
        Sequential strategy;
        const Ran ran = run_kernel(3, strategy, [arming] {
            TimerList& timer = make_timer([](TimerList&) { told += digit(smp_processor_id()); });
            task(arming, [&timer] { mod_timer(timer, jiffies() + 1); });
        });
        EXPECT_EQ(ran.told, std::string(1, digit(arming)));
    }
}

TEST(Timer, WaitsUntilItsCpuEnablesInterrupts) {
    Prefer strategy({softirq_of(0), actor_time});
    const Ran ran = run_kernel(2, strategy,
                               [] {
                                   TimerList& timer = make_timer([](TimerList&) { step('t'); });
                                   task(0, [&timer] {
                                       local_irq_disable();
                                       mod_timer(timer, jiffies() + 1);
                                       steps("aaa");
                                       EXPECT_GE(jiffies(), timer.expires);
                                       EXPECT_TRUE(timer_pending(timer))
                                           << "due, and still on the wheel";
                                       local_irq_enable();
                                       step('b');
                                   });
                               },
                               {.points = 20000, .free_jiffies = 10});
    EXPECT_EQ(ran.told, "aaatb");
}

TEST(Timer, NeverFiresOnACpuThatKeepsThemDisabled) {
    Sequential strategy;
    const Ran ran = run_kernel(2, strategy, [] {
        TimerList& timer = make_timer([](TimerList&) { step('t'); });
        task(0, [&timer] {
            local_irq_disable();
            mod_timer(timer, jiffies() + 1);
        });
        task(1, [] { step('b'); });
    });
    EXPECT_TRUE(ran.quiescent);
    EXPECT_EQ(ran.told, "b");
}

TEST(Timer, OneInThePastIsDueAtOnce) {
    Prefer strategy({softirq_of(0)});
    const Ran ran = run_kernel(1, strategy, [] {
        TimerList& timer = make_timer([](TimerList&) { step('t'); });
        task(0, [&timer] {
            mod_timer(timer, jiffies());
            steps("aa");
        });
    });
    EXPECT_EQ(ran.told, "taa");
    EXPECT_EQ(ran.passed(), 0u);
}

TEST(Timer, FiresInTheOrderOfExpiryThenOfArming) {
    Sequential strategy;
    const Ran ran = run_kernel(1, strategy, [] {
        std::vector<TimerList*> timers;
        for (const char letter : {'a', 'b', 'c', 'd'})
            timers.push_back(&make_timer([letter](TimerList&) { step(letter); }));
        task(0, [timers] {
            mod_timer(*timers[0], jiffies() + 2);
            mod_timer(*timers[1], jiffies() + 1);
            mod_timer(*timers[2], jiffies() + 2);
            mod_timer(*timers[3], jiffies() + 1);
        });
    });
    EXPECT_EQ(ran.told, "bdac");
}

TEST(Timer, ARunEndsOnlyWhenAllHaveFired) {
    Sequential strategy;
    const Ran ran = run_kernel(1, strategy, [] {
        static int left;
        left = 3;
        TimerList& timer = make_timer([](TimerList& self) {
            step('t');
            if (--left != 0) mod_timer(self, jiffies() + 5);
        });
        task(0, [&timer] { mod_timer(timer, jiffies() + 5); });
    });
    EXPECT_EQ(ran.told, "ttt");
    EXPECT_EQ(ran.passed(), 15u);
}

TEST(Timer, IsForgottenByTheNextRun) {
    Sequential strategy;
    run_kernel(1, strategy, [] {
        TimerList& timer = make_timer([](TimerList&) { step('t'); });
        task(0, [&timer] {
            local_irq_disable();
            mod_timer(timer, jiffies() + 1);
        });
    });
    const Ran ran = run_kernel(1, strategy, [] { task(0, [] { step('a'); }); });
    EXPECT_EQ(ran.told, "a");
    EXPECT_EQ(ran.passed(), 0u);
}

// --- arming and moving --------------------------------------------------------------------------

TEST(ModTimer, TellsWhetherItWasPendingAndMovesIt) {
    Sequential strategy;
    const Ran ran = run_kernel(1, strategy, [] {
        TimerList& timer = make_timer([](TimerList&) { told += digit(jiffies() - 100); });
        task(0, [&timer] {
            EXPECT_FALSE(mod_timer(timer, jiffies() + 2));
            EXPECT_TRUE(mod_timer(timer, jiffies() + 5));
            EXPECT_TRUE(timer_pending(timer));
            EXPECT_EQ(timer.phase, TimerPhase::pending);
        });
    });
    EXPECT_EQ(ran.told, "5") << "once, at the later time";
}

TEST(ModTimer, MovesAPendingTimerToTheCallersCpu) {
    for (const bool same_expiry : {false, true}) {
        Sequential strategy;
        const Ran ran = run_kernel(2, strategy, [same_expiry] {
            TimerList& timer = make_timer([](TimerList&) { told += digit(smp_processor_id()); });
            task(0, [&timer] { mod_timer(timer, jiffies() + 2); });
            task(1, [&timer, same_expiry] {
                EXPECT_TRUE(mod_timer(timer, same_expiry ? timer.expires : timer.expires + 1));
            });
        });
        // The kernel leaves a pending timer alone that would not change.
        EXPECT_EQ(ran.told, same_expiry ? "0" : "1");
    }
}

// Runs `meddle` on CPU 1 at the moment when the timer of CPU 0 has expired and its handler has not
// begun, or in the middle of the handler.
Ran meddle_with(TimerPhase phase, void (*meddle)(TimerList&)) {
    TimerList* timer = nullptr;
    bool meddled = false;
    Answers strategy([&](const sim::Choice& choice) {
        if (timer == nullptr || meddled || timer->phase != phase) return 0u;
        return choice.answer_for(run_of(1));
    });
    return run_kernel(2, strategy, [&] {
        timer = &make_timer([](TimerList& self) {
            EXPECT_EQ(self.phase, TimerPhase::running);
            told += digit(smp_processor_id());
            steps("hh");
        });
        task(0, [&] { mod_timer(*timer, jiffies() + 1); });
        task(1, [&, phase, meddle] {
            while (timer->phase != phase) {
                point();
                sim::world().yield(Site::current());
            }
            meddled = true;
            meddle(*timer);
        });
    });
}

TEST(TimerPhases, ExpiredIsOffTheWheelAndNotYetRunning) {
    const Ran ran = meddle_with(TimerPhase::expired, [](TimerList& timer) {
        step('x');
        EXPECT_EQ(timer.phase, TimerPhase::expired);
        EXPECT_FALSE(timer_pending(timer));
        EXPECT_TRUE(timer.handler_due_or_running());
    });
    EXPECT_EQ(ran.told, "x0hh");
}

TEST(TimerPhases, ARunningTimerIsNotPending) {
    const Ran ran = meddle_with(TimerPhase::running, [](TimerList& timer) {
        EXPECT_FALSE(timer_pending(timer));
        EXPECT_EQ(timer.phase, TimerPhase::running);
        step('x');
    });
    EXPECT_EQ(ran.told, "0xhh");
}

TEST(TimerPhases, DelTimerOfAnExpiredTimerStopsNothing) {
    const Ran ran = meddle_with(TimerPhase::expired, [](TimerList& timer) {
        EXPECT_FALSE(del_timer(timer));
        EXPECT_EQ(timer.phase, TimerPhase::expired);
        step('x');
    });
    EXPECT_EQ(ran.told, "x0hh") << "the handler runs all the same";
}

TEST(TimerPhases, DelTimerOfARunningTimerWaitsForNothing) {
    const Ran ran = meddle_with(TimerPhase::running, [](TimerList& timer) {
        EXPECT_FALSE(del_timer(timer));
        EXPECT_EQ(timer.phase, TimerPhase::running);
        step('x');
    });
    EXPECT_EQ(ran.told, "0xhh");
}

TEST(TimerPhases, ModTimerOfAnExpiredOrRunningTimerKeepsItsCpu) {
    for (const TimerPhase phase : {TimerPhase::expired, TimerPhase::running}) {
        const Ran ran = meddle_with(phase, [](TimerList& timer) {
            EXPECT_FALSE(mod_timer(timer, jiffies() + 2));
            EXPECT_TRUE(timer_pending(timer)) << "again, while the handler is still due or runs";
            EXPECT_TRUE(timer.handler_due_or_running());
        });
        EXPECT_EQ(ran.told, "0hh0hh");
        EXPECT_EQ(ran.passed(), 3u);
    }
}

TEST(TimerPhases, InactivePendingAndInactiveAgain) {
    Sequential strategy;
    TimerList* timer = nullptr;
    run_kernel(1, strategy, [&] {
        timer = &make_timer([](TimerList&) {});
        EXPECT_EQ(timer->phase, TimerPhase::inactive);
        task(0, [&] {
            mod_timer(*timer, jiffies() + 1);
            EXPECT_EQ(timer->phase, TimerPhase::pending);
            EXPECT_TRUE(del_timer(*timer));
            EXPECT_EQ(timer->phase, TimerPhase::inactive);
            EXPECT_FALSE(del_timer(*timer));
            mod_timer(*timer, jiffies() + 1);
        });
    });
    EXPECT_EQ(timer->phase, TimerPhase::inactive);
}

// --- del_timer_sync() ---------------------------------------------------------------------------

TEST(DelTimerSync, WaitsForTheHandler) {
    for (const TimerPhase phase : {TimerPhase::expired, TimerPhase::running}) {
        const Ran ran = meddle_with(phase, [](TimerList& timer) {
            EXPECT_FALSE(del_timer_sync(timer));
            EXPECT_EQ(timer.phase, TimerPhase::inactive);
            step('x');
        });
        EXPECT_EQ(ran.told, "0hhx");
        EXPECT_EQ(fault(ran), "");
    }
}

TEST(DelTimerSync, StopsAPendingTimerAtOnce) {
    Sequential strategy;
    const Ran ran = run_kernel(1, strategy, [] {
        TimerList& timer = make_timer([](TimerList&) { step('t'); });
        task(0, [&timer] {
            mod_timer(timer, jiffies() + 1);
            EXPECT_TRUE(del_timer_sync(timer));
            step('a');
        });
    });
    EXPECT_EQ(ran.told, "a");
    EXPECT_EQ(ran.passed(), 0u);
}

// A handler that arms its timer again, as often as the run is long, against del_timer_sync().
void arms_itself_again(sim::Strategy& strategy) {
    bool armed = false;
    bool stopped = false;
    int rounds = 0;
    const Ran ran = run_kernel(2, strategy, [&] {
        TimerList& timer = make_timer([&](TimerList& self) {
            EXPECT_FALSE(stopped) << "the handler runs after del_timer_sync()";
            if (++rounds < 5) mod_timer(self, jiffies() + 1);
            point();
            EXPECT_FALSE(stopped) << "the handler goes on after del_timer_sync()";
        });
        task(0, [&] {
            mod_timer(timer, jiffies());
            armed = true;
        });
        task(1, [&] {
            steps("bb");
            const bool was_armed = armed;
            del_timer_sync(timer);
            stopped = was_armed;
            EXPECT_TRUE(!stopped || !timer.pending);
            EXPECT_TRUE(!stopped || !timer.handler_due_or_running());
        });
    });
    EXPECT_EQ(fault(ran), "");
}

TEST(DelTimerSync, OutlastsAHandlerThatArmsItselfAgain) {
    EveryRun strategy(3);
    do arms_itself_again(strategy);
    while (strategy.next() && !testing::Test::HasFailure());
    EXPECT_GT(strategy.runs(), 100u);
}

TEST(DelTimerSync, OfAnInterruptedHandlerWaitsForEver) {
    // In an interrupt of the CPU whose handler it waits for: the kernel forbids it for this reason.
    Prefer strategy({test::irq_of(0), softirq_of(0)});
    sim::ContextState hardirq = sim::ContextState::unused;
    run_kernel(
        1, strategy,
        [] {
            TimerList& timer = make_timer([](TimerList& self) {
                sim::world().raise_irq(0, make_irq([&self] { del_timer_sync(self); }));
                point();
            });
            task(0, [&timer] { mod_timer(timer, jiffies()); });
        },
        test::without_ticks(),
        [&] { hardirq = sim::world().context(sim::context_key(0, sim::Slot::hardirq)).state; });
    EXPECT_EQ(hardirq, sim::ContextState::spinning);
}

// --- hotplug ------------------------------------------------------------------------------------

TEST(MigrateTimers, MovesThePendingTimersOfADeadCpu) {
    Sequential strategy;
    const Ran ran = run_kernel(2, strategy, [] {
        std::vector<TimerList*> timers;
        for (int i = 0; i < 2; ++i)
            timers.push_back(&make_timer([](TimerList&) {
                told += digit(smp_processor_id());
                told += digit(jiffies() - 100);
            }));
        task(0, [timers] {
            mod_timer(*timers[0], jiffies() + 3);
            mod_timer(*timers[1], jiffies() + 1);
        });
        task(1, [] {
            migrate_timers(0);
            told += 'm';
        });
    });
    EXPECT_EQ(ran.told, "m1113");
}

}  // namespace
}  // namespace rcufuzz::kernel
