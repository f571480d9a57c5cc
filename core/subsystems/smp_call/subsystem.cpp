// SPDX-License-Identifier: GPL-2.0-or-later
//
// What the rest of rcufuzz sees of cross-CPU calls: its tables, and one run of it.
#include <iterator>

#include "core/base/text.h"
#include "core/subsystems/smp_call/notes.h"
#include "core/subsystems/smp_call/smp_call.h"
#include "core/subsystems/subsystems.h"

namespace rcufuzz::smp_call {

namespace {

using scenario::ConfigSpec;
using scenario::ConfigValues;
using scenario::Op;
using scenario::OpContext;
using scenario::OpSpec;

// --- configuration ------------------------------------------------------------------------------

constexpr std::int16_t few_cpus[] = {3, 3, 3, 4, 4, 5};
constexpr std::int16_t often[] = {0, 1, 1, 1};
constexpr std::int16_t faultless[] = {4, 5, 6};
constexpr std::int16_t seldom[] = {0, 0, 0, 1};

enum Config : std::size_t { end_tick, generation, cpus, spare, hotplug };

constexpr ConfigSpec configs[] = {
    scenario::end_tick_spec,
    {.name = "generation",
     .summary =
         "the code of 0 2.6.32, 1 6dc19899958e, 2 e6cd1e07a185, 3 45a5791920ae, 4 723aae25d5cd, "
         "5 f44310b98ddb, 6 v6.12",
     .min = 0,
     .max = 6,
     .standard = gen_723aae25d5cd,
     .swarm = faultless,
     .chosen = true},
    {.name = "cpus",
     .summary = "CPUs",
     .min = 2,
     .max = max_work_cpus,
     .standard = 4,
     .swarm = few_cpus},
    {.name = "spare",
     .summary = "1: the first interrupt that a CPU is sent comes twice",
     .min = 0,
     .max = 1,
     .standard = 1,
     .swarm = often,
     .told = true},
    {.name = "hotplug",
     .summary = "1: CPUs may go offline (v6.12)",
     .min = 0,
     .max = 1,
     .standard = 0,
     .swarm = seldom},
};

unsigned workload_cpus(const ConfigValues& values) { return static_cast<unsigned>(values[cpus]); }
std::string cpu_name(const ConfigValues&, unsigned cpu) { return "cpu" + std::to_string(cpu); }

// --- operations ---------------------------------------------------------------------------------

enum OpKind : std::uint8_t {
    op_call_many,
    op_call_mm,
    op_call_single,
    op_call_async,
    op_leave_mm,
    op_join_mm,
    op_spurious,
    op_irq_window,
    op_cpu_down,
    op_cpu_up
};

constexpr std::uint8_t task_on = scenario::bit(OpContext::task_on);
constexpr std::uint8_t not_task_on = scenario::any_context & ~task_on;
// Whom call_many calls, counted from the caller: bit i is the ith CPU after it.
constexpr CpuMask targets_of[] = {0b1111, 0b0011, 0b0110, 0b0101, 0b0111, 0b1001, 0b1010, 0b1100};
constexpr scenario::ParamSpec to_param{.name = "to", .min = 0, .max = std::size(targets_of) - 1};
constexpr scenario::ParamSpec cpu_param{.name = "cpu", .min = 0, .max = max_work_cpus - 1};
// How many CPUs after the caller stay in the mm, the others being lazy.
constexpr scenario::ParamSpec stay_param{.name = "stay", .min = 1, .max = max_work_cpus - 1};
constexpr scenario::ParamSpec how_param{.name = "how", .min = 0, .max = 3};

constexpr OpSpec ops[] = {
    {.name = "call_many",
     .summary = "calls all other CPUs (to 0), or some of them; how 1: waits, 2: the function "
                "enables interrupts, 3: both",
     .contexts = task_on,
     .params = {{to_param, how_param}},
     .weight = 24},
    {.name = "call_mm",
     .summary = "calls the CPUs of the mm, whose mask others change; those called leave it, but "
                "for so many (stay); how 1: waits, 2: the function enables interrupts, 3: both",
     .contexts = task_on,
     .params = {{stay_param, how_param}},
     .weight = 24},
    {.name = "call_single",
     .summary = "calls one CPU, or the next; how 1: waits, 2: the function enables interrupts, "
                "3: both",
     .contexts = task_on,
     .params = {{cpu_param, how_param}},
     .weight = 10},
    {.name = "call_async",
     .summary = "calls one CPU with an element of its own",
     .contexts = not_task_on,
     .params = {{cpu_param}},
     .weight = 4},
    {.name = "leave_mm",
     .summary = "clears a CPU in the mask of the mm",
     .contexts = scenario::any_context,
     .params = {{cpu_param}},
     .weight = 6},
    {.name = "join_mm",
     .summary = "sets a CPU in the mask of the mm",
     .contexts = scenario::any_context,
     .params = {{cpu_param}},
     .weight = 4},
    {.name = "spurious",
     .summary = "a CPU takes an interrupt that nobody means",
     .contexts = scenario::any_context,
     .params = {{cpu_param}},
     .weight = 6},
    {.name = "irq_window",
     .summary = "enables interrupts in an interrupt handler",
     .contexts = scenario::bit(OpContext::hardirq),
     .weight = 3},
    {.name = "cpu_down",
     .summary = "goes offline",
     .contexts = task_on,
     .weight = 8,
     .needs_config = hotplug},
    {.name = "cpu_up",
     .summary = "comes online",
     .contexts = task_on,
     .weight = 8,
     .needs_config = hotplug},
};

// --- bugs ---------------------------------------------------------------------------------------

constexpr scenario::BugSpec bugs[] = {
#define BUG(name, verdict, ...) \
    {#name, scenario::spec_number(#name), Verdict::verdict, __VA_ARGS__},
#include "core/subsystems/smp_call/bugs.def"
#undef BUG
};

// --- interrupts ---------------------------------------------------------------------------------

// Between the points of a handler's own code its CPU may be looked at by nobody.
void handle(void (*body)()) {
    State& all = state();
    Caller& caller = all.caller();
    ++caller.handlers;
    ++all.busy;
    body();
    --all.busy;
    if (--caller.handlers != 0) return;
    object_if(check_Q6_interrupted(kernel::smp_processor_id()));
    object_if(check_Q9_queue(kernel::smp_processor_id()));
}

void many_interrupt() {
    handle(state().at_least(gen_6_12) ? flush_smp_call_function_queue
                                      : generic_smp_call_function_interrupt);
}
void single_interrupt() { handle(generic_smp_call_function_single_interrupt); }

// --- one run ------------------------------------------------------------------------------------

class SmpCallInstance final : public scenario::Instance {
   public:
    explicit SmpCallInstance(const ConfigValues& values) : values_(values) {}

    void boot() override;
    bool run_op(const Op& op) override;
    void close_cpu(unsigned) override { cpu_up(); }
    void tick(unsigned) override {}
    void judge_end() override;
    std::optional<std::int64_t> observe(std::string_view name) const override;

   private:
    bool call_many(const Request& request, CpuMask allowed, unsigned how, CpuMask leaving);
    bool call_single(unsigned cpu, unsigned how);
    bool call_async(const Op& op);
    unsigned other_cpu(unsigned cpu) const;
    CpuMask after_this_one(CpuMask offsets) const;

    const ConfigValues values_;
    State state_;
};

void SmpCallInstance::boot() {
    set_state(state_);
    init_state(state_, static_cast<Generation>(values_[generation]), workload_cpus(values_));
    state_.many_ipi.init("call_function", state_.cpus, many_interrupt);
    state_.single_ipi.init("call_function_single", state_.cpus, single_interrupt);
    if (values_[spare] == 0) return;
    state_.spare_ipi.init("spare_call_function", state_.cpus, many_interrupt);
    state_.spares = state_.online;
}

// The caller's part: preemption is disabled, so the element stays this CPU's.
void enter_call() {
    ++state().busy;
    kernel::preempt_disable();
}

void leave_call(const Call& call) {
    if (call.waits) note(Note::waited, call.number);
    state().calls.returned(call);
    kernel::preempt_enable();
    --state().busy;
}

bool SmpCallInstance::call_many(const Request& request, CpuMask allowed, unsigned how,
                                CpuMask leaving) {
    Call* const call = state_.calls.begin(how, allowed, request.live == nullptr);
    if (call == nullptr) return false;
    call->leaving = leaving;
    enter_call();
    note(Note::begin_call, call->number,
         (request.live != nullptr ? request.live->get() : allowed) & ~cpu_bit(call->owner));
    const bool with_irqs_off = bug(S25_irqs_disabled) && call->waits;
    const kernel::IrqFlags flags = with_irqs_off ? kernel::local_irq_save() : 0;
    smp_call_function_many(request, *call);
    if (with_irqs_off) kernel::local_irq_restore(flags);
    leave_call(*call);
    return true;
}

unsigned SmpCallInstance::other_cpu(unsigned cpu) const {
    cpu %= state_.cpus;
    while (cpu == kernel::smp_processor_id() || (state_.online & cpu_bit(cpu)) == 0)
        cpu = (cpu + 1) % state_.cpus;
    return cpu;
}

// Bit i is the ith CPU after this one.
CpuMask SmpCallInstance::after_this_one(CpuMask offsets) const {
    CpuMask mask = 0;
    for (unsigned i = 0; i + 1 < state_.cpus; ++i)
        if (((offsets >> i) & 1u) != 0)
            mask |= cpu_bit((kernel::smp_processor_id() + 1 + i) % state_.cpus);
    return mask;
}

bool SmpCallInstance::call_single(unsigned cpu, unsigned how) {
    enter_call();
    cpu = other_cpu(cpu);
    Call* const call = state_.calls.begin(how, cpu_bit(cpu), true);
    if (call != nullptr) smp_call_function_single(cpu, *call);
    if (call == nullptr) {
        kernel::preempt_enable();
        --state_.busy;
        return false;
    }
    leave_call(*call);
    return true;
}

// In any context but a task's with interrupts on, where the other forms may be used.
bool SmpCallInstance::call_async(const Op& op) {
    ++state_.busy;
    const unsigned cpu = other_cpu(op.args[0]);
    const std::size_t context = op.context == OpContext::task_off  ? 0
                                : op.context == OpContext::softirq ? 1
                                                                   : 2;
    bool done = false;
    if (Call* const call = state_.calls.begin(0, state_.online, false); call != nullptr) {
        done = true;
        if (bug(S26_called_in_interrupt) && op.context == OpContext::softirq)
            smp_call_function_many({.live = nullptr, .fixed = state_.online}, *call);
        else
            done = smp_call_function_single_async(cpu, *call, state_.caller().own[context]);
    }
    --state_.busy;
    return done;
}

bool SmpCallInstance::run_op(const Op& op) {
    const unsigned self = kernel::smp_processor_id();
    if (op.kind == op_cpu_up) return cpu_up();
    if ((state_.online & cpu_bit(self)) == 0) return false;
    const unsigned cpu = op.args[0] % state_.cpus;
    switch (op.kind) {
        case op_call_many: {
            const CpuMask mask = after_this_one(targets_of[op.args[0]]) & state_.online;
            return call_many({.live = nullptr, .fixed = mask}, mask, op.args[1], 0);
        }
        case op_call_mm:
            return call_many({.live = &state_.mm_cpumask, .fixed = 0}, state_.online, op.args[1],
                             after_this_one(~CpuMask{0} << op.args[0]));
        case op_call_single:
            return call_single(op.args[0], op.args[1]);
        case op_call_async:
            return call_async(op);
        case op_leave_mm:
            state_.calls.leaves_mm(cpu);
            memory::clear_bit(cpu, state_.mm_cpumask);
            note(Note::request_cleared, cpu);
            return true;
        case op_join_mm:
            memory::set_bit(cpu, state_.mm_cpumask);
            note(Note::request_set, cpu);
            return true;
        case op_spurious:
            note(Note::spurious, cpu);
            state_.many_ipi.send(cpu);
            return true;
        case op_irq_window:
            note(Note::irqs_enabled, 0);
            kernel::local_irq_enable();
            kernel::local_irq_disable();
            return true;
        case op_cpu_down:
            return state_.at_least(gen_6_12) && cpu_down();
        default:
            return false;
    }
}

void SmpCallInstance::judge_end() {
    CpuMask deaf = 0;
    for (unsigned cpu = 0; cpu < state_.cpus; ++cpu)
        if (state_.many_ipi.pending(cpu) || state_.single_ipi.pending(cpu)) deaf |= cpu_bit(cpu);
    CpuMask queued = 0;
    for (unsigned cpu = 0; cpu < state_.cpus; ++cpu)
        if (state_.queues[cpu].first.get() != nullptr) queued |= cpu_bit(cpu);
    state_.calls.judge_end(deaf, state_.has_been_offline, queued);
    object_if(check_Q8_quiescent());
}

// observe() knows these, of the element that each CPU has for calls to many.
constexpr scenario::QuantitySpec quantities[] = {
    {"refs", "how many CPUs have yet to run the function"},
    {"mask", "which CPUs have yet to run it, as bits"},
    {"locked", "1: the csd of the element is locked"},
    {"linked", "1: the element is on the list"},
};

std::optional<std::int64_t> SmpCallInstance::observe(std::string_view name) const {
    const auto numbered = numbered_name(name, state_.cpus);
    if (!numbered) return std::nullopt;
    const CfdData& cfd = state_.callers[numbered->number].cfd;
    name = numbered->name;
    if (name == "refs") return cfd.refs.get();
    if (name == "mask") return cfd.cpumask.get();
    if (name == "locked") return (cfd.csd.flags.get() & csd_flag_lock) != 0 ? 1 : 0;
    if (name == "linked") return is_linked(cfd) ? 1 : 0;
    return std::nullopt;
}

scenario::Instance& create(Arena& arena, const ConfigValues& values) {
    return arena.make<SmpCallInstance>(values);
}

}  // namespace

}  // namespace rcufuzz::smp_call

namespace rcufuzz::subsystems::smp_call {

const scenario::Subsystem& subsystem() {
    namespace s = rcufuzz::smp_call;
    static const scenario::Subsystem description{
        .name = "smp_call",
        .summary = "calls of functions on other CPUs, 2.6.32 to v6.12",
        .ops = s::ops,
        .bugs = s::bugs,
        .configs = s::configs,
        .workload_cpus = s::workload_cpus,
        .all_cpus = s::workload_cpus,
        .cpu_name = s::cpu_name,
        .create = s::create,
        .tell = s::tell,
        .runs_weak = true,
        .quantities = s::quantities,
        .kernel_files = "kernel/smp.c",
        .value_words = s::value_words,
    };
    return description;
}

}  // namespace rcufuzz::subsystems::smp_call
