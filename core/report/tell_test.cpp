// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/report/tell.h"

#include <gmock/gmock.h>

#include "core/report/effect.h"
#include "core/report/golden_test.h"
#include "core/report/interleaving.h"
#include "core/report/replay.h"
#include "core/report/sentence.h"
#include "core/run/codec.h"
#include "core/run/toy_test.h"
#include "core/sim/world.h"

namespace rcufuzz::report {
namespace {

using testing::HasSubstr;
using testing::Not;

// The toy, with a word to say about each operation.
class Talkative final : public scenario::Instance {
   public:
    explicit Talkative(scenario::Instance& toy) : toy_(toy) {}
    void boot() override { toy_.boot(); }
    bool run_op(const scenario::Op& op) override {
        note(0, op.kind, 0);
        const bool done = toy_.run_op(op);
        note(1, op.kind, 0);
        if (op.kind == toy::op_post) note(2, 0, 0);
        return done;
    }
    void close_cpu(unsigned cpu) override { toy_.close_cpu(cpu); }
    void tick(unsigned cpu) override { toy_.tick(cpu); }
    void judge_end() override { toy_.judge_end(); }
    std::optional<std::int64_t> observe(std::string_view name) const override {
        return toy_.observe(name);
    }

   private:
    static void note(sim::ObjectId number, std::int64_t a, std::int64_t b) {
        sim::world().event(sim::EventKind::note, number, a, b, sim::Site::current());
    }

