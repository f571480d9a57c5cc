// SPDX-License-Identifier: GPL-2.0-or-later
//
// Each form of the code on short scripts that can show what is wrong with it, under random
// schedules; and the same scripts on v6.12, where nothing may be found.
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "core/base/effort_test.h"
#include "core/run/codec.h"
#include "core/run/generate.h"
#include "core/run/names.h"
#include "core/run/runner.h"
#include "core/strategy/strategies.h"

namespace rcufuzz {
namespace {

// cpu0 idles; an NMI comes to it, and the object is replaced and freed.
constexpr const char* idle_and_nmi =
    "op cpu0 on idle loops=1\nop cpu1 on nmi target=0 handling=0\nop cpu1 on update\n";
// The same with a device's interrupt.
constexpr const char* idle_and_irq =
    "op cpu0 on idle loops=1\nop cpu1 on irq target=0 handling=0\nop cpu1 on update\n";

run::Plan plan_of(const std::string& script, int generation, int traced, int tracer) {
    run::Plan plan = run::from_text(
        "rcufuzz-plan 1\ntarget dynticks\nmemory sc\n"
        "oracle black-box\nconfig cpus 2\n" +
            script,
        "script");
    run::set_config(plan, "generation", std::to_string(generation));
    run::set_config(plan, "traced", std::to_string(traced));
    run::set_config(plan, "tracer", std::to_string(tracer));
    return plan;
}

// The verdict of the first of `runs` schedules that finds something.
Verdict hunt(const run::Plan& plan, unsigned runs) {
    const auto policy = strategy::make_policy("surw");
    for (unsigned seed = 1; seed <= runs; ++seed) {
        policy->reseed(seed);
        const run::Outcome outcome = run::run(plan, *policy);
        if (outcome.found()) return outcome.verdict;
    }
    return Verdict::clean;
}

constexpr unsigned many = 20000;

TEST(Forms, TheStackTracerOnTheWayToIdle) {
    EXPECT_EQ(hunt(plan_of(idle_and_nmi, 0, 2, 0), many), Verdict::use_after_free);
    for (const int generation : {1, 2, 3, 4})
        EXPECT_EQ(hunt(plan_of(idle_and_nmi, generation, 2, 0), effort(many)), Verdict::clean);
}

// A counter that goes on by a step that leaves its side is one fault, wherever it first shows.
TEST(Identity, OfAWrongStepIsOne) {
    std::set<std::string> identities;
    unsigned found = 0;
    for (const int traced : {0, 2}) {
        for (const char* const script : {idle_and_nmi, idle_and_irq}) {
            run::Plan plan = plan_of(script, 3, traced, 0);
            run::enable_bug(plan, "D11b");
            plan.oracle = run::OracleMode::all;
            const auto policy = strategy::make_policy("random");
            for (unsigned seed = 1; seed <= 50; ++seed) {
                policy->reseed(seed);
                const run::Outcome outcome = run::replay(run::record(plan, *policy).plan);
                if (!outcome.found()) continue;
                ++found;
                identities.insert(outcome.identity);
            }
        }
    }
    EXPECT_GT(found, 100u);
    EXPECT_EQ(identities, std::set<std::string>{"invariant-W5_no_change_sides"});
}

// --- "Does rcu_irq_enter() work from an ftrace handler in NMI context?" --------------------------

struct Delivery {
    bool arrived = false;
    bool disagreed = false;  // nesting and counter, when the NMI came
    bool unwatched = false;  // the reader of the function traced before in_nmi()
};

// What the kernel knew of cpu0 when the NMI came.
bool disagree_at_nmi(const run::NamedTrace& trace, std::uint32_t watching_mask) {
    std::int64_t counter = watching_mask;  // a task's, until somebody looks
    std::int64_t nesting = 1;
    for (const sim::Event& event : trace.events) {
        if (event.kind == sim::EventKind::nmi_enter) break;
        const bool access =
            event.kind == sim::EventKind::write || event.kind == sim::EventKind::read;
        if (!access) continue;
        if (trace.objects[event.object] == "dynticks[0]") counter = event.a;
        if (trace.objects[event.object] == "dynticks_nesting[0]") nesting = event.a;
    }
    return (nesting > 0) != ((counter & watching_mask) != 0);
}

constexpr std::uint8_t irq_comes = 1 + sim::actor(sim::Act::irq, 0);
constexpr std::uint8_t nmi_comes = 1 + sim::actor(sim::Act::nmi, 0);

sim::Decision decision(sim::Slot slot, unsigned ordinal, std::uint8_t value) {
    return {sim::context_key(0, slot), static_cast<std::uint16_t>(ordinal), value};
}

// A CPU reads, takes an interrupt, passes through idle and reads again; an NMI comes as decided.
Delivery deliver(int generation, std::vector<sim::Decision> decisions) {
    run::Plan plan = plan_of(
        "op cpu0 on nmi target=0 handling=1\nop cpu0 on read\n"
        "op cpu0 on irq target=0 handling=1\nop cpu0 on idle loops=2\nop cpu0 on read\n",
        generation, 8, 6);
    plan.oracle = run::OracleMode::all;
    run::set_config(plan, "cpus", "1");
    plan.decisions = std::move(decisions);
    run::canonicalize(plan);
    run::NamedTrace trace;
    const run::Outcome outcome =
        run::replay(plan, {.trace = sim::TraceLevel::full, .keep = &trace});
    Delivery result;
    for (const sim::Event& event : trace.events)
        if (event.kind == sim::EventKind::nmi_enter) result.arrived = true;
    result.disagreed = disagree_at_nmi(trace, generation == 0 ? 1 : 2);
    // The flip the wrong way, or the reader; W6 says only that the NMI came at such a place.
    result.unwatched = outcome.found() && !outcome.detail.starts_with("W6");
    return result;
}

// Every point of the task, and of an interrupt's handler that comes anywhere.
std::vector<Delivery> deliver_everywhere(int generation) {
    std::vector<Delivery> all;
    for (unsigned ordinal = 1; ordinal < 60; ++ordinal)
        all.push_back(deliver(generation, {decision(sim::Slot::task, ordinal, nmi_comes)}));
    for (unsigned irq = 1; irq < 60; ++irq)
        for (unsigned ordinal = 1; ordinal < 12; ++ordinal)
            all.push_back(deliver(generation, {decision(sim::Slot::task, irq, irq_comes),
                                               decision(sim::Slot::hardirq, ordinal, nmi_comes)}));
    std::erase_if(all, [](const Delivery& delivery) { return !delivery.arrived; });
    return all;
}

// The four steps of the thread fail where nesting and counter disagree, and nowhere else; from
// v4.16 on they fail nowhere.
TEST(RcuIrqEnterInEarlyNmi, FailsExactlyWhereNestingAndCounterDisagree) {
    for (const int generation : {0, 1, 2}) {
        std::size_t failed = 0;
        const std::vector<Delivery> all = deliver_everywhere(generation);
        for (const Delivery& delivery : all) {
            EXPECT_EQ(delivery.unwatched, delivery.disagreed) << "generation " << generation;
            failed += delivery.unwatched ? 1 : 0;
        }
        EXPECT_GT(failed, 0u);
        EXPECT_LT(failed, all.size());
    }
    for (const int generation : {3, 4})
        for (const Delivery& delivery : deliver_everywhere(generation))
            EXPECT_FALSE(delivery.unwatched) << generation;
}

// "Would it work if we just always called rcu_nmi_enter()?" With interrupts disabled.
TEST(Proposals, AlwaysRcuNmiEnterNeedsInterruptsDisabled) {
    for (const int generation : {0, 1, 2, 3, 4})
        EXPECT_EQ(hunt(plan_of(idle_and_irq, generation, 3, 4), effort(many)), Verdict::clean)
            << generation;
    EXPECT_EQ(hunt(plan_of(idle_and_irq, 1, 3, 5), many), Verdict::use_after_free);
    for (const int generation : {3, 4})
        EXPECT_EQ(hunt(plan_of(idle_and_irq, generation, 3, 5), effort(many)), Verdict::clean)
            << generation;
}

// A find ends a run anywhere, within tracers and handlers: nothing of it may reach the next run.
TEST(Runs, AreTheSameWhenRepeated) {
    run::Plan base = run::empty_plan(run::target_from_word("dynticks"));
    run::set_config(base, "generation", "0");
    const auto policy = strategy::make_policy("pct");
    Prng prng(1);
    for (unsigned i = 0; i < effort(20000u); ++i) {
        const run::Plan plan = run::generate(base, {}, prng);
        policy->reseed(i);
        const run::Recorded recorded = run::record(plan, *policy);
        const run::Outcome again = run::replay(recorded.plan, {.trace = sim::TraceLevel::hash});
        ASSERT_EQ(again.trace_hash, recorded.outcome.trace_hash) << run::to_text(recorded.plan);
        ASSERT_TRUE(again.same_find(recorded.outcome)) << run::to_text(recorded.plan);
    }
}

}  // namespace
}  // namespace rcufuzz
