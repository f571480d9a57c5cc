// SPDX-License-Identifier: GPL-2.0-or-later
//
// The loop: whom the strategy is asked about and when, the clock, the beginning and end of a run.
// What CPUs do with interrupts: machine_test.cpp.
#include "core/sim/world.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "core/sim/test_machine.h"

namespace rcufuzz::sim {
namespace {

using test::Answers;
using test::AtRandom;
using test::EveryRun;
using test::NeverAsked;
using test::Prefer;
using test::Ran;
using test::run;
using test::Sequential;
using test::spawn;
using test::step;
using test::steps;
using test::told;
using test::without_ticks;

constexpr unsigned run_of(unsigned cpu) { return actor(Act::run, cpu); }

// Three CPUs, three steps each.
void three_walkers() {
    spawn(0, [] { steps("aaa"); });
    spawn(1, [] { steps("bbb"); });
    spawn(2, [] { steps("ccc"); });
}

// --- order --------------------------------------------------------------------------------------

TEST(Order, AllZeroIsThePlainSequentialRun) {
    Sequential asked;
    NeverAsked never;
    for (Strategy* strategy : {static_cast<Strategy*>(&asked), static_cast<Strategy*>(&never)}) {
        const Ran ran = run(3, *strategy, three_walkers);
        EXPECT_EQ(ran.told, "aaabbbccc");
        EXPECT_TRUE(ran.quiescent);
        EXPECT_EQ(ran.passed(), 0u);
        EXPECT_EQ(ran.points, 9u);
    }
}

TEST(Order, TheStrategyChoosesAtAPoint) {
    Answers strategy(
        [](const Choice& choice) { return told == "aa" ? choice.answer_for(run_of(2)) : 0; });
    // cpu2 goes on until it is done; then the next upwards, around the end.
    EXPECT_EQ(run(3, strategy, three_walkers).told, "aacccabbb");
}

TEST(Order, AnAnswerOfZeroAtAPointIsToGoOn) {
    bool asked = false;
    Answers strategy([&](const Choice& choice) {
        if (choice.kind != ChoiceKind::schedule) return 0u;
        asked = true;
        EXPECT_EQ(choice.first, run_of(choice.key / slots_per_cpu));
        EXPECT_EQ(choice.count, 1 + static_cast<unsigned>(std::popcount(choice.others)));
        EXPECT_EQ(choice.others & actor_bit(choice.first), 0u);
        return 0u;
    });
    run(3, strategy, three_walkers);
    EXPECT_TRUE(asked);
}

TEST(Order, NobodyIsAskedWhereThereIsNoChoice) {
    unsigned questions = 0;
    Answers strategy([&](const Choice&) { return ++questions, 0u; });
    run(1, strategy, [] { spawn(0, [] { steps("aaaa"); }); });
    EXPECT_EQ(questions, 0u);
}

TEST(Order, ContextsRunBeforeInterruptsAndTheseBeforeTime) {
    std::vector<unsigned> firsts;
    Answers strategy([&](const Choice& choice) {
        firsts.push_back(choice.first);
        return 0u;
    });
    const Limits one_tick{.points = 20000, .free_jiffies = 1};
    const Ran ran = run(
        2, strategy,
        [] {
            spawn(1, [] { steps("b"); });
            world().raise_irq(0, test::make_irq([] { steps("i"); }));
        },
        one_tick);
    EXPECT_EQ(ran.told, "bi");
    ASSERT_FALSE(firsts.empty());
    EXPECT_EQ(firsts.front(), run_of(1));
    EXPECT_EQ(ran.passed(), 0u) << "time goes on by itself only when somebody waits for it";
}

// All orders of two times two steps are reached, and each is reached once: answers mean something.
TEST(Order, EveryInterleavingHasItsAnswers) {
    EveryRun strategy(100);
    std::multiset<std::string> stories;
    do {
        stories.insert(run(2, strategy, [] {
                           spawn(0, [] { steps("aa"); });
                           spawn(1, [] { steps("bb"); });
                       }).told);
    } while (strategy.next());
    const std::set<std::string> different(stories.begin(), stories.end());
    EXPECT_THAT(different, testing::ElementsAre("aabb", "abab", "abba", "baab", "baba", "bbaa"));
}

TEST(Order, PointsAreGrantedInAdvance) {
    struct Patient final : Strategy {
        unsigned questions = 0;
        std::uint32_t choose(const Choice& choice) override {
            if (choice.kind == ChoiceKind::schedule) ++questions;
            return 0;
        }
        std::uint32_t points_until_choice(ContextKey, std::uint32_t) override { return 3; }
    } strategy;
    run(2, strategy, [] {
        spawn(0, [] { steps("aaaaaaaaa"); });
        spawn(1, [] {});
    });
    EXPECT_EQ(strategy.questions, 3u);
}

TEST(Order, AStrategyMayAskForEveryPointOnceAndForAll) {
    struct Eager final : Strategy {
        unsigned questions = 0;
        std::uint32_t choose(const Choice& choice) override {
            if (choice.kind == ChoiceKind::schedule) ++questions;
            return 0;
        }
        std::uint32_t points_until_choice(ContextKey, std::uint32_t) override { return never_ask; }
        bool asks_at_every_point() const override { return true; }
    } strategy;
    run(2, strategy, [] {
        spawn(0, [] { steps("aaaaaaaaa"); });
        spawn(1, [] {});
    });
    EXPECT_EQ(strategy.questions, 9u);
}

TEST(Order, ANewActorEndsTheGrantOfAStrategyThatWantsToKnow) {
    struct Curious final : Strategy {
        std::vector<std::uint32_t> asked_at;
        std::uint32_t choose(const Choice& choice) override {
            if (choice.kind == ChoiceKind::schedule) asked_at.push_back(choice.ordinal);
            return 0;
        }
        std::uint32_t points_until_choice(ContextKey, std::uint32_t) override { return never_ask; }
        bool asks_on_new_actor() const override { return true; }
    } strategy;
    const auto run_it = [&] {
        strategy.asked_at.clear();
        run(2, strategy, [] {
            spawn(0, [] {
                steps("aaa");
                world().raise_irq(1, test::make_irq([] {}));
                steps("aaa");
            });
        });
    };
    run_it();
    EXPECT_THAT(strategy.asked_at, testing::ElementsAre(4));
    world().watchers().set_access_sink([](void*, const Context&) {}, nullptr);
    run_it();
    world().watchers().set_access_sink(nullptr, nullptr);
    EXPECT_THAT(strategy.asked_at, testing::ElementsAre(4)) << "where accesses are watched";
}

// In the order in which they are made, whoever grants points, and only those of objects.
TEST(Accesses, AreToldAsTheyAreMade) {
    // cpu0 stands before its first access while cpu1 makes all of its own.
    Answers strategy([](const Choice& choice) -> std::uint32_t {
        return choice.key == context_key(0, Slot::task) && choice.ordinal == 2 ? 1 : 0;
    });
    std::vector<std::pair<unsigned, AccessKind>> accesses;
    const auto sink = [](void* to, const Context& who) {
        static_cast<decltype(accesses)*>(to)->emplace_back(who.cpu, who.pending.kind);
    };
    world().watchers().set_access_sink(sink, &accesses);
    run(2, strategy, [] {
        const ObjectId object = world().names().add("x");
        for (unsigned cpu = 0; cpu < 2; ++cpu)
            spawn(cpu, [object] {
                step('a');
                world().point({object, AccessKind::read}, Site::current());
                world().point({object, AccessKind::write}, Site::current());
            });
    });
    world().watchers().set_access_sink(nullptr, nullptr);
    using enum AccessKind;
    EXPECT_THAT(accesses, testing::ElementsAre(std::pair{1u, read}, std::pair{1u, write},
                                               std::pair{0u, read}, std::pair{0u, write}));
}

// --- blocking -----------------------------------------------------------------------------------

TEST(Blocking, ASleeperGoesOnWhenItIsWoken) {
    Sequential strategy;
    const Ran ran = run(2, strategy, [] {
        Context& sleeper = spawn(0, [] {
            step('a');
            world().block(ContextState::sleeping, 0, Site::current());
            step('c');
        });
        spawn(1, [&sleeper] {
            step('b');
            world().unblock(sleeper);
            step('d');
        });
    });
    EXPECT_EQ(ran.told, "abdc");
    EXPECT_TRUE(ran.quiescent);
}

TEST(Blocking, ASleepersCpuGoesToTheNextTask) {
    Sequential strategy;
    const Ran ran = run(1, strategy, [] {
        Context& sleeper = spawn(0, [] {
            step('a');
            world().block(ContextState::sleeping, 0, Site::current());
            step('d');
        });
        spawn(0, [&sleeper] {
            step('b');
            world().unblock(sleeper);
            step('c');
        });
    });
    EXPECT_EQ(ran.told, "abcd");
}

TEST(Blocking, ASpinnerKeepsItsCpu) {
    Sequential strategy;
    const Ran ran = run(2, strategy, [] {
        Context& spinner = spawn(0, [] {
            step('a');
            world().block(ContextState::spinning, 0, Site::current());
            step('c');
        });
        spawn(0, [] { step('d'); });
        spawn(1, [&spinner] {
            step('b');
            world().unblock(spinner);
        });
    });
    EXPECT_EQ(ran.told, "abcd");
}

TEST(Blocking, WakingWhoIsAwakeDoesNothing) {
    Sequential strategy;
    const Ran ran = run(2, strategy, [] {
        Context& other = spawn(1, [] { steps("bb"); });
        spawn(0, [&other] {
            world().unblock(other);
            world().unblock(world().current());
            step('a');
        });
    });
    EXPECT_EQ(ran.told, "abb");
    EXPECT_TRUE(ran.quiescent);
}

TEST(Blocking, TheRunIsQuiescentWhenNobodyCanAct) {
    Sequential strategy;
    ContextState at_end = ContextState::unused;
    const Ran ran = run(
        2, strategy,
        [] {
            spawn(0, [] { world().block(ContextState::sleeping, 0, Site::current()); });
            spawn(1, [] { step('b'); });
        },
        without_ticks(), [&] { at_end = world().context(context_key(0, Slot::task)).state; });
    EXPECT_TRUE(ran.quiescent) << "whether that is a fault is for the oracles to say";
    EXPECT_EQ(ran.verdict, Verdict::clean);
    EXPECT_EQ(at_end, ContextState::sleeping);
}

TEST(Blocking, ARunGoesOnAfterQuiescence) {
    Sequential strategy;
    std::string first;
    const Ran ran = run(
        1, strategy, [] { spawn(0, [] { step('a'); }); }, without_ticks(),
        [&] {
            first = told;
            world().raise_irq(0, test::make_irq([] { step('t'); }));
            EXPECT_TRUE(world().run_to_quiescence());
            first += told;
        });
    EXPECT_EQ(first, "aat");
}

// --- giving way ---------------------------------------------------------------------------------

TEST(Yield, GivesWay) {
    Sequential strategy;
    const Ran ran = run(2, strategy, [] {
        spawn(0, [] {
            step('a');
            world().yield(Site::current());
            step('c');
        });
        spawn(1, [] { step('b'); });
    });
    EXPECT_EQ(ran.told, "abc");
}

TEST(Yield, OfALoneContextGoesOn) {
    Sequential strategy;
    const Ran ran = run(1, strategy,
                        [] {
                            spawn(0, [] {
                                for (int i = 0; i < 3; ++i) {
                                    world().yield(Site::current());
                                    step('a');
                                }
                            });
                        },
                        {.points = 20000, .free_jiffies = 8});
    EXPECT_EQ(ran.told, "aaa");
    EXPECT_EQ(ran.passed(), 0u) << "nobody waits for time";
}

TEST(Yield, LetsTimePassWhereATimerIsArmed) {
    Sequential strategy;
    const Ran ran = run(1, strategy, [] {
        world().set_softirq_body([](void*) {
            world().set_expiry(0, no_expiry);
            told += 's';
        });
        spawn(0, [] {
            world().set_expiry(0, world().jiffies() + 3);
            while (told.empty()) {
                step('.');
                told.clear();
                world().yield(Site::current());
            }
        });
    });
    EXPECT_EQ(ran.told, "s");
    EXPECT_EQ(ran.passed(), 3u);
}

// --- the clock ----------------------------------------------------------------------------------

TEST(Clock, AdvancesByChoiceOnlySoOften) {
    Prefer strategy({actor_time});
    const Ran ran = run(1, strategy, [] { spawn(0, [] { steps(std::string(50, 'a')); }); },
                        {.points = 20000, .free_jiffies = 5});
    EXPECT_EQ(ran.passed(), 5u);
    EXPECT_EQ(ran.told, std::string(50, 'a'));
}

TEST(Clock, AdvancesForAsLongAsATimerIsAhead) {
    // No free jiffies, and yet the timer's expiry is reached, late as it is; then no further.
    Prefer strategy({actor_time});
    const Ran ran = run(1, strategy, [] {
        world().set_softirq_body([](void*) {
            told += static_cast<char>('0' + world().jiffies() - 100);
            world().set_expiry(0, no_expiry);
        });
        world().set_expiry(0, world().jiffies() + 7);
    });
    EXPECT_EQ(ran.told, "7");
    EXPECT_EQ(ran.passed(), 7u);
}

// --- data choices -------------------------------------------------------------------------------

TEST(Data, AreAskedWithTheirNumberAndCount) {
    Answers strategy([](const Choice& choice) {
        if (choice.kind != ChoiceKind::data) return 0u;
        EXPECT_EQ(choice.what, 7);
        EXPECT_EQ(choice.count, 5u);
        return 3u;
    });
    const Ran ran = run(1, strategy, [] {
        EXPECT_EQ(world().choose(7, 5, Site::current()), 0u) << "outside a run nothing is chosen";
        spawn(0, [] {
            test::point();
            told += std::to_string(world().choose(7, 5, Site::current()));
            told += std::to_string(world().choose(7, 1, Site::current()));
        });
    });
    EXPECT_EQ(ran.told, "30");
}

TEST(DataDeathTest, AnAnswerOutOfRangeIsOurFault) {
    EXPECT_EXIT(
        {
            Answers strategy([](const Choice& choice) { return choice.count; });
            run(2, strategy, three_walkers);
        },
        testing::ExitedWithCode(70), "answer < count");
}

}  // namespace
}  // namespace rcufuzz::sim
