// SPDX-License-Identifier: GPL-2.0-or-later
//
// The one function in the middle: run(plan, strategy) -> outcome. Fuzzers, hunts, replay, explain,
// minimise and exhaustive search are callers of it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/verdict.h"
#include "core/run/identity.h"
#include "core/run/plan.h"
#include "core/sim/strategy.h"
#include "core/sim/trace.h"
#include "core/sim/world.h"

namespace rcufuzz::run {

struct Outcome {
    Verdict verdict = Verdict::clean;
    std::string site;    // "nocb/wake.cpp:87 wake_nocb_gp"; for end-of-run oracles the oracle's
    std::string detail;  // why the oracle objects
    Identity cause;        // names the bug; empty where nobody asked
    std::string identity;  // the same as one word
    unsigned replays = 0;  // further ones that the identity took
    std::uint64_t trace_hash = 0;  // 0 where the trace was off
    std::uint64_t state_hash = 0;  // of the final state, coarse
    std::uint64_t points = 0;

    bool found() const { return verdict != Verdict::clean; }
    std::string file_name() const { return identity + ".plan"; }  // of a find that has its identity
    // The same, seen without any old load where the other one needs one: which is the better find.
    bool shows(const Outcome& other) const {
        return same_find(other) || (verdict == other.verdict && cause.why == other.cause.why &&
                                    cause.old_load.empty());
    }
    // The same bug, seen in the same consequence, as far as a machine can tell.
    bool same_find(const Outcome& other) const {
        if (identity.empty() || other.identity.empty())
            return verdict == other.verdict && site == other.site;
        return verdict == other.verdict && identity == other.identity;
    }
};

// What a full trace leaves behind for reports: events with their names resolved.
struct NamedTrace {
    std::vector<sim::Event> events;
    std::vector<std::string> objects;   // by sim::ObjectId: "nocb_lock[1]"
    std::vector<bool> pointers;         // by sim::ObjectId: its values say whether it is NULL
    std::vector<std::string> contexts;  // by sim::ContextKey: "cpu1/softirq", "rcuog0"
    std::vector<std::string> blocked;   // at the end: "cpu0 waits for nocb_lock[1]", in key order
    std::string state;                  // what the subject printed of itself then; several lines
    std::string fault;                  // of an oops, where the code stood, where that is known

    // Empty: a place in memory that has no names.
    std::string_view name_of(sim::ObjectId object) const {
        return object < objects.size() ? std::string_view(objects[object]) : std::string_view();
    }
};

struct RunOptions {
    sim::TraceLevel trace = sim::TraceLevel::off;
    NamedTrace* keep = nullptr;  // filled when trace is full
    // Called once, before the first choice of the run. A story's strategy decides by what the
    // instance lets it observe(), and may still look in Strategy::end().
    void (*on_boot)(void* arg, scenario::Instance& instance) = nullptr;
    void* on_boot_arg = nullptr;
    // Whether a find gets its identity, which takes a full trace of the run.
    bool identify = false;
    // Whether it is found out if an old load is part of that, which takes further replays.
    bool blame = true;
    // How often the clock may advance though no timer waits for it.
    std::uint32_t free_jiffies = sim::Limits{}.free_jiffies;
    // The strategy is asked up to the step bound; such a run cannot be recorded as a plan.
    bool decides_to_the_end = false;
};

// Runs the plan once. `strategy` answers all choices (the plan's decisions count only if the
// strategy reads them, see strategy::from_plan). Pure: equal arguments give equal outcomes. With
// the trace off and nothing found, it allocates nothing from the system after the first few runs.
Outcome run(const Plan& plan, sim::Strategy& strategy, const RunOptions& options = {});

// Replays the plan's own decisions, with trace hash and identity. A find has one identity whatever
// oracles the plan asks for.
Outcome replay(const Plan& plan,
               const RunOptions& options = {.trace = sim::TraceLevel::hash, .identify = true});

// The same plan with the decisions that `strategy` takes, recorded.
struct Recorded {
    Plan plan;
    Outcome outcome;  // with trace hash
};
Recorded record(const Plan& plan, sim::Strategy& strategy, RunOptions options = {});

}  // namespace rcufuzz::run
