// SPDX-License-Identifier: GPL-2.0-or-later
//
// Tasks that share a CPU, and when one of them may be made to give way.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <set>

#include "core/sim/test_machine.h"
#include "core/sim/world.h"

namespace rcufuzz::sim {
namespace {

using test::Answers;
using test::EveryRun;
using test::irq0;
using test::make_irq;
using test::Prefer;
using test::Ran;
using test::resched0;
using test::run;
using test::Sequential;
using test::spawn;
using test::steps;
using test::told;

TEST(Preemption, HappensWhereTheStrategySaysSo) {
    constexpr ContextKey a = context_key(0, Slot::task);
    constexpr ContextKey b = context_key(0, Slot::task2);
    Answers strategy([](const Choice& choice) {
        const bool now = (told == "a" && choice.key == a) || (told == "ab" && choice.key == b);
        return now ? choice.answer_for(resched0) : 0;
    });
    const Ran ran = run(1, strategy, [] {
        spawn(0, [] { steps("aaa"); });
        spawn(0, [] { steps("bbb"); });
    });
    EXPECT_EQ(ran.told, "abaabb");
}

// Each of these keeps the task on its CPU for two points.
struct Atomic {
    const char* name;
    void (*begin)();
    void (*end)();
};

constexpr std::array atomics{
    Atomic{"PreemptCount", [] { world().add_preempt_count(1); },
           [] { world().add_preempt_count(-1); }},
    Atomic{"BottomHalves", [] { world().add_bh_count(1); }, [] { world().add_bh_count(-1); }},
    Atomic{"Interrupts", [] { world().set_irqs(false); }, [] { world().set_irqs(true); }},
};

class PreemptionIsHeldBack : public testing::TestWithParam<Atomic> {};

TEST_P(PreemptionIsHeldBack, UntilTheTaskMayBePreempted) {
    Prefer strategy({resched0});
    const Ran ran = run(1, strategy, [] {
        spawn(0, [] {
            GetParam().begin();
            steps("aa");
            GetParam().end();
            steps("A");
        });
        spawn(0, [] { steps("b"); });
    });
    EXPECT_EQ(ran.told, "aabA");
}

INSTANTIATE_TEST_SUITE_P(, PreemptionIsHeldBack, testing::ValuesIn(atomics),
                         [](const auto& parameter) { return parameter.param.name; });

TEST(Preemption, DoesNotHappenInsideAnInterrupt) {
    Answers strategy([](const Choice& choice) {
        EXPECT_TRUE(told != "i" || (choice.others & actor_bit(resched0)) == 0);
        return told.empty() ? choice.answer_for(irq0) : 0;
    });
    const Ran ran = run(1, strategy, [] {
        spawn(0, [] { steps("aa"); });
        spawn(0, [] { steps("bb"); });
        world().raise_irq(0, make_irq([] { steps("ii"); }));
    });
    EXPECT_EQ(ran.told, "iiaabb");
}

TEST(Preemption, ReachesEveryTaskOfACpu) {
    EveryRun strategy(4);
    std::set<char> first;
    do {
        first.insert(run(1, strategy, [] {
                         for (const char letter : {'a', 'b', 'c'})
                             spawn(0, [letter] { steps({&letter, 1}); });
                     }).told.front());
    } while (strategy.next());
    EXPECT_THAT(first, testing::ElementsAre('a', 'b', 'c'));
}

// The second task comes while the first one sleeps; then both are ready.
TEST(Preemption, IsHeldBackOnACpuThatGetsItsSecondTaskLate) {
    for (const Atomic& atomic : atomics) {
        Prefer strategy({resched0});
        Context* first = nullptr;
        const Ran ran = run(
            1, strategy,
            [&] {
                first = &spawn(0, [] {
                    world().block(ContextState::sleeping, 0, Site::current());
                    told += 'f';
                });
            },
            test::without_ticks(),
            [&] {
                spawn(0, [&] {
                    world().unblock(*first);
                    atomic.begin();
                    steps("aa");
                    atomic.end();
                    steps("A");
                });
                world().run_to_quiescence();
            });
        EXPECT_EQ(told, "aafA") << atomic.name;
    }
}

TEST(PreemptionDeathTest, ACpuHasThreeTasksAtMost) {
    EXPECT_EXIT(
        {
            Sequential strategy;
            run(1, strategy, [] {
                for (int i = 0; i < 4; ++i) spawn(0, [] {});
            });
        },
        testing::ExitedWithCode(70), "too many tasks");
}

}  // namespace
}  // namespace rcufuzz::sim
