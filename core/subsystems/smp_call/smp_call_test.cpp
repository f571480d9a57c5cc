// SPDX-License-Identifier: GPL-2.0-or-later
//
// Each generation and each bug on a script that can show it, under random schedules; the same
// scripts on correct code, where nothing may be found; and what the machine's rules are for.
#include <gmock/gmock.h>

#include <span>
#include <string>
#include <vector>

#include "core/base/effort_test.h"
#include "core/run/codec.h"
#include "core/run/hunt.h"
#include "core/run/names.h"
#include "core/run/runner.h"
#include "core/strategy/strategies.h"

namespace rcufuzz {
namespace {

constexpr const char* two_calls =
    "op cpu0 on call_many to=0 how=0\nop cpu0 on call_many to=0 how=1\n";
constexpr const char* many_and_waits = "op cpu0 on call_many to=0 how=1\n";
constexpr const char* one_and_waits = "op cpu0 on call_single cpu=1 how=1\n";
constexpr const char* from_two_cpus =
    "op cpu0 on call_many to=0 how=1\nop cpu1 on call_many to=0 how=1\n";
// The first call's functions take all CPUs but one out of the mask of the second.
constexpr const char* mm_shrinks =
    "op cpu0 on call_mm stay=1 how=0\nop cpu0 on call_mm stay=1 how=1\n";
constexpr const char* mm_empties =
    "op cpu0 on call_mm stay=1 how=1\nop cpu1 on leave_mm cpu=1\nop cpu2 on leave_mm cpu=2\n";
constexpr const char* enables_irqs = "op cpu0 on call_many to=0 how=2\nop cpu1 on spurious cpu=2\n";
constexpr const char* in_softirq =
    "op cpu0 softirq call_async cpu=1\nop cpu0 on call_many to=0 how=0\n";
constexpr const char* same_target =
    "op cpu0 on call_single cpu=1 how=0\nop cpu0 on call_single cpu=1 how=0\n";
constexpr const char* goes_offline =
    "op cpu0 on call_many to=0 how=0\nop cpu2 on cpu_down\nop cpu2 on cpu_up\n";

run::Plan plan_of(const std::string& script, int generation, bool weak = false,
                  const std::string& config = "") {
    run::Plan plan = run::from_text(std::string("rcufuzz-plan 1\ntarget smp_call\nmemory ") +
                                        (weak ? "weak" : "sc") + "\noracle all\n" + config +
                                        "config cpus 3\n" + script,
                                    "script");
    run::set_config(plan, "generation", std::to_string(generation));
    return plan;
}

// The verdict of the first of `runs` schedules that finds something, or, where one is `wanted`,
// that one if any schedule finds it.
Verdict hunt(const run::Plan& plan, unsigned runs, const char* strategy = "surw",
             Verdict wanted = Verdict::clean) {
    const auto policy = strategy::make_policy(strategy);
    for (unsigned seed = 1; seed <= runs; ++seed) {
        policy->reseed(seed);
        const run::Outcome outcome = run::run(plan, *policy);
        if (outcome.verdict == wanted && wanted != Verdict::clean) return wanted;
        if (outcome.found() && wanted == Verdict::clean) return outcome.verdict;
    }
    return Verdict::clean;
}

constexpr unsigned many = 60000;

TEST(Generations, ShowWhatTheNextOneMended) {
    EXPECT_NE(hunt(plan_of(two_calls, 0), many), Verdict::clean);
    EXPECT_EQ(hunt(plan_of(mm_shrinks, 1), many, "pos"), Verdict::list_corrupted);
    EXPECT_EQ(hunt(plan_of(mm_empties, 3), many), Verdict::deadlock);
}

TEST(Generations, TheLastThreeAreCorrect) {
    for (const int generation : {4, 5, 6})
        for (const bool weak : {false, true})
            for (const char* script : {two_calls, from_two_cpus, mm_shrinks, mm_empties,
                                       enables_irqs, in_softirq, same_target})
                EXPECT_EQ(hunt(plan_of(script, generation, weak), effort(600u)), Verdict::clean)
                    << generation << (weak ? " weak\n" : " sc\n") << script;
    EXPECT_EQ(hunt(plan_of(goes_offline, 6, false, "config hotplug 1\n"), 600), Verdict::clean);
    EXPECT_EQ(hunt(plan_of(goes_offline, 6, true, "config hotplug 1\n"), 600), Verdict::clean);
}

struct Deviation {
    const char* bug;
    const char* script;
    bool weak;
    Verdict verdict;
    const char* config = "";
    const char* strategy = "surw";
};

void expect_found(std::span<const Deviation> deviations) {
    for (const Deviation& deviation : deviations) {
        run::Plan plan = plan_of(deviation.script, 4, deviation.weak, deviation.config);
        plan = run::with_words(plan, {.bugs = {deviation.bug},
                                      .memory = deviation.weak ? "weak" : "sc",
                                      .oracle = "black-box"});
        EXPECT_EQ(hunt(plan, many, deviation.strategy, deviation.verdict), deviation.verdict)
            << deviation.bug;
    }
}

TEST(Bugs, OfTheListShow) {
    constexpr Deviation deviations[] = {
        {"S01", two_calls, false, Verdict::deadlock},
        {"S03", mm_shrinks, false, Verdict::list_corrupted, "", "pos"},
        {"S06", mm_empties, false, Verdict::deadlock},
        {"S10", two_calls, false, Verdict::deadlock},
        {"S12", enables_irqs, false, Verdict::callback_twice},
        {"S25", from_two_cpus, false, Verdict::deadlock},
        {"S26", in_softirq, false, Verdict::deadlock},
    };
    expect_found(deviations);
}

TEST(Bugs, OfTheListShowUnderWeakMemory) {
    constexpr Deviation deviations[] = {
        {"S13", many_and_waits, true, Verdict::lost_call},
        {"S14", many_and_waits, true, Verdict::lost_call},
        {"S15", two_calls, true, Verdict::invariant},
        {"S16b", one_and_waits, true, Verdict::barrier_too_short},
        {"S18", two_calls, true, Verdict::uninitialised_read},
        {"S22", one_and_waits, true, Verdict::barrier_too_short},
    };
    expect_found(deviations);
}

TEST(Bugs, OfTheQueuesShow) {
    constexpr Deviation deviations[] = {
        {"S28", many_and_waits, false, Verdict::barrier_too_short},
        {"S30", from_two_cpus, false, Verdict::lost_call, "config spare 0\n"},
        {"S32", goes_offline, false, Verdict::lost_call, "config hotplug 1\n"},
    };
    expect_found(deviations);
}

// Whatever was loaded before, under weak memory: that interrupts are disabled is no load's fault.
TEST(Bugs, AWarningOfDisabledInterruptsIsOneFind) {
    run::HuntOptions options;
    options.base = run::with_words(plan_of("", 4, true), {.bugs = {"S25"}, .memory = "weak"});
    options.strategy = "all";
    options.runs = effort(2000u);
    options.all = true;
    std::vector<std::string> warnings;
    for (const run::Find& find : run::hunt(options).finds)
        if (find.outcome.identity.find("_many") != std::string::npos)
            warnings.push_back(find.outcome.identity);
    EXPECT_THAT(warnings,
                testing::ElementsAre("invariant-kernel_warns_calls_other_CPUs_with_interrupts_"
                                     "disabled-smp_call_function_many"));
}

// A control of a bug: the same code without the step that others make superfluous.
TEST(Bugs, BenignOnesNeverShow) {
    for (const char* bug : {"S05", "S16"})
        for (const char* script : {two_calls, from_two_cpus, mm_shrinks, one_and_waits}) {
            run::Plan plan = plan_of(script, 4, true);
            run::enable_bug(plan, bug);
            EXPECT_EQ(hunt(plan, effort(1500u)), Verdict::clean) << bug << "\n" << script;
        }
}

TEST(Bugs, OfTheQueuesSayNothingInAnotherGeneration) {
    run::Plan plan = plan_of(many_and_waits, 5);
    run::enable_bug(plan, "S28");
    EXPECT_EQ(hunt(plan, 600), Verdict::clean);
}

std::vector<std::string> notes_of(const run::Plan& plan) {
    run::NamedTrace trace;
    run::replay(plan, {.trace = sim::TraceLevel::full, .keep = &trace});
    std::vector<std::string> notes;
    for (const sim::Event& event : trace.events)
        if (event.kind == sim::EventKind::note)
            notes.push_back(plan.target->tell(event.object, "x", event.a, event.b));
    return notes;
}

// The sequential run of a call to two CPUs, step by step, with the order of V4.
TEST(Call, GoesThroughItsSteps) {
    const std::vector<std::string> notes =
        notes_of(plan_of("op cpu0 on call_many to=0 how=1\n", 4, false, "config spare 0\n"));
    const std::vector<std::string> expected{
        "x makes call 1 for cpu1 and cpu2.",
        "x locks the csd of call 1.",
        "x stores the mask of call 1: cpu1 and cpu2.",
        "x puts the element of call 1 on the list.",
        "x sets refs of its element to 2 for call 1.",
        "x interrupts cpu1 and cpu2.",
        "x waits for call 1.",
        "x comes to the element of cpu0.",
        "x runs f2() of call 1.",
        "x counts refs of the element of cpu0 down to 1.",
        "x comes to the element of cpu0.",
        "x runs f2() of call 1.",
        "x counts refs of the element of cpu0 down to 0.",
        "x takes the element of cpu0 off the list.",
        "x unlocks the element of cpu0.",
        "x has waited for call 1.",
    };
    EXPECT_EQ(notes, expected);
}

}  // namespace
}  // namespace rcufuzz
