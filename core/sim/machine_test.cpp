// SPDX-License-Identifier: GPL-2.0-or-later
//
// What a CPU takes, when, and where it goes on afterwards: interrupts, softirqs, NMIs, preemption.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "core/sim/test_machine.h"
#include "core/sim/world.h"

namespace rcufuzz::sim {
namespace {

using test::Answers;
using test::EveryRun;
using test::irq0;
using test::make_irq;
using test::nmi0;
using test::Prefer;
using test::Ran;
using test::resched0;
using test::run;
using test::Sequential;
using test::softirq0;
using test::spawn;
using test::step;
using test::steps;
using test::told;

// Delivers what there is as early as it may be.
Prefer eager() { return Prefer({nmi0, irq0, softirq0, resched0}); }

void raise_softirq0() {
    world().cpu(0).softirq_pending = 1;
    world().refresh(0);
}

// The softirqs of these tests: one letter between two points.
void softirq_tells(char letter) {
    static char to_tell;
    to_tell = letter;
    world().set_softirq_body([](void*) {
        world().this_cpu().softirq_pending = 0;
        test::point();
        step(to_tell);
    });
}

// --- hardirqs -----------------------------------------------------------------------------------

TEST(Irq, IsDeliveredWhereTheStrategySaysSo) {
    for (unsigned i = 0; i <= 3; ++i) {
        const std::string when(i, 'a');
        Answers strategy(
            [&](const Choice& choice) { return told == when ? choice.answer_for(irq0) : 0; });
        const Ran ran = run(1, strategy, [] {
            world().raise_irq(0, make_irq([] { step('i'); }));
            spawn(0, [] { steps("aaa"); });
        });
        EXPECT_EQ(ran.told, i < 3 ? when + "i" + std::string(3 - i, 'a') : "aaai");
        EXPECT_TRUE(ran.quiescent);
    }
}

TEST(Irq, WaitsUntilInterruptsAreEnabled) {
    Prefer strategy = eager();
    const Ran ran = run(1, strategy, [] {
        spawn(0, [] {
            world().set_irqs(false);
            world().raise_irq(0, make_irq([] { step('i'); }));
            steps("aaa");
            world().set_irqs(true);
            steps("bb");
        });
    });
    EXPECT_EQ(ran.told, "aaaibb");
}

TEST(Irq, IsNotLostOnACpuThatNeverEnablesThem) {
    Prefer strategy = eager();
    const Ran ran = run(2, strategy, [] {
        spawn(0, [] { world().set_irqs(false); });
        spawn(1, [] { world().raise_irq(0, make_irq([] { step('i'); })); });
    });
    EXPECT_EQ(ran.told, "");
    EXPECT_TRUE(ran.quiescent) << "nobody can act any more";
}

TEST(Irq, HandlerRunsWithInterruptsDisabledAndRestoresThem) {
    Prefer strategy = eager();
    run(1, strategy, [] {
        spawn(0, [] {
            world().raise_irq(0, make_irq([] {
                                  EXPECT_FALSE(world().this_cpu().irqs_on);
                                  EXPECT_EQ(world().current().slot, Slot::hardirq);
                                  step('i');
                              }));
            step('a');
            EXPECT_TRUE(world().this_cpu().irqs_on);
        });
    });
    EXPECT_EQ(told, "ia");
}

TEST(Irq, OneSourceIsPendingOnce) {
    Sequential strategy;
    const Ran ran = run(1, strategy, [] {
        Irq& irq = make_irq([] { step('i'); });
        for (int i = 0; i < 3; ++i) world().raise_irq(0, irq);
        spawn(0, [&irq] {
            step('a');
            world().raise_irq(0, irq);
        });
    });
    EXPECT_EQ(ran.told, "ai");
}

TEST(Irq, RaisedByItsOwnHandlerComesAgain) {
    Sequential strategy;
    const Ran ran = run(1, strategy, [] {
        static Irq* irq;
        irq = &make_irq([] {
            if (told.size() < 3) world().raise_irq(0, *irq);
            step('i');
        });
        world().raise_irq(0, *irq);
    });
    EXPECT_EQ(ran.told, "iiii");
}

TEST(Irq, SourcesAreServedInTheOrderTheyCame) {
    Sequential strategy;
    const Ran ran = run(1, strategy, [] {
        for (const char letter : {'x', 'y', 'z'})
            world().raise_irq(0, make_irq([letter] { step(letter); }));
    });
    EXPECT_EQ(ran.told, "xyz");
}

TEST(Irq, WakesAnIdleCpu) {
    Sequential strategy;
    const Ran ran = run(2, strategy, [] {
        spawn(0, [] {
            step('a');
            world().raise_irq(1, make_irq([] { told += std::to_string(world().current().cpu); }));
        });
    });
    EXPECT_EQ(ran.told, "a1");
}

TEST(Irq, NestsOnceWhereAHandlerEnablesThem) {
    Prefer strategy = eager();
    const Ran ran = run(1, strategy, [] {
        const auto nested = [](char letter) {
            return [letter] {
                world().set_irqs(true);
                step(letter);
                told += static_cast<char>(letter - 'a' + 'A');
            };
        };
        for (const char letter : {'x', 'y', 'z'}) world().raise_irq(0, make_irq(nested(letter)));
    });
    // y interrupts x; z has to wait for one of them, and comes while x is on the stack.
    EXPECT_EQ(ran.told, "yYzZxX");
}

// --- softirqs -----------------------------------------------------------------------------------

TEST(Softirq, RunsOnTheWayOutOfAHardirq) {
    Sequential strategy;
    const Ran ran = run(2, strategy, [] {
        softirq_tells('s');
        world().raise_irq(0, make_irq([] {
                              raise_softirq0();
                              step('i');
                          }));
        spawn(1, [] { step('b'); });
    });
    EXPECT_EQ(ran.told, "bis");
    Prefer eager_strategy = eager();
    const Ran at_once = run(2, eager_strategy, [] {
        softirq_tells('s');
        spawn(0, [] {
            world().raise_irq(0, make_irq([] {
                                  raise_softirq0();
                                  step('i');
                              }));
            step('a');
        });
    });
    EXPECT_EQ(at_once.told, "isa") << "before the task that was interrupted";
}

TEST(Softirq, IsHeldBackWhileBottomHalvesAreDisabled) {
    Prefer strategy = eager();
    const Ran ran = run(1, strategy, [] {
        softirq_tells('s');
        spawn(0, [] {
            world().add_bh_count(1);
            world().raise_irq(0, make_irq([] {
                                  raise_softirq0();
                                  step('i');
                              }));
            steps("aa");
            world().add_bh_count(-1);
            steps("bb");
        });
    });
    EXPECT_EQ(ran.told, "iaasbb");
}

TEST(Softirq, IsHeldBackWhileInterruptsAreDisabled) {
    Prefer strategy = eager();
    const Ran ran = run(1, strategy, [] {
        softirq_tells('s');
        spawn(0, [] {
            world().set_irqs(false);
            raise_softirq0();
            steps("aa");
            world().set_irqs(true);
            steps("b");
        });
    });
    EXPECT_EQ(ran.told, "aasb");
}

TEST(Softirq, MayBeInterruptedButDoesNotNest) {
    Prefer strategy = eager();
    const Ran ran = run(1, strategy, [] {
        world().set_softirq_body([](void*) {
            world().this_cpu().softirq_pending = 0;
            EXPECT_TRUE(world().this_cpu().irqs_on);
            step('(');
            if (told.size() == 1)
                world().raise_irq(0, make_irq([] {
                                      raise_softirq0();
                                      step('i');
                                  }));
            step(')');
        });
        spawn(0, [] {
            raise_softirq0();
            step('a');
        });
    });
    EXPECT_EQ(ran.told, "(i)()a");
}

TEST(Softirq, RunsForAnExpiredTimer) {
    Answers strategy([](const Choice& choice) {
        if (told == "a") return choice.answer_for(actor_time);
        return told == "aa" ? choice.answer_for(softirq0) : 0;
    });
    const Ran ran = run(1, strategy, [] {
        world().set_softirq_body([](void*) {
            world().set_expiry(0, no_expiry);
            step('s');
        });
        spawn(0, [] {
            world().set_expiry(0, world().jiffies() + 1);
            steps("aaaa");
        });
    });
    EXPECT_EQ(ran.told, "aasaa");
}

// --- NMIs ---------------------------------------------------------------------------------------

TEST(Nmi, ComesWhateverIsDisabled) {
    Prefer strategy = eager();
    const Ran ran = run(1, strategy, [] {
        spawn(0, [] {
            world().set_irqs(false);
            world().add_bh_count(1);
            world().add_preempt_count(1);
            world().raise_nmi(0, make_irq([] {
                                  EXPECT_FALSE(world().this_cpu().irqs_on);
                                  EXPECT_EQ(world().current().slot, Slot::nmi);
                                  step('n');
                              }));
            step('a');
            EXPECT_FALSE(world().this_cpu().irqs_on);
        });
    });
    EXPECT_EQ(ran.told, "na");
}

TEST(Nmi, InterruptsAHardirqAndNestsOnce) {
    Prefer strategy = eager();
    const Ran ran = run(1, strategy, [] {
        world().raise_irq(0, make_irq([] {
                              world().raise_nmi(0, make_irq([] {
                                                    world().raise_nmi(
                                                        0, make_irq([] {
                                                            world().raise_nmi(
                                                                0, make_irq([] { step('3'); }));
                                                            step('2');
                                                        }));
                                                    step('1');
                                                }));
                              step('i');
                          }));
    });
    EXPECT_EQ(ran.told, "231i") << "the third waits for the second, not for the first";
}

TEST(Nmi, OneIsPendingAtATime) {
    Sequential strategy;
    const Ran ran = run(1, strategy, [] {
        world().raise_nmi(0, make_irq([] { step('n'); }));
        world().raise_nmi(0, make_irq([] { step('x'); }));
    });
    EXPECT_EQ(ran.told, "n");
}

}  // namespace
}  // namespace rcufuzz::sim
