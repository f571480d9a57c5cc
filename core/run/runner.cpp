// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/run/runner.h"

#include <algorithm>
#include <bit>

#include "core/run/driver.h"
#include "core/run/identity.h"
#include "core/run/names.h"
#include "core/run/newest_loads.h"
#include "core/run/site.h"
#include "core/scenario/platform.h"
#include "core/sim/oops.h"
#include "core/sim/world.h"
#include "core/strategy/from_plan.h"
#include "core/strategy/record.h"

namespace rcufuzz::run {

namespace {

bool is_blocked(const sim::Context& context) {
    return context.state == sim::ContextState::spinning ||
           context.state == sim::ContextState::sleeping;
}

// How far each context came, to the power of two, and what it waits for. Coarse on purpose: runs
// that differ in a detour of a few points count as the same.
std::uint64_t hash_state(const sim::World& w) {
    RunningHash hash;
    w.each_context([&hash](const sim::Context& context) {
        if (context.ordinal == 0 && context.state == sim::ContextState::unused) return;
        const auto progress = static_cast<std::uint64_t>(std::bit_width(context.ordinal));
        const std::uint64_t waits_for = is_blocked(context) ? context.blocked_on : 0u;
        hash.add(std::uint64_t{context.key} | static_cast<std::uint64_t>(context.state) << 8 |
                 progress << 16 | waits_for << 32);
    });
    hash.add(static_cast<std::uint64_t>(w.findings().result().verdict));
    return hash.value();
}

// Those who wait for each other first: what else is left undone comes of that. Then the subsystem:
// that a callback strands says more than that a task waits for it.
void judge(scenario::Instance& instance, scenario::Platform& platform) {
    const auto look = [](void* arg) { static_cast<scenario::Instance*>(arg)->judge_end(); };
    sim::World& w = sim::world();
    platform.judge_deadlock();
    if (w.findings().has_consequence()) return;
    if (!sim::survives(look, &instance))
        w.findings().note(Verdict::oops, "what is left at the end cannot be looked at",
                       sim::Site::current());
    if (!w.findings().has_consequence()) platform.judge_progress();
}

// Where the run has come to its step bound: who spins there may do so because others wait for each
// other. And where no task has run for long, the clock alone goes on, for instance the tick of a
// CPU whose callbacks nobody looks after: then what is left undone is what is wrong.
void judge_endless(scenario::Instance& instance, scenario::Platform& platform) {
    sim::World& w = sim::world();
    sim::Finding endless = w.findings().take_back();
    platform.judge_endless_run();
    const bool clock_alone = w.points() - w.last_task_turn() > w.points() / 4;
    if (clock_alone && !w.findings().has_consequence()) judge(instance, platform);
    w.findings().put_back(std::move(endless));
}

std::string object_text(const sim::ObjectName& name) {
    std::string text = name.text;
    return name.index < 0 ? text : text + "[" + std::to_string(name.index) + "]";
}

// In notes and answers the field means something else.
bool names_object(const sim::Event& event) {
    return event.kind != sim::EventKind::note && event.kind != sim::EventKind::answer;
}

sim::ObjectId last_object(const sim::World& w) {
    sim::ObjectId last = 0;
    for (const sim::Event& event : w.trace().events())
        if (names_object(event) && event.object < sim::max_objects)
            last = std::max(last, event.object);
    w.each_context([&last](const sim::Context& context) {
        if (is_blocked(context) && context.blocked_on < sim::max_objects)
            last = std::max(last, context.blocked_on);
    });
    return last;
}

scenario::Platform& platform_of(const scenario::Subsystem& target) {
    return target.platform != nullptr ? *target.platform : own_kernel();
}

std::string context_name(const Plan& plan, const sim::Context& context) {
    std::string name;
    if (context.is_task()) name = platform_of(*plan.target).task_name(context);
    return name.empty() ? context_word(plan, context.key) : name;
}

// In whatever state the run has left it.
std::string state_of(scenario::Platform& platform) {
    struct Look {
        scenario::Platform& platform;
        std::string text;
    } look{platform, {}};
    const auto print = [](void* arg) {
        auto& to = *static_cast<Look*>(arg);
        to.text = to.platform.state();
    };
    return sim::survives(print, &look) ? look.text : "";
}

NamedTrace named_trace(const Plan& plan, const sim::World& w, scenario::Platform& platform,
                       std::uintptr_t fault) {
    NamedTrace named;
    named.state = state_of(platform);
    if (fault != 0) named.fault = platform.place_of(plan.subject, fault);
    named.events = w.trace().events();
    named.objects.resize(1u + last_object(w));
    named.pointers.resize(named.objects.size());
    for (std::size_t id = 1; id < named.objects.size(); ++id) {
        const sim::ObjectName& name = w.names().of(static_cast<sim::ObjectId>(id));
        named.objects[id] = object_text(name);
        named.pointers[id] = name.pointer;
    }
    std::size_t keys = sim::first_task_key;
    w.each_context([&](const sim::Context& context) { keys = std::max(keys, context.key + 1ul); });
    named.contexts.resize(keys);
    named.contexts[main_key] = context_word(plan, main_key);
    w.each_context([&](const sim::Context& context) {
        named.contexts[context.key] = context_name(plan, context);
        if (!is_blocked(context)) return;
        const bool named_object = context.blocked_on < named.objects.size();
        named.blocked.push_back(named.contexts[context.key] + " waits for " +
                                (named_object ? named.objects[context.blocked_on] : "a lock"));
    });
    return named;
}

// Once the subject is there and the machine has begun the run.
void run_booted(const Plan& plan, const scenario::Workload& workload,
                scenario::Platform& platform, const RunOptions& options) {
    sim::World& w = sim::world();
    platform.begin(workload);
    scenario::Instance& instance = plan.target->create(w.arena(), plan.config);
    // The tasks come first, so that they have the first task slot of their CPU whatever kthreads
    // the subsystem binds there.
    platform.start_ops(workload, instance);
    instance.boot();
    if (options.on_boot != nullptr) options.on_boot(options.on_boot_arg, instance);

    bool clean = w.run_to_quiescence();
    if (clean && plan.config[scenario::config_end_tick] != 0) {
        platform.raise_ticks(workload, instance);
        clean = w.run_to_quiescence();
    }
    if (clean) judge(instance, platform);
    if (w.findings().result().verdict == Verdict::livelock) judge_endless(instance, platform);
}

}  // namespace

Outcome run(const Plan& plan, sim::Strategy& strategy, const RunOptions& options) {
    // Not sooner than with the first run: libFuzzer leaves alone signals that are handled already.
    sim::survive_oopses();
    const scenario::Subsystem& target = *plan.target;
    sim::World& w = sim::world();
    scenario::active_bugs = plan.bugs;
    scenario::white_box_oracles = plan.oracle == OracleMode::all;
    scenario::Platform& platform = platform_of(target);
    const scenario::Workload workload{.ops = plan.ops,
                                      .config = plan.config,
                                      .cpus = target.workload_cpus(plan.config),
                                      .weak_memory = plan.memory == MemoryMode::weak,
                                      .subject = plan.subject};
    sim::Limits limits{.free_jiffies = options.free_jiffies};
    if (const std::uint64_t own = platform.points(workload); own != 0) limits.points = own;
    // Each of the strategy's answers is a decision that has to fit into a plan.
    limits.free_points = options.decides_to_the_end
                             ? limits.points
                             : std::min<std::uint64_t>(limits.points / 2, max_decisions);
    const sim::TraceLevel level = options.identify ? sim::TraceLevel::full : options.trace;
    if (platform.boots(workload, level)) {
        w.begin(target.all_cpus(plan.config), strategy, level, limits, platform.guest());
        run_booted(plan, workload, platform, options);
    } else {
        strategy.begin(w);  // has nothing to decide, and forgets the run before
    }
    const std::uintptr_t fault = sim::take_fault();

    Outcome outcome;
    if (w.findings().result().verdict != Verdict::clean) {
        outcome.verdict = w.findings().result().verdict;
        outcome.site = site_text(w.findings().result().site);
        outcome.detail = w.findings().result().detail;
        if (options.identify) {
            outcome.cause = identity_of(w);
            outcome.identity = outcome.cause.text();
        }
    }
    if (options.trace != sim::TraceLevel::off) outcome.trace_hash = w.trace().hash();
    outcome.state_hash = hash_state(w);
    outcome.points = w.points();
    if (options.trace == sim::TraceLevel::full && options.keep != nullptr)
        *options.keep = named_trace(plan, w, platform, fault);
    w.finish();
    return outcome;
}

namespace {

// What shows without an old load shows because of none. Without all of them at once a run may take
// another course, so one after the other is left out, the last first.
void take_luck_out(Plan plan, Outcome& outcome) {
    constexpr unsigned tries = 8;
    if (outcome.cause.old_load.empty()) return;
    // Decisions that this run does not take must not count in another.
    strategy::FromPlan from_plan(plan.decisions);
    plan = record(plan, from_plan).plan;
    std::size_t event = NewestLoads::every;
    for (unsigned i = 0; i < tries && !outcome.cause.old_load.empty(); ++i) {
        strategy::FromPlan schedule(plan.decisions);
        NewestLoads newest(schedule, event);
        Recorded other = record(plan, newest, {.identify = true});
        ++outcome.replays;
        if (other.outcome.cause.why == outcome.cause.why) {
            outcome.cause = std::move(other.outcome.cause);
            plan = std::move(other.plan);
        } else if (event != NewestLoads::every) {
            return;
        }
        event = outcome.cause.load;
    }
}

}  // namespace

Outcome replay(const Plan& plan, const RunOptions& options) {
    strategy::FromPlan from_plan(plan.decisions);
    Outcome outcome = run(plan, from_plan, options);
    if (!outcome.found() || !options.identify) return outcome;
    Plan watched = plan;
    if (plan.oracle != OracleMode::all) {
        // Oracles do not steer: it is the same run, and they may see earlier what is wrong.
        watched.oracle = OracleMode::all;
        strategy::FromPlan again(watched.decisions);
        outcome.cause = run(watched, again, {.identify = true}).cause;
    }
    if (options.blame) take_luck_out(std::move(watched), outcome);
    outcome.identity = outcome.cause.text();
    return outcome;
}

Recorded record(const Plan& plan, sim::Strategy& strategy, RunOptions options) {
    options.trace = sim::TraceLevel::hash;
    strategy::Record recorder(strategy, max_decisions);
    Recorded recorded{plan, run(plan, recorder, options)};
    recorded.plan.decisions.assign(recorder.decisions().begin(), recorder.decisions().end());
    canonicalize(recorded.plan);
    return recorded;
}

}  // namespace rcufuzz::run
