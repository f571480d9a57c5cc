// SPDX-License-Identifier: GPL-2.0-or-later
//
// What the rest of rcufuzz sees of dynticks: its tables, and one run of it.
#include "core/base/text.h"
#include "core/kernel/smp.h"
#include "core/subsystems/dynticks/dynticks.h"
#include "core/subsystems/dynticks/notes.h"
#include "core/subsystems/dynticks/operations.h"
#include "core/subsystems/subsystems.h"

namespace rcufuzz::dynticks {

namespace {

using scenario::ConfigSpec;
using scenario::ConfigValues;
using scenario::Op;

// --- configuration ------------------------------------------------------------------------------

constexpr std::int16_t faultless[] = {3, 4};
constexpr std::int16_t few_cpus[] = {2, 2, 2, 3};
constexpr std::int16_t places[] = {0, 0, 0, 0, 0, 13, 13, 13, 13, 13, 13, 1,
                                   2, 3, 4, 5, 6, 7,  8,  9,  10, 11, 12};
constexpr std::int16_t tracers[] = {0, 0, 0, 1, 1, 2};

enum Config : std::size_t { end_tick, generation, cpus, traced_place, tracer, faults };

constexpr ConfigSpec configs[] = {
    scenario::end_tick_spec,
    {.name = "generation",
     .summary = "the code of 0 v4.11, 1 v4.12, 2 v4.14, 3 v4.16, 4 v6.12",
     .min = 0,
     .max = 4,
     .standard = 4,
     .swarm = faultless,
     .chosen = true},
    {.name = "cpus",
     .summary = "CPUs with work",
     .min = 1,
     .max = max_workload_cpus,
     .standard = 2,
     .swarm = few_cpus},
    {.name = "traced",
     .summary =
         "where a function is traced: 0 nowhere, 1 task, 2 on the way to idle, 3 idle, 4 on the "
         "way back, 5 rcu_irq_enter(), 6 irq, 7 rcu_irq_exit(), 8 NMI before in_nmi(), 9 before "
         "rcu_nmi_enter(), 10 NMI, 11 after in_nmi(), 12 IST exception, 13 everywhere",
     .min = 0,
     .max = 13,
     .standard = 0,
     .swarm = places},
    {.name = "tracer",
     .summary =
         "who traces: 0 stack tracer, 1 livepatch, 2 an rcuidle tracepoint; 3 to 6 are proposals: "
         "3 in_nmi() ? rcu_nmi_enter() : rcu_irq_enter(), 4 rcu_nmi_enter(), 5 the same with "
         "interrupts as they are, 6 rcu_irq_enter()",
     .min = 0,
     .max = 6,
     .standard = 0,
     .swarm = tracers},
    {.name = "faults",
     .summary = "1: NMI handlers may take page faults",
     .min = 0,
     .max = 1,
     .standard = 1},
};

unsigned workload_cpus(const ConfigValues& values) { return static_cast<unsigned>(values[cpus]); }
unsigned all_cpus(const ConfigValues& values) { return workload_cpus(values) + 1; }

std::string cpu_name(const ConfigValues& values, unsigned cpu) {
    return cpu < workload_cpus(values) ? "cpu" + std::to_string(cpu) : "rcu_gp";
}

// --- bugs ---------------------------------------------------------------------------------------

constexpr scenario::BugSpec bugs[] = {
#define BUG(name, verdict, ...) \
    {#name, scenario::spec_number(#name), Verdict::verdict, __VA_ARGS__},
#include "core/subsystems/dynticks/bugs.def"
#undef BUG
};

// --- one run ------------------------------------------------------------------------------------

class DynticksInstance final : public scenario::Instance {
   public:
    explicit DynticksInstance(const ConfigValues& values) : values_(values) {}

    void boot() override;
    bool run_op(const Op& op) override { return run_operation(op); }
    void close_cpu(unsigned) override {}
    void leave_cpu(unsigned) override { rest_for_good(); }
    void tick(unsigned) override { handle_irq(Handling::quiet); }
    void judge_end() override;
    std::optional<std::int64_t> observe(std::string_view name) const override;

   private:
    void boot_cpu(unsigned cpu);

    const ConfigValues values_;
    State state_;
};

void DynticksInstance::boot_cpu(unsigned cpu) {
    RcuDynticks& rdtp = state_.per_cpu[cpu];
    const int index = static_cast<int>(cpu);
    const bool busy = kernel::has_task(cpu);
    const bool apart = since(v4_16);
    rdtp.cpu = cpu;
    rdtp.resting = !busy;
    const std::uint32_t idle = since(v6_12) ? static_cast<std::uint32_t>(Eqs::idle) : 0;
    rdtp.dynticks.init("dynticks", index, busy ? watching_mask() : idle);
    rdtp.dynticks_nesting.init("dynticks_nesting", index, !busy ? 0 : apart ? 1 : exit_idle);
    rdtp.dynticks_nmi_nesting.init("dynticks_nmi_nesting", index,
                                   busy && apart ? nesting_nonidle : 0);
    rdtp.old_nmi_nesting.init("old_nmi_nesting", index, 0);
    rdtp.disable_rcu_irq_enter.init("disable_rcu_irq_enter", index, 0);
    rdtp.nmi_count.init("nmi_count", index, 0);
    rdtp.disable_stack_tracer.init("disable_stack_tracer", index, 0);
    rdtp.context_switches.init("context_switches", index, 0);
}

void DynticksInstance::boot() {
    set_state(state_);
    state_.generation = static_cast<Generation>(values_[generation]);
    state_.faults = values_[faults] != 0;
    state_.cpus = workload_cpus(values_);
    state_.traced = static_cast<Place>(values_[traced_place]);
    state_.tracer = static_cast<Tracer>(values_[tracer]);
    for (unsigned cpu = 0; cpu < state_.cpus; ++cpu) boot_cpu(cpu);
    state_.stack_trace_max_lock.init("stack_trace_max_lock", -1, 0);
    state_.stack_trace_max_size.init("stack_trace_max_size", -1, 0);
    state_.readers.init(state_.cpus);
    state_.gp.init(state_.cpus);
}

// Every CPU idles now, if it has come to its end.
void DynticksInstance::judge_end() {
    for (unsigned cpu = 0; cpu < state_.cpus; ++cpu) {
        const RcuDynticks& rdtp = state_.per_cpu[cpu];
        if (!rdtp.resting) continue;
        object_if(check_W3_watching(rdtp, false));
        object_if(check_W9_balanced(rdtp));
    }
}

// observe() knows these, of each CPU.
constexpr scenario::QuantitySpec quantities[] = {
    {"dynticks", "the counter whose lowest bits say whether RCU watches the CPU"},
    {"watching", "1: RCU watches the CPU"},
    {"nesting", "dynticks_nesting: how deep in tasks"},
    {"nmi_nesting", "dynticks_nmi_nesting: how deep in interrupts and NMIs"},
    {"disabled", "disable_rcu_irq_enter: not 0 where rcu_irq_enter() must not be called"},
};

std::optional<std::int64_t> DynticksInstance::observe(std::string_view name) const {
    const auto numbered = numbered_name(name, state_.cpus);
    if (!numbered) return std::nullopt;
    const RcuDynticks& rdtp = state_.per_cpu[numbered->number];
    name = numbered->name;
    if (name == "dynticks") return rdtp.dynticks.get();
    if (name == "watching") return watches(rdtp) ? 1 : 0;
    if (name == "nesting") return rdtp.dynticks_nesting.get();
    if (name == "nmi_nesting") return rdtp.dynticks_nmi_nesting.get();
    if (name == "disabled") return rdtp.disable_rcu_irq_enter.get();
    return std::nullopt;
}

scenario::Instance& create(Arena& arena, const ConfigValues& values) {
    return arena.make<DynticksInstance>(values);
}

State* current_state = nullptr;

}  // namespace

State& state() { return *current_state; }
void set_state(State& state) { current_state = &state; }

}  // namespace rcufuzz::dynticks

namespace rcufuzz::subsystems::dynticks {

const scenario::Subsystem& subsystem() {
    namespace d = rcufuzz::dynticks;
    static const scenario::Subsystem description{
        .name = "dynticks",
        .summary = "RCU watching under interrupts and NMIs, v4.11 to v6.12",
        .ops = d::operations(),
        .bugs = d::bugs,
        .configs = d::configs,
        .workload_cpus = d::workload_cpus,
        .all_cpus = d::all_cpus,
        .cpu_name = d::cpu_name,
        .create = d::create,
        .tell = d::tell,
        .runs_weak = true,
        .quantities = d::quantities,
        .kernel_files = "kernel/rcu/tree.c, kernel/context_tracking.c",
    };
    return description;
}

}  // namespace rcufuzz::subsystems::dynticks