    scenario::Instance& toy_;
};

const scenario::Subsystem& talkative() {
    static const scenario::Subsystem the_subsystem = [] {
        scenario::Subsystem subsystem = toy::subsystem();
        subsystem.create = [](Arena& arena,
                              const scenario::ConfigValues& config) -> scenario::Instance& {
            return arena.make<Talkative>(toy::subsystem().create(arena, config));
        };
        subsystem.tell = [](unsigned note, std::string_view who, std::int64_t a, std::int64_t) {
            if (note == 2) return std::string("the worker is told.");
            return std::string(who) + (note == 0 ? " begins " : " ends ") +
                   std::string(toy::subsystem().ops[static_cast<std::size_t>(a)].name) + ".";
        };
        return subsystem;
    }();
    return the_subsystem;
}

std::string told(const std::string& lines) {
    run::Plan plan = run::from_text("rcufuzz-plan 1\ntarget toy\n" + lines, "test");
    plan.target = &talkative();
    return tell(plan);
}

TEST(Tell, GoldenStory) {
    expect_golden("core/report/golden/lost_addition.story.md",
                  told("bug T01\nconfig step 2\nop cpu0 on add times=2\nop cpu1 off add\n"
                       "op cpu1 hardirq post\ndecide cpu0 3 run cpu1\n"));
}

// A find in what a kernel does by itself.
TEST(Tell, WorkloadOfNoOperationsIsNone) {
    const run::Plan plan = run::empty_plan(talkative());
    EXPECT_THAT(tell(plan), HasSubstr("Workload: none.\n"));
}

TEST(Tell, NotesOfOneContextShareANumber) {
    EXPECT_THAT(told("op cpu0 on add\n"), HasSubstr("cpu0 begins add. It ends add."));
}

TEST(Tell, OperationsBeginANumber) {
    const std::string text = told("op cpu0 on add\nop cpu0 on add\n");
    EXPECT_THAT(text, HasSubstr("\n2. cpu0 begins add."));
}

TEST(Tell, SaysWhereInterruptsAreDisabled) {
    EXPECT_THAT(told("op cpu0 off add\n"), HasSubstr("cpu0, with interrupts disabled, begins"));
    EXPECT_THAT(told("op cpu0 on add\n"), Not(HasSubstr("disabled, begins")));
    EXPECT_THAT(told("op cpu0 hardirq add\n"), HasSubstr("cpu0, in an interrupt, begins"));
}

TEST(Tell, SaysWhoIsStoppedByADecisionAndWhatItHasSeen) {
    const std::string ops = "bug T01\nop cpu0 on add\nop cpu1 on add\n";
    EXPECT_THAT(told(ops + "decide cpu0 3 run cpu1\n"),
                HasSubstr("cpu0 has just read counter as 0; before it goes on, cpu1 begins add."));
    EXPECT_THAT(told(ops), Not(HasSubstr("goes on")));
    EXPECT_THAT(told(ops + "decide world 1 run cpu1\n"),
                HasSubstr("(jiffy 100) Ahead of the others, cpu1 begins add."));
}

// The worker has nothing to tell, but that it ran is what a decision made.
TEST(Tell, SaysWhatSomebodySawWhoTellsNothing) {
    const std::string text = told("op cpu0 on post\nop cpu0 on post\ndecide cpu0 5 run worker\n");
    EXPECT_THAT(text, testing::ContainsRegex("before it goes on, worker[\n ]+reads posted as 1"));
}

TEST(Tell, WorkloadStandsInTheOrderInWhichItBegins) {
    EXPECT_THAT(told("op cpu0 on add\nop cpu1 on post\ndecide world 1 run cpu1\n"),
                testing::ContainsRegex("Workload: cpu1: post .*; cpu0: add "));
}

// What an operation does stands behind the first of its kind.
TEST(Tell, WorkloadSaysOnceWhatAnOperationIs) {
    EXPECT_THAT(told("op cpu0 on add\nop cpu1 on add times=2\n"),
                HasSubstr("cpu0: add (adds to the counter); cpu1: add times=2."));
}

// Who sleeps at the end has to do with what strands, and not with what was seen in the midst.
TEST(Tell, SaysWhoWaitsWhereWaitingIsWhatIsWrong) {
    EXPECT_THAT(told("bug T02\nop cpu0 on post\ndecide world 1 run worker\n"),
                HasSubstr("At the end worker waits for"));
    EXPECT_THAT(told("bug T01\nop cpu0 on add\nop cpu1 on add\ndecide cpu0 3 run cpu1\n"),
                Not(HasSubstr("At the end")));
}

// --- of code without notes: the functions to which contexts come --------------------------------

constexpr scenario::StepSpec both_steps[] = {{"add", "{who} adds."}, {"post", "{who} posts."}};

std::string told_by_steps(const std::string& lines,
                          std::span<const scenario::StepSpec> steps = both_steps) {
    const scenario::Subsystem stepping = [steps] {
        scenario::Subsystem subsystem = toy::subsystem();
        subsystem.tell = [](unsigned, std::string_view, std::int64_t, std::int64_t) {
            return std::string();
        };
        subsystem.steps = steps;
        subsystem.owns_file = [](std::string_view file) {
            return file.find("toy_test.cpp") != file.npos;
        };
        return subsystem;
    }();
    run::Plan plan = run::from_text("rcufuzz-plan 1\ntarget toy\n" + lines, "test");
    plan.target = &stepping;
    return tell(plan);
}

TEST(Tell, AStepIsAFunctionToWhichAContextComes) {
    const std::string text = told_by_steps("op cpu0 on add times=2\nop cpu1 on post\n");
    EXPECT_THAT(text, HasSubstr("cpu0 adds."));
    EXPECT_THAT(text, HasSubstr("cpu1 posts."));
    EXPECT_EQ(text.find("cpu0 adds."), text.rfind("cpu0 adds."))
        << "once, however often it accesses: " << text;
}

// Its accesses are none, so what it says of itself has rows: else others' rows would have it.
TEST(Tell, WhatCodeWithStepsSaysIsARow) {
    const auto rows_of = [](std::span<const scenario::StepSpec> steps) {
        scenario::Subsystem saying = talkative();
        saying.steps = steps;
        saying.owns_file = [](std::string_view) { return true; };
        run::Plan plan = run::from_text("rcufuzz-plan 1\ntarget toy\nop cpu0 on add\n", "test");
        plan.target = &saying;
        const Replay replay = replay_traced(plan);
        std::string all;
        for (const Row& row : interleave(plan, replay.trace).rows) all += row.text() + "\n";
        return all;
    };
    EXPECT_THAT(rows_of(both_steps), HasSubstr("it begins add."));
    EXPECT_THAT(rows_of({}), Not(HasSubstr("it begins add.")));
}

TEST(Tell, AStepThatWasStoppedIsToldWithItsPlaceAndAgain) {
    const std::string text =
        told_by_steps("bug T01\nop cpu0 on add\nop cpu1 on add\ndecide cpu0 3 run cpu1\n");
    EXPECT_THAT(text, testing::ContainsRegex(
                          "cpu0 has come to add\\(\\) \\(.*toy_test.cpp:[0-9]+\\); before it"
                          "[\n ]+goes on, cpu1[\n ]+adds"));
    EXPECT_THAT(text, testing::ContainsRegex("cpu1[\n ]+adds. cpu0 adds."));
}

// Nobody has anything to tell of what cpu1 does meanwhile.
TEST(Tell, WhoGoesOnBesideOneThatComesFromPlaceToPlaceIsToldOnce) {
    const std::string text = told_by_steps(
        "bug T05\nconfig cpus 3\nop cpu0 on post\nop cpu1 on add\nop cpu2 on post\n"
        "decide cpu0 3 run cpu2\ndecide cpu0 4 run cpu2\ndecide cpu0 5 run cpu2\n");
    EXPECT_THAT(text, testing::ContainsRegex("before it goes on, cpu2[\n ]+goes on. \\(So also at "
                                             "the next 2 places.\\)"));
}

TEST(Tell, TwoThatStopEachOtherInTurnAreToldOnce) {
    static constexpr scenario::StepSpec nothing[] = {{"none", "{who} does nothing."}};
    const std::string text = told_by_steps(
        "op cpu0 on add times=3\nop cpu1 on add times=3\n"
        "decide cpu0 3 run cpu1\ndecide cpu1 2 run cpu0\ndecide cpu0 4 run cpu1\n",
        nothing);
    EXPECT_THAT(text,
                testing::ContainsRegex("before it goes on, cpu1[\n ]+goes on. \\(The[\n ]+two take "
                                       "turns, once more.\\)"));
}

TEST(Tell, AnInterruptOfAKernelHasAName) {
    EXPECT_THAT(told_by_steps("op cpu0 hardirq add\n"),
                testing::ContainsRegex("cpu0, in the device_irq\\[0\\] interrupt, adds"));
}

// add() is no step here.
TEST(Tell, WhoGoesOnIsToldHowFar) {
    static constexpr scenario::StepSpec posts[] = {{"post", "{who} posts."}};
    EXPECT_THAT(
        told_by_steps("op cpu0 on post\nop cpu1 on add times=3\ndecide cpu0 2 run cpu1\n", posts),
        testing::ContainsRegex(
            "before it goes on, cpu1[\n ]+goes on, as[\n ]+far as[\n ]+add\\(\\)."
            " cpu0 posts."));
}

// Others have acted since it began.
TEST(Tell, AnOperationThatWasStoppedReturns) {
    const std::string ops = "op cpu0 on add\nop cpu1 on add\n";
    EXPECT_THAT(told_by_steps(ops + "decide cpu0 6 run cpu1\n"), HasSubstr("cpu0's add returns."));
    EXPECT_THAT(told_by_steps(ops), Not(HasSubstr("returns")));
}

TEST(Tell, PointsOutWhereTheStateBreaks) {
    const std::string text = told("bug T04\nop cpu0 on post\nop cpu0 on post\nop cpu0 on post\n");
    EXPECT_THAT(text, HasSubstr("invariant"));
}

TEST(Tell, HeaderNamesTheBugAndItsFix) {
    EXPECT_THAT(told("bug T02\nop cpu0 on post\n"),
                HasSubstr("Bug T02: post wakes nobody. Fix: never, v0."));
}

// Of pointers a trace knows only whether they are NULL.
TEST(ValueText, IsOfTheSubjectOrANumber) {
    scenario::Subsystem target = toy::subsystem();
    run::NamedTrace trace;
    trace.objects = {"", "counter", "next"};
    trace.pointers = {false, false, true};
    const auto text = [&](sim::ObjectId object, std::int64_t value) {
        sim::Event event{};
        event.object = object;
        event.a = value;
        return value_text(target, trace, event);
    };
    EXPECT_EQ(text(1, 7), "7");
    EXPECT_EQ(text(2, 0), "NULL");
    EXPECT_EQ(text(2, 1), "non-NULL");
    target.value_words = [](std::string_view variable, std::int64_t value) {
        return variable == "counter" && value == 7 ? std::string("seven") : std::string();
    };
    EXPECT_EQ(text(1, 7), "seven");
    EXPECT_EQ(text(1, 8), "8");
}

TEST(Sentence, NamesKeepTheirSmallLetters) {
    run::NamedTrace trace;
    trace.contexts = {"cpu0", "rcuog0"};
    EXPECT_EQ(as_sentence("callback a waits", trace), "Callback a waits");
    EXPECT_EQ(as_sentence("rcuog sleeps", trace), "rcuog sleeps");
    EXPECT_EQ(as_sentence("call_rcu(a) returns", trace), "call_rcu(a) returns");
}

TEST(Sentence, AMessageThatEndsIsGoneOnWith) {
    EXPECT_EQ(without_end("list_add double add.\n"), "list_add double add");
    EXPECT_EQ(without_end("nothing"), "nothing");
}

TEST(Sentence, ACpusTaskGoesByTheNameOfItsCpu) {
    EXPECT_EQ(with_cpu_names("task[0] waits for a[1] and so for task[12]"),
              "cpu0 waits for a[1] and so for cpu12");
    EXPECT_EQ(with_cpu_names("a task waits"), "a task waits");
}

TEST(Sentence, LongTextsAreWrapped) {
    std::string text;
    for (int i = 0; i < 50; ++i) text += "word ";
    const std::string lines = wrapped(text, 4);
    EXPECT_THAT(lines, HasSubstr("\n    word"));
    EXPECT_LE(lines.find('\n'), 100u);
}

}  // namespace
}  // namespace rcufuzz::report
