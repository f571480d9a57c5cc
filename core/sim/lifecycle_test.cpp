// SPDX-License-Identifier: GPL-2.0-or-later
//
// Beginning and end of runs: verdicts, what is unwound and what is stopped, that one run leaves
// nothing behind for the next, and what identifies a run.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "core/base/heap.h"
#include "core/sim/image.h"
#include "core/sim/test_machine.h"
#include "core/sim/world.h"

namespace rcufuzz::sim {
namespace {

using test::AtRandom;
using test::Ran;
using test::run;
using test::Sequential;
using test::spawn;
using test::step;
using test::steps;
using test::told;
using test::without_ticks;

// --- a program with everything that a choice can be about ----------------------------------------

struct Machine {
    Context* sleeper = nullptr;
    Context* spinner = nullptr;
    bool flag = false;
    Irq irq, nmi;
    ObjectId counter = 0;
};
Machine* machine;

void bump(AccessKind kind = AccessKind::write) {
    world().point({machine->counter, kind}, Site::current());
    world().event(EventKind::write, machine->counter, world().choose(1, 3, Site::current()), 0,
                  Site::current());
}

void on_irq(void*) {
    bump();
    world().this_cpu().softirq_pending = 1;
    world().refresh(world().current().cpu);
    bump();
}

void on_softirq(void*) {
    const unsigned number = world().current().cpu;
    world().this_cpu().softirq_pending = 0;
    world().refresh(number);
    world().set_expiry(number, no_expiry);
    bump();
    machine->flag = true;
    if (machine->sleeper != nullptr) world().unblock(*machine->sleeper);
    if (machine->spinner != nullptr) world().unblock(*machine->spinner);
}

void worker(void*) {
    World& w = world();
    bump();
    w.raise_irq((w.current().cpu + 1) % w.cpus(), machine->irq);
    w.set_irqs(false);
    bump();
    w.set_irqs(true);
    bump();
    w.raise_nmi(0, machine->nmi);
    bump();
}

void sleeper(void*) {
    World& w = world();
    machine->sleeper = &w.current();
    w.set_expiry(w.current().cpu, w.jiffies() + 2);
    while (!machine->flag)
        w.block(ContextState::sleeping, machine->counter, Site::current());
    bump();
}

void spinner(void*) {
    World& w = world();
    bump(AccessKind::read);
    machine->spinner = &w.current();
    if (!machine->flag) w.block(ContextState::spinning, machine->counter, Site::current());
    bump();
}

void relaxer(void*) {
    for (int i = 0; !machine->flag && i < 20; ++i) {
        bump(AccessKind::read);
        world().yield(Site::current());
    }
}

void daemon(void*) {
    for (;;)
        world().block(ContextState::sleeping, machine->counter, Site::current());
}

void boot_everything() {
    World& w = world();
    machine = &w.arena().make<Machine>();
    machine->counter = w.names().add("counter");
    machine->irq.handler = on_irq;
    machine->nmi.handler = [](void*) { bump(); };
    w.set_softirq_body(on_softirq);
    w.spawn(0, worker, nullptr);
    w.spawn(0, worker, nullptr);
    w.spawn(1, sleeper, nullptr);
    w.spawn(1, worker, nullptr);
    w.spawn(2, relaxer, nullptr);
    w.spawn(2, daemon, nullptr);
    w.spawn(3, spinner, nullptr);
}

Limits some_ticks() { return {.points = 20000, .free_jiffies = 3}; }

TEST(Everything, ReachesItsEndWhateverIsChosen) {
    std::set<std::uint64_t> hashes;
    for (std::uint64_t seed = 0; seed < 1000; ++seed) {
        AtRandom strategy(seed, 1 + seed % 4);
        const Ran ran = run(4, strategy, boot_everything, some_ticks());
        ASSERT_TRUE(ran.quiescent) << "seed " << seed;
        hashes.insert(ran.hash);
    }
    EXPECT_GT(hashes.size(), 900u) << "the seeds explore";
}

// --- what identifies a choice and a run ---------------------------------------------------------

class NotesPlaces final : public Strategy {
   public:
    explicit NotesPlaces(Strategy& inner) : inner_(inner) {}
    std::uint32_t choose(const Choice& choice) override {
        EXPECT_TRUE(places_.insert({choice.key, choice.ordinal}).second)
            << "two choices at " << int{choice.key} << ":" << choice.ordinal;
        EXPECT_GE(choice.count, 2u);
        kinds_.insert(choice.kind);
        return inner_.choose(choice);
    }
    const std::set<ChoiceKind>& kinds() const { return kinds_; }

