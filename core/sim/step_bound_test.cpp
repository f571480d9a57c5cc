// SPDX-License-Identifier: GPL-2.0-or-later
//
// The step bound, and that the scheduler is fair below it.
#include <gtest/gtest.h>

#include <array>

#include "core/base/effort_test.h"
#include "core/sim/test_machine.h"
#include "core/sim/world.h"

namespace rcufuzz::sim {
namespace {

using test::Answers;
using test::AtRandom;
using test::NeverAsked;
using test::Ran;
using test::run;
using test::Sequential;
using test::spawn;
using test::steps;

TEST(StepBound, AnEndlessLoopIsALivelock) {
    for (const std::uint32_t patience : {1u, 100u}) {
        AtRandom strategy(1, patience);
        const Ran ran = run(1, strategy,
                            [] {
                                spawn(0, [] {
                                    for (;;) test::point();
                                });
                            },
                            {.points = 3000, .free_jiffies = 0});
        EXPECT_FALSE(ran.quiescent);
        EXPECT_EQ(ran.verdict, Verdict::livelock);
        EXPECT_LE(ran.points, 3000u + 64u);
    }
}

// Counts how often it was asked.
class Counting final : public Strategy {
   public:
    std::uint32_t choose(const Choice&) override {
        ++asked;
        return 0;
    }
    std::uint32_t points_until_choice(ContextKey, std::uint32_t) override { return 1; }

