// SPDX-License-Identifier: GPL-2.0-or-later
//
// The operations: each is a piece of task code with all its ways into and out of idle, so that
// what a workload leaves out leaves the rest in balance.
#include "core/subsystems/dynticks/operations.h"

#include "core/kernel/interrupt.h"
#include "core/subsystems/dynticks/dynticks.h"
#include "core/subsystems/dynticks/notes.h"

namespace rcufuzz::dynticks {

namespace {

using scenario::Op;
using scenario::OpContext;
using scenario::OpSpec;

enum OpKind : std::uint8_t {
    op_idle,
    op_user,
    op_irq,
    op_nmi,
    op_ist,
    op_read,
    op_update,
    op_livepatch,
    op_call,
    op_special,
    op_upcall,
    op_watching
};

constexpr std::uint8_t task_on = scenario::bit(OpContext::task_on);
constexpr std::uint8_t task_any = task_on | scenario::bit(OpContext::task_off);
constexpr scenario::ParamSpec loops_param{.name = "loops", .min = 1, .max = 3};
constexpr scenario::ParamSpec target_param{
    .name = "target", .min = 0, .max = max_workload_cpus - 1};
constexpr scenario::ParamSpec handling_param{.name = "handling", .min = 0, .max = 2};
constexpr scenario::ParamSpec quiet_param{.name = "handling", .min = 0, .max = 1};
constexpr scenario::ParamSpec from_param{.name = "from", .min = 0, .max = max_workload_cpus - 1};

constexpr OpSpec specs[] = {
    {.name = "idle",
     .summary = "passes through the idle loop",
     .contexts = task_on,
     .params = {{loops_param}},
     .weight = 24},
    {.name = "user",
     .summary = "passes through user mode",
     .contexts = task_on,
     .params = {{loops_param}},
     .weight = 8},
    {.name = "irq",
     .summary = "a device interrupts the target; its handler 0 reads, 1 does not",
     .contexts = task_any,
     .params = {{target_param, quiet_param}},
     .weight = 14},
    {.name = "nmi",
     .summary = "an NMI comes to the target; its handler 0 reads, 1 does not, 2 takes a page fault",
     .contexts = task_any,
     .params = {{target_param, handling_param}},
     .weight = 24},
    {.name = "ist",
     .summary = "an IST exception comes to the target; its handler 0 reads, 1 does not",
     .contexts = task_any,
     .params = {{target_param, quiet_param}},
     .weight = 8},
    {.name = "read", .summary = "an RCU reader", .contexts = task_any, .weight = 8},
    {.name = "update",
     .summary = "replaces the object, waits for a grace period, frees it",
     .contexts = task_on,
     .weight = 20},
    {.name = "livepatch",
     .summary = "replaces the function, waits for its handlers, frees it",
     .contexts = task_on,
     .weight = 6},
    {.name = "call",
     .summary = "calls a function that may be traced",
     .contexts = task_any,
     .weight = 6},
    {.name = "special",
     .summary = "asks a CPU in idle for something",
     .contexts = task_on,
     .params = {{target_param}},
     .weight = 4},
    {.name = "upcall",
     .summary = "rcu_irq_enter() without rcu_irq_exit()",
     .contexts = task_on,
     .weight = 2},
    {.name = "watching",
     .summary = "asks rcu_is_watching() after a migration",
     .contexts = task_on,
     .params = {{from_param}},
     .weight = 2},
};

// --- idle and user mode -------------------------------------------------------------------------

// A tracepoint in arch_cpu_idle(), whose callback uses RCU.
void idle_tracepoint() {
    if (bug(D19_traced_in_idle)) state().readers.read();
}

bool pass_through(Eqs eqs, unsigned loops) {
    RcuDynticks& rdtp = this_cpu();
    kernel::local_irq_disable();
    rcu_eqs_enter(eqs);
    note(Note::looping, static_cast<int>(eqs), 0);
    kernel::local_irq_enable();
    for (unsigned i = 0; i < loops; ++i) {
        object_if(check_W3_watching(rdtp, false));
        if (eqs == Eqs::idle) {
            idle_tracepoint();
            traced(Place::idle_loop);
        }
        kernel::plain_read({});
    }
    kernel::local_irq_disable();
    rcu_eqs_exit(eqs);
    kernel::local_irq_enable();
    return true;
}

// --- interrupts of all kinds --------------------------------------------------------------------

struct Raised {
    kernel::Interrupt interrupt;
    Handling what = Handling::reads;
};

Raised& make_raised(const char* name, unsigned handling, sim::Job handler) {
    Raised& raised = kernel::allocate<Raised>();
    raised.what = static_cast<Handling>(handling);
    raised.interrupt.init(name, -1, handler, &raised);
    return raised;
}

bool raise(const Op& op) {
    const unsigned target = op.args[0] % state().cpus;
    if (op.kind == op_irq) {
        note(Note::raised_irq, target, 0);
        make_raised("device_irq", op.args[1], [](void* arg) {
            handle_irq(static_cast<Raised*>(arg)->what);
        }).interrupt.raise_irq(target);
    } else if (op.kind == op_nmi) {
        note(Note::raised_nmi, target, 0);
        make_raised("nmi", op.args[1], [](void* arg) {
            handle_nmi(static_cast<Raised*>(arg)->what);
        }).interrupt.raise_nmi(target);
    } else {
        note(Note::raised_ist, target, 0);
        make_raised("ist", op.args[1], [](void* arg) {
            handle_ist_exception(static_cast<Raised*>(arg)->what);
        }).interrupt.raise_nmi(target);
    }
    return true;
}

// --- updaters -----------------------------------------------------------------------------------

bool update(ProtectedList& list, bool livepatch) {
    Readers& readers = state().readers;
    Object& old = readers.replace(list);
    note(Note::replaced, livepatch ? 1 : 0, 0);
    if (livepatch && !bug(D16_livepatch_synchronize_rcu))
        state().gp.schedule_on_each_cpu();
    else
        state().gp.synchronize_rcu();
    note(Note::freed, livepatch ? 1 : 0, 0);
    readers.free(old);
    return true;
}

// --- the rest -----------------------------------------------------------------------------------

// A task took the address of its CPU's counter, and was moved to this CPU before it read it.
// Disabling preemption around both is why this cannot happen.
bool test_watching(unsigned from) {
    const RcuDynticks& here = this_cpu();
    const bool moved = bug(D15_watching_tested_preemptible) && from != here.cpu;
    const RcuDynticks& tested = moved ? state().per_cpu[from] : here;
    kernel::preempt_disable();
    const bool watching = (memory::atomic_read(tested.dynticks) & watching_mask()) != 0;
    kernel::preempt_enable();
    note(Note::tested_watching, moved ? 1 : 0, watching ? 1 : 0);
    kernel::warn_on(!watching && watches(here) && scenario::white_box_oracles,
                    "RCU used illegally from idle CPU, on a CPU that RCU watches");
    return true;
}

// call_usermodehelper() once left an interrupt that had never come.
bool upcall() {
    RcuDynticks& rdtp = this_cpu();
    note(Note::upcall, 0, 0);
    kernel::local_irq_disable();
    ++rdtp.drift;
    rcu_irq_enter();
    kernel::local_irq_enable();
    return true;
}

}  // namespace

std::span<const OpSpec> operations() { return specs; }

bool run_operation(const Op& op) {
    object_if(check_W3_watching(this_cpu(), true));
    object_if(check_W4_nesting(this_cpu()));
    state().gp.note_context_switch();
    switch (op.kind) {
        case op_idle:
            return pass_through(Eqs::idle, op.args[0]);
        case op_user:
            return pass_through(Eqs::user, op.args[0]);
        case op_irq:
        case op_nmi:
        case op_ist:
            return raise(op);
        case op_read:
            state().readers.read();
            return true;
        case op_update:
        case op_livepatch:
            return update(
                op.kind == op_update ? state().readers.objects : state().readers.func_stack,
                op.kind == op_livepatch);
        case op_call:
            traced(Place::task);
            return true;
        case op_special:
            return since(v4_12) && !since(v6_12) &&
                   rcu_eqs_special_set(state().per_cpu[op.args[0] % state().cpus]);
        case op_upcall:
            return upcall();
        case op_watching:
            return test_watching(op.args[0] % state().cpus);
        default:
            return false;
    }
}

void rest_for_good() {
    note(Note::resting, 0, 0);
    kernel::local_irq_disable();
    rcu_eqs_enter(Eqs::idle);
    this_cpu().resting = true;
    state().gp.cpu_changed();
    kernel::local_irq_enable();
}

}  // namespace rcufuzz::dynticks