   private:
    Strategy& inner_;
    std::set<std::pair<ContextKey, std::uint32_t>> places_;
    std::set<ChoiceKind> kinds_;
};

TEST(Choices, HaveAPlaceOfTheirOwn) {
    std::set<ChoiceKind> kinds;
    for (std::uint64_t seed = 0; seed < 300 && !testing::Test::HasFailure(); ++seed) {
        AtRandom random(seed, 1 + seed % 4);
        NotesPlaces strategy(random);
        run(4, strategy, boot_everything, some_ticks());
        kinds.insert(strategy.kinds().begin(), strategy.kinds().end());
    }
    EXPECT_EQ(kinds.size(), 4u) << "the program asks every kind of choice";
}

TEST(Trace, TheSameAnswersGiveTheSameRun) {
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
        AtRandom first(seed);
        AtRandom second(seed);
        const Ran a = run(4, first, boot_everything, some_ticks());
        const Ran b = run(4, second, boot_everything, some_ticks());
        ASSERT_EQ(a.hash, b.hash);
        ASSERT_EQ(a.points, b.points);
        ASSERT_EQ(a.events.size(), b.events.size());
    }
}

// A change of this number changes the identity of every recorded run: it must be deliberate.
TEST(Trace, HashIsTheSameOnEveryMachine) {
    test::Prefer strategy({actor(Act::run, 1), actor_time});
    const Ran ran = run(
        2, strategy,
        [] {
            spawn(0, [] { steps("aa"); });
            spawn(1, [] {
                world().event(EventKind::write, world().names().add("x"), -1, 2, Site::current());
                step('b');
            });
        },
        some_ticks());
    EXPECT_EQ(ran.told, "baa");
    EXPECT_EQ(ran.hash, 4432002871384587559u);
}

TEST(Trace, LevelChangesNothingButWhatIsKept) {
    std::map<TraceLevel, std::uint64_t> points;
    std::map<TraceLevel, std::uint64_t> hashes;
    for (const TraceLevel level : {TraceLevel::off, TraceLevel::hash, TraceLevel::full}) {
        AtRandom strategy(7);
        world().begin(4, strategy, level, some_ticks());
        boot_everything();
        EXPECT_TRUE(world().run_to_quiescence());
        world().finish();
        points[level] = world().points();
        hashes[level] = world().trace().hash();
        EXPECT_EQ(world().trace().events().empty(), level != TraceLevel::full);
    }
    EXPECT_EQ(points[TraceLevel::off], points[TraceLevel::full]);
    EXPECT_EQ(points[TraceLevel::hash], points[TraceLevel::full]);
    EXPECT_EQ(hashes[TraceLevel::hash], hashes[TraceLevel::full]);
}

TEST(Trace, NamesSayWhatAnEventIsAbout) {
    Sequential strategy;
    run(1, strategy, [] {
        const ObjectId a = world().names().add("gp_seq");
        const ObjectId b = world().names().add("nocb_lock", 2);
        EXPECT_NE(a, b);
        EXPECT_NE(a, 0) << "0 is no object";
        EXPECT_STREQ(world().names().of(b).text, "nocb_lock");
        EXPECT_EQ(world().names().of(b).index, 2);
        EXPECT_LT(world().names().of(a).index, 0);
    });
}

// --- the end of a run ---------------------------------------------------------------------------

TEST(Finish, LeavesNothingBehindForTheNextRun) {
    AtRandom reference_strategy(5);
    const Ran reference = run(4, reference_strategy, boot_everything, some_ticks());
    for (unsigned i = 0; i < 1000; ++i) {
        AtRandom strategy(i);
        // Fails at its i-th point or so, in whatever context that is.
        const Ran failed =
            run(4, strategy,
                [] {
                    boot_everything();
                    machine->nmi.handler = [](void*) {
                        world().fail(Verdict::lock_misuse, "on purpose", Site::current());
                    };
                },
                {.points = 30 + i % 50, .free_jiffies = 3});
        ASSERT_NE(failed.verdict, Verdict::clean);
        AtRandom again(5);
        const Ran clean = run(4, again, boot_everything, some_ticks());
        ASSERT_EQ(clean.verdict, Verdict::clean);
        ASSERT_EQ(clean.hash, reference.hash) << "after failing run " << i;
    }
}

TEST(Finish, ARunAllocatesNothingOnceWarm) {
    const auto once = [](std::uint64_t seed) {
        AtRandom strategy(seed, 1 + seed % 4);
        world().begin(4, strategy, TraceLevel::hash, some_ticks());
        boot_everything();
        const bool quiescent = world().run_to_quiescence();
        world().finish();
        return quiescent;
    };
    for (std::uint64_t seed = 0; seed < 200; ++seed) once(seed);
    if (!has_image) GTEST_SKIP() << "not counted under sanitizers";
    ASSERT_TRUE(counts_heap());
    const std::uint64_t before = heap_blocks_taken();
    for (std::uint64_t seed = 0; seed < 200; ++seed) ASSERT_TRUE(once(seed));
    EXPECT_EQ(heap_blocks_taken(), before);
    ::operator delete(::operator new(1));
    EXPECT_EQ(heap_blocks_taken(), before + 1) << "and the count counts";
}

}  // namespace
}  // namespace rcufuzz::sim