    unsigned asked = 0;
};

TEST(StepBound, AStrategyIsAskedInTheFreePointsOnly) {
    for (const std::uint64_t free : {0u, 200u}) {
        Counting strategy;
        run(2, strategy,
            [] {
                for (const unsigned cpu : {0u, 1u})
                    spawn(cpu, [] {
                        for (;;) test::point();
                    });
            },
            {.points = 3000, .free_points = free, .free_jiffies = 0});
        const unsigned expected = free == 0 ? 1500 : 200;
        EXPECT_NEAR(strategy.asked, expected, 10) << "half of all, if nothing is said";
    }
}

// Spinners that wait for each other and give way in between, as cpu_relax() loops do.
void two_that_give_way(bool with_points) {
    static unsigned rounds;
    rounds = 0;
    for (const unsigned cpu : {0u, 1u})
        spawn(cpu, [with_points] {
            while (++rounds < 200'000) {  // the test must end though the run does not
                if (with_points) test::point();
                world().yield(Site::current());
            }
        });
}

TEST(StepBound, ContextsThatOnlyGiveWayAreALivelockToo) {
    NeverAsked never;
    Sequential asked;
    for (const bool with_points : {true, false})
        for (Strategy* strategy : {static_cast<Strategy*>(&asked), static_cast<Strategy*>(&never)})
            EXPECT_EQ(run(2, *strategy, [&] { two_that_give_way(with_points); },
                          {.points = 3000, .free_jiffies = 0})
                          .verdict,
                      Verdict::livelock)
                << "with points: " << with_points << ", asked: " << (strategy == &asked);
}

// Two tasks that wake each other and go to sleep: no turn is long, and there is no end to them.
void two_that_wake_each_other() {
    static unsigned rounds;
    static std::array<Context*, 2> tasks;
    rounds = 0;
    for (const unsigned cpu : {0u, 1u})
        tasks[cpu] = &spawn(cpu, [cpu] {
            while (++rounds < 200'000) {  // the test must end though the run does not
                test::point();
                world().unblock(*tasks[1 - cpu]);
                world().block(ContextState::sleeping, 0, Site::current());
            }
        });
}

TEST(StepBound, TasksThatWakeEachOtherForEverAreALivelockToo) {
    NeverAsked never;
    Sequential asked;
    for (Strategy* strategy : {static_cast<Strategy*>(&asked), static_cast<Strategy*>(&never)})
        EXPECT_EQ(run(2, *strategy, two_that_wake_each_other, {.points = 3000, .free_jiffies = 0})
                      .verdict,
                  Verdict::livelock)
            << "asked: " << (strategy == &asked);
}

// As a timer does that always arms itself again.
TEST(StepBound, ASoftirqThatComesForEverIsALivelockToo) {
    NeverAsked never;
    Sequential asked;
    for (Strategy* strategy : {static_cast<Strategy*>(&asked), static_cast<Strategy*>(&never)}) {
        static unsigned rounds;
        rounds = 0;
        const Ran ran = run(1, *strategy,
                            [] {
                                world().set_softirq_body([](void*) {
                                    test::point();
                                    const bool more = ++rounds < 200'000;
                                    world().set_expiry(0, more ? world().jiffies() + 1 : no_expiry);
                                });
                                world().set_expiry(0, world().jiffies() + 1);
                            },
                            {.points = 3000, .free_jiffies = 0});
        EXPECT_EQ(ran.verdict, Verdict::livelock) << "asked: " << (strategy == &asked);
    }
}

// A loop of nothing but data choices, as one that loads again and again under weak memory.
TEST(StepBound, DataChoicesAreBoundedToo) {
    Sequential strategy;
    static unsigned rounds;
    rounds = 0;
    const Ran ran = run(1, strategy,
                        [] {
                            spawn(0, [] {
                                while (++rounds < 200'000)  // the test must end
                                    world().choose(1, 2, Site::current());
                            });
                        },
                        {.points = 3000, .free_jiffies = 0});
    EXPECT_EQ(ran.verdict, Verdict::livelock);
    EXPECT_LE(ran.points, 3000u + 64u);
}

TEST(StepBound, WhoNeverGivesWayCannotStarveOthers) {
    for (const std::uint32_t seed : {0u, 1u, 2u}) {
        NeverAsked never;
        AtRandom random(seed, 1000);
        for (Strategy* strategy :
             {static_cast<Strategy*>(&never), static_cast<Strategy*>(&random)}) {
            static bool released;
            released = false;
            const Ran ran = run(3, *strategy, [] {
                for (const unsigned cpu : {0u, 1u})
                    spawn(cpu, [] {
                        while (!released) test::point();
                    });
                spawn(2, [] {
                    steps("cccc");
                    released = true;
                });
            });
            EXPECT_EQ(ran.verdict, Verdict::clean);
            EXPECT_EQ(ran.told, "cccc");
        }
    }
}

// Two that spin side by side, and a third context without which neither goes on: it starts as an
// interrupt, an NMI, a softirq, another task of a CPU, or when the clock has gone on.
void spin_until(const bool& released, bool with_points) {
    for (const unsigned cpu : {0u, 1u})
        spawn(cpu, [&released, with_points] {
            while (!released) {
                if (with_points) test::point();
                world().yield(Site::current());
            }
        });
}

// A loop that enables interrupts for four of so many points.
TEST(StepBound, NoRhythmKeepsAnInterruptOut) {
    static bool released;
    static int period;
    for (period = 8; period <= 200; ++period) {
        NeverAsked never;
        const Ran ran = run(1, never,
                            [] {
                                released = false;
                                world().raise_irq(0, test::make_irq([] { released = true; }));
                                spawn(0, [] {
                                    for (int rounds = 0; !released && rounds < 20'000; ++rounds) {
                                        world().set_irqs(false);
                                        for (int i = 4; i < period; ++i) test::point();
                                        world().set_irqs(true);
                                        for (int i = 0; i < 4; ++i) test::point();
                                    }
                                });
                            },
                            {.points = 40'000, .free_points = 100, .free_jiffies = 0});
        EXPECT_EQ(ran.verdict, Verdict::clean) << period;
    }
}

TEST(StepBound, SpinnersSideBySideKeepNobodyOut) {
    static bool released;
    const std::array<test::Body, 5> releases{
        [] { world().raise_irq(0, test::make_irq([] { released = true; })); },
        [] { world().raise_nmi(1, test::make_irq([] { released = true; })); },
        [] {
            world().set_softirq_body([](void*) {
                world().this_cpu().softirq_pending = 0;
                released = true;
            });
            world().cpu(1).softirq_pending = 1;
            world().refresh(1);
        },
        [] {
            spawn(1, [] { released = true; });
            world().refresh(1);
        },
        [] {
            world().set_softirq_body([](void*) {
                world().set_expiry(0, no_expiry);
                released = true;
            });
            world().set_expiry(0, world().jiffies() + 5);
        }};
    for (std::size_t i = 0; i < releases.size(); ++i)
        for (const bool with_points : {false, true}) {
            NeverAsked never;
            const Ran ran = run(2, never,
                                [&] {
                                    released = false;
                                    spin_until(released, with_points);
                                    releases[i]();
                                },
                                {.points = 3000, .free_jiffies = 0});
            EXPECT_EQ(ran.verdict, Verdict::clean) << i << ", with points: " << with_points;
            EXPECT_LT(ran.points, 300u) << i << ": not only at the fair end";
        }
}

TEST(StepBound, StrategiesAreNotAskedInTheSecondHalf) {
    std::uint64_t last = 0;
    Answers strategy([&](const Choice&) {
        last = world().points();
        return 0u;
    });
    run(2, strategy,
        [] {
            spawn(0, [] {
                for (;;) test::point();
            });
            spawn(1, [] {
                for (;;) test::point();
            });
        },
        {.points = 4000, .free_jiffies = 0});
    EXPECT_GT(last, 1000u);
    EXPECT_LE(last, 2000u);
}

// CPUs that do nothing but tick would come to no work, however many jiffies went by.
TEST(StepBound, JiffiesAreLongWhereEverybodyHasHisTurn) {
    static sim::Jiffies before, jiffies;
    NeverAsked never;
    run(2, never,
        [] {
            world().set_softirq_body([](void*) {
                world().set_expiry(world().current().cpu, world().jiffies() + 1);
                test::point();
            });
            world().set_expiry(1, 101);
            spawn(0, [] {
                for (unsigned i = 0; i < 3500; ++i) {
                    if (i == 2100) before = world().jiffies();
                    test::point();
                }
                jiffies = world().jiffies() - before;
            });
        },
        {.points = 4000, .free_jiffies = 0});
    EXPECT_GE(jiffies, 2u);
    EXPECT_LE(jiffies, 4u);
}

// Tasks that go to sleep and are woken without a rule, on four of five CPUs, and interrupts beside
// them. The task on the fifth always runs: it has its turn again and again, whatever the rhythm of
// the others is.
struct Rhythm {
    std::uint32_t state;
    std::array<Context*, 5> tasks;
    unsigned fifth;    // the CPU of the one that always runs
    unsigned others;   // turns of others since its last one
    unsigned longest;  // most of them at a time
    unsigned turns;    // of all
    unsigned next(unsigned n) { return (state = state * 1664525 + 1013904223) / 65536 % n; }
};
Rhythm rhythm;

void play(unsigned cpu) {
    while (++rhythm.turns < 1300) {
        if (rhythm.turns < 1100) rhythm.others = 0;  // the strategy is still asked
        rhythm.others = cpu == rhythm.fifth ? 0 : rhythm.others + 1;
        rhythm.longest = std::max(rhythm.longest, rhythm.others);
        Context& other = *rhythm.tasks[rhythm.next(5)];
        if (other.state == ContextState::sleeping) world().unblock(other);
        if (rhythm.next(4) == 0) world().raise_irq(rhythm.next(5), test::make_irq([] {}));
        if (cpu != rhythm.fifth && rhythm.next(3) == 0)
            world().block(ContextState::sleeping, 0, Site::current());
        world().yield(Site::current());
    }
    for (Context* task : rhythm.tasks)
        if (task->state == ContextState::sleeping) world().unblock(*task);
}

TEST(StepBound, NoRhythmKeepsSomebodyOut) {
    for (std::uint32_t seed = 0; seed < effort(200u); ++seed) {
        NeverAsked never;
        rhythm = {seed, {}, seed % 5, 0, 0, 0};
        run(5, never,
            [] {
                for (unsigned cpu = 0; cpu < 5; ++cpu)
                    rhythm.tasks[cpu] = &spawn(cpu, [cpu] { play(cpu); });
            },
            {.points = 2200, .free_jiffies = 0});
        EXPECT_GE(rhythm.turns, 1300u) << seed;
        EXPECT_LE(rhythm.longest, 4u) << seed;
    }
}

}  // namespace
}  // namespace rcufuzz::sim
