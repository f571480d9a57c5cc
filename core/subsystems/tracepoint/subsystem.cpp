// SPDX-License-Identifier: GPL-2.0-or-later
//
// What the rest of rcufuzz sees of tracepoints: its tables, and one run of it.
#include "core/base/text.h"
#include "core/subsystems/subsystems.h"
#include "core/subsystems/tracepoint/notes.h"
#include "core/subsystems/tracepoint/tracepoint.h"

namespace rcufuzz::tracepoint {

namespace {

using scenario::ConfigSpec;
using scenario::ConfigValues;
using scenario::Op;
using scenario::OpContext;
using scenario::OpSpec;

// --- configuration ------------------------------------------------------------------------------

constexpr std::int16_t few_cpus[] = {1, 2, 2, 2, 2, 3};
constexpr std::int16_t few_tracepoints[] = {1, 1, 1, 1, 1, 2};
constexpr std::int16_t seldom[] = {0, 0, 0, 1};
constexpr std::int16_t booleans[] = {0, 1};

enum Config : std::size_t {
    end_tick,
    generation,
    cpus,
    tracepoints,
    regfunc,
    synthetic,
    alloc_fail
};

constexpr ConfigSpec configs[] = {
    scenario::end_tick_spec,
    {.name = "generation",
     .summary = "the code of 0 d25e37d89dd2, 1 v5.10, 2 352384d5c84e, 3 f7ec41212563, 4 "
                "231264d6927f, 5 v6.12",
     .min = 0,
     .max = 5,
     .standard = 5,
     .chosen = true},
    {.name = "cpus",
     .summary = "CPUs with work",
     .min = 1,
     .max = 4,
     .standard = 2,
     .swarm = few_cpus},
    {.name = "tracepoints",
     .summary = "tracepoints that share the snapshots",
     .min = 1,
     .max = 2,
     .standard = 1,
     .swarm = few_tracepoints},
    {.name = "regfunc",
     .summary = "1: tracepoint 0 has regfunc() and unregfunc()",
     .min = 0,
     .max = 1,
     .standard = 0,
     .swarm = booleans},
    {.name = "synthetic",
     .summary = "1: the last tracepoint has no static call and always iterates",
     .min = 0,
     .max = 1,
     .standard = 0,
     .swarm = seldom},
    {.name = "alloc_fail",
     .summary = "1: memory for an array may be refused",
     .min = 0,
     .max = 1,
     .standard = 0,
     .swarm = seldom},
};

unsigned workload_cpus(const ConfigValues& values) { return static_cast<unsigned>(values[cpus]); }
unsigned rcu_cpu(const ConfigValues& values) { return workload_cpus(values); }
unsigned srcu_cpu(const ConfigValues& values) { return workload_cpus(values) + 1; }
unsigned all_cpus(const ConfigValues& values) { return workload_cpus(values) + 2; }

std::string cpu_name(const ConfigValues& values, unsigned cpu) {
    if (cpu < workload_cpus(values)) return "cpu" + std::to_string(cpu);
    return cpu == rcu_cpu(values) ? "rcu_gp" : "srcu_gp";
}

// --- operations ---------------------------------------------------------------------------------

enum OpKind : std::uint8_t { op_register, op_unregister, op_remove, op_event, op_event_rcuidle };

constexpr std::uint8_t task_on = scenario::bit(OpContext::task_on);
constexpr scenario::ParamSpec probe_param{.name = "probe", .min = 0, .max = probe_count - 1};
constexpr scenario::ParamSpec nth_param{.name = "nth", .min = 0, .max = 3};
constexpr scenario::ParamSpec tp_param{.name = "tp", .min = 0, .max = max_tracepoints - 1};
constexpr scenario::ParamSpec place_param{
    .name = "place", .min = 0, .max = kernel::patch_sites - 1};

constexpr OpSpec ops[] = {
    {.name = "register",
     .summary = "registers a probe, or the next one that is not registered; higher priority is "
                "called first",
     .contexts = task_on,
     .params = {{probe_param, tp_param}},
     .weight = 20},
    {.name = "unregister",
     .summary = "unregisters the nth registered probe",
     .contexts = task_on,
     .params = {{nth_param, tp_param}},
     .weight = 20},
    {.name = "remove",
     .summary = "unregisters the nth, waits, and frees its function and data",
     .contexts = task_on,
     .params = {{nth_param, tp_param}},
     .weight = 8},
    {.name = "event",
     .summary = "comes to a tracepoint; place: which of its call sites",
     .contexts = scenario::any_context,
     .params = {{tp_param, place_param}},
     .weight = 24},
    {.name = "event_rcuidle",
     .summary = "comes to one that may be in the idle loop; place: which of its call sites",
     .contexts = task_on,
     .params = {{tp_param, place_param}},
     .weight = 4},
};

// --- bugs ---------------------------------------------------------------------------------------

constexpr scenario::BugSpec bugs[] = {
#define BUG(name, verdict, ...) \
    {#name, scenario::spec_number(#name), Verdict::verdict, __VA_ARGS__},
#include "core/subsystems/tracepoint/bugs.def"
#undef BUG
};

// --- one run ------------------------------------------------------------------------------------

class TracepointInstance final : public scenario::Instance {
   public:
    explicit TracepointInstance(const ConfigValues& values) : values_(values) {}

    void boot() override;
    bool run_op(const Op& op) override;
    void close_cpu(unsigned) override {}
    void tick(unsigned) override {}
    void judge_end() override { check_end(Site::current()); }
    std::optional<std::int64_t> observe(std::string_view name) const override;

   private:
    bool do_register(unsigned probe, unsigned tp);
    bool do_unregister(unsigned nth, unsigned tp, bool remove);
    // P6 and P7 hold while nobody registers or unregisters.
    void updater_left() {
        if (--updaters_ == 0) check_quiescent(Site::current());
    }

    const ConfigValues values_;
    State state_;
    unsigned updaters_ = 0;
};

void TracepointInstance::boot() {
    set_state(state_);
    state_.generation = static_cast<Generation>(values_[generation]);
    state_.allocations_fail = values_[alloc_fail] != 0;
    state_.tracepoints = static_cast<unsigned>(values_[tracepoints]);
    kernel::text_patch_init(workload_cpus(values_), !bug(T21_text_unsynchronised));
    kernel::static_call_init();
    state_.tracepoints_mutex.init("tracepoints_mutex", -1);
    state_.rcu.init("rcu_gp", "rcu_state.gp_seq", rcu_cpu(values_));
    state_.srcu.init("srcu_gp", "srcu_struct.srcu_gp_seq", srcu_cpu(values_));
    for (unsigned i = 0; i < state_.tracepoints; ++i) {
        Tracepoint& tp = state_.tps[i];
        const int index = static_cast<int>(i);
        tp.number = i;
        tp.has_regfunc = i == 0 && values_[regfunc] != 0;
        tp.synthetic = i + 1 == state_.tracepoints && values_[synthetic] != 0;
        tp.key.init("tp.key", index);
        tp.call.init("tp.static_call", index, func_iterator);
        tp.funcs.init("tp.funcs", index, nullptr);
    }
}

bool TracepointInstance::do_register(unsigned probe, unsigned tp) {
    // Operations that find nothing to do are wasted: the next probe will do as well.
    for (unsigned i = 0; i < probe_count && state_.probes.is_taken(tp, probe); ++i)
        probe = (probe + 1) % probe_count;
    Registration* const registration = state_.probes.begin_register(tp, probe);
    if (registration == nullptr) return false;
    note(Note::begin_register, probe, tp);
    ++updaters_;
    const int error = tracepoint_probe_register(state_.tps[tp], probe_specs[probe]);
    state_.probes.registered(*registration, error == 0);
    note(Note::end_register, probe, error);
    updater_left();
    return error == 0;
}

bool TracepointInstance::do_unregister(unsigned nth, unsigned tp, bool remove) {
    Registration* const registration = state_.probes.nth_live(tp, nth);
    if (registration == nullptr) return false;
    const unsigned probe = registration->probe;
    state_.probes.begin_unregister(*registration);
    note(Note::begin_unregister, probe, tp);
    ++updaters_;
    const int error = tracepoint_probe_unregister(state_.tps[tp], probe_specs[probe]);
    note(Note::end_unregister, probe, error);
    updater_left();
    if (!remove) return true;
    // A module on its way out: it does not look at what unregistering returned.
    if (!bug(T25_freed_without_sync)) {
        tracepoint_synchronize_unregister();
        note(Note::synchronised, 0, 0);
    }
    state_.probes.freed(*registration);
    note(Note::freed, probe, tp);
    return true;
}

bool TracepointInstance::run_op(const Op& op) {
    switch (op.kind) {
        case op_register:
            return do_register(op.args[0], op.args[1] % state_.tracepoints);
        case op_unregister:
        case op_remove:
            return do_unregister(op.args[0], op.args[1] % state_.tracepoints, op.kind == op_remove);
        case op_event:
        case op_event_rcuidle:
            trace_event(state_.tps[op.args[0] % state_.tracepoints], op.args[1],
                        op.kind == op_event_rcuidle);
            return true;
        default:
            return false;
    }
}

// observe() knows these, of each tracepoint.
constexpr scenario::QuantitySpec quantities[] = {
    {"key", "1: the static key is on"},
    {"call", "the number of the function that the static call calls"},
    {"funcs", "1: there is an array of probes"},
};

std::optional<std::int64_t> TracepointInstance::observe(std::string_view name) const {
    const auto numbered = numbered_name(name, state_.tracepoints);
    if (!numbered) return std::nullopt;
    const Tracepoint& tp = state_.tps[numbered->number];
    name = numbered->name;
    if (name == "key") return tp.key.is_on() ? 1 : 0;
    if (name == "call") return tp.call.func();
    if (name == "funcs") return tp.funcs.get() != nullptr ? 1 : 0;
    return std::nullopt;
}

scenario::Instance& create(Arena& arena, const ConfigValues& values) {
    return arena.make<TracepointInstance>(values);
}

State* current_state = nullptr;

}  // namespace

State& state() { return *current_state; }
void set_state(State& state) { current_state = &state; }

}  // namespace rcufuzz::tracepoint

namespace rcufuzz::subsystems::tracepoint {

const scenario::Subsystem& subsystem() {
    namespace t = rcufuzz::tracepoint;
    static const scenario::Subsystem description{
        .name = "tracepoint",
        .summary = "tracepoints with static calls, v5.10 to v6.12",
        .ops = t::ops,
        .bugs = t::bugs,
        .configs = t::configs,
        .workload_cpus = t::workload_cpus,
        .all_cpus = t::all_cpus,
        .cpu_name = t::cpu_name,
        .create = t::create,
        .tell = t::tell,
        .runs_weak = true,
        .quantities = t::quantities,
        .kernel_files = "kernel/tracepoint.c",
        .value_words = t::value_words,
    };
    return description;
}

}  // namespace rcufuzz::subsystems::tracepoint
