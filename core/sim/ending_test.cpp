// SPDX-License-Identifier: GPL-2.0-or-later
//
// How runs end: with a verdict, or at rest, or given up by the strategy. Contexts are left where
// they stand, whichever it was.
#include <gtest/gtest.h>

#include "core/sim/test_machine.h"
#include "core/sim/world.h"

namespace rcufuzz::sim {
namespace {

using test::Ran;
using test::run;
using test::Sequential;
using test::spawn;
using test::step;
using test::steps;
using test::told;
using test::without_ticks;

// --- verdicts -----------------------------------------------------------------------------------

struct Farewell {
    char letter;
    ~Farewell() { told += letter; }
};

TEST(Fail, EndsTheRunAtOnce) {
    Sequential strategy;
    unsigned line = 0;
    const Ran ran = run(2, strategy, [&line] {
        spawn(0, [&line] {
            step('a');
            const Site here = Site::current();
            line = here.line();
            world().fail(Verdict::order_violated, "because", here);
        });
        spawn(1, [] { step('b'); });
    });
    EXPECT_FALSE(ran.quiescent);
    EXPECT_EQ(ran.verdict, Verdict::order_violated);
    EXPECT_EQ(ran.detail, "because");
    EXPECT_EQ(ran.line, line);
    EXPECT_EQ(ran.told, "a");
}

TEST(Fail, GivesUpWhateverAllContextsWereIn) {
    test::Prefer strategy({actor(Act::nmi, 2), actor(Act::irq, 2), actor(Act::softirq, 2)});
    run(
        4, strategy,
        [] {
            World& w = world();
            w.set_softirq_body([](void*) {
                const Farewell softirq{'s'};
                world().this_cpu().softirq_pending = 0;
                world().raise_irq(2, test::make_irq([] {
                                      const Farewell hardirq{'h'};
                                      world().raise_nmi(2, test::make_irq([] {
                                                            const Farewell nmi{'n'};
                                                            world().fail(Verdict::data_race, "",
                                                                         Site::current());
                                                        }));
                                      test::point();
                                  }));
                test::point();
            });
            spawn(0, [] {
                const Farewell sleeper{'z'};
                world().block(ContextState::sleeping, 0, Site::current());
            });
            spawn(1, [] {
                const Farewell spinner{'l'};
                world().block(ContextState::spinning, 0, Site::current());
            });
            spawn(2, [] {
                const Farewell task{'t'};
                world().this_cpu().softirq_pending = 1;
                world().refresh(2);
                test::point();
            });
            spawn(3, [] { const Farewell never_began{'x'}; });
        },
        without_ticks(), [] { told.clear(); });
    EXPECT_EQ(told, "") << "no destructor runs";
    EXPECT_EQ(world().findings().result().verdict, Verdict::data_race);
    Sequential after;
    EXPECT_EQ(run(4, after, [] { spawn(2, [] { step('d'); }); }).told, "d");
}

TEST(Fail, TheFirstFindingStands) {
    Sequential strategy;
    const Ran ran = run(
        1, strategy, [] { spawn(0, [] { step('a'); }); }, without_ticks(),
        [] {
            world().findings().note(Verdict::deadlock, "first", Site::current());
            world().findings().note(Verdict::livelock, "second", Site::current());
        });
    EXPECT_EQ(ran.verdict, Verdict::deadlock);
    EXPECT_EQ(ran.detail, "first");
}

TEST(Fail, AnInvariantGivesWayToAConsequence) {
    Sequential strategy;
    const auto suspect = [] {
        world().findings().suspect(Verdict::invariant, "I1", Site::current());
        world().findings().suspect(Verdict::invariant, "I2", Site::current());
    };
    const Ran alone = run(1, strategy, [&] { spawn(0, suspect); });
    EXPECT_TRUE(alone.quiescent) << "the run goes on";
    EXPECT_EQ(alone.verdict, Verdict::invariant);
    EXPECT_EQ(alone.detail, "I1");
    const Ran both = run(
        1, strategy, [&] { spawn(0, suspect); }, without_ticks(),
        [] { world().findings().note(Verdict::stranded_callback, "a", Site::current()); });
    EXPECT_EQ(both.verdict, Verdict::stranded_callback);
    EXPECT_EQ(run(1, strategy, [] {}).verdict, Verdict::clean) << "and is forgotten";
}

TEST(Fail, OracleOutsideAContextEndsTheRunThatFollows) {
    Sequential strategy;
    const Ran ran = run(1, strategy, [] {
        world().findings().note(Verdict::deadlock, "before the first step", Site::current());
        spawn(0, [] { step('a'); });
    });
    EXPECT_FALSE(ran.quiescent);
    EXPECT_EQ(ran.told, "");
}

// --- the end of a run ---------------------------------------------------------------------------

TEST(Finish, LeavesEveryContextWhereItStands) {
    Sequential strategy;
    for (int i = 0; i < 3; ++i) {
        const Ran ran = run(2, strategy, [] {
            spawn(0, [] {
                const Farewell never{'u'};
                for (;;) {
                    step('k');
                    world().block(ContextState::sleeping, 0, Site::current());
                }
            });
        });
        EXPECT_TRUE(ran.quiescent);
        EXPECT_EQ(told, "k");
    }
}

// Abandons each run at the third choice.
class Abandoning final : public Strategy {
   public:
    void begin(const World&) override { choices_ = 0; }
    std::uint32_t choose(const Choice&) override { return ++choices_ == 3 ? abandon_run : 0; }

   private:
    unsigned choices_ = 0;
};

TEST(Finish, GivesUpWhateverAnAbandonedRunWasIn) {
    for (int i = 0; i < 3; ++i) {
        Abandoning strategy;
        const Ran ran = run(2, strategy, [] {
            spawn(0, [] {
                const Farewell unwound{'u'};
                step('a');
                step('b');
            });
            spawn(1, [] { step('c'); });
        });
        EXPECT_FALSE(ran.quiescent);
        EXPECT_EQ(ran.verdict, Verdict::clean);
        EXPECT_EQ(told, "a");
    }
    Sequential strategy;
    EXPECT_EQ(run(2, strategy, [] { spawn(0, [] { step('d'); }); }).told, "d");
}

TEST(Finish, TheStrategyHearsOfBothEnds) {
    struct Listens final : Strategy {
        std::string heard;
        void begin(const World& w) override { heard += w.points() == 0 ? 'b' : '?'; }
        std::uint32_t choose(const Choice&) override { return 0; }
        void end(std::uint64_t points) override { heard += std::to_string(points); }
    } strategy;
    run(1, strategy, [] { spawn(0, [] { steps("aaa"); }); });
    run(1, strategy,
        [] { spawn(0, [] { world().fail(Verdict::deadlock, "", Site::current()); }); });
    EXPECT_EQ(strategy.heard, "b3b0");
}

}  // namespace
}  // namespace rcufuzz::sim
