// SPDX-License-Identifier: GPL-2.0-or-later
//
// Who is called in traced functions, and what it does before it uses RCU: the stack tracer
// (kernel/trace/trace_stack.c), rcuidle tracepoints (include/linux/tracepoint.h),
// klp_ftrace_handler() (kernel/livepatch/patch.c), and what the thread about rcu_irq_enter() in
// ftrace handlers proposed instead.
#include "core/subsystems/dynticks/dynticks.h"
#include "core/subsystems/dynticks/notes.h"

namespace rcufuzz::dynticks {

namespace {

// check_stack(): saves a stack that is deeper than all before, which needs RCU. How deep it is the
// interrupts on it say.
void check_stack() {
    State& all = state();
    const int size = static_cast<int>(1 + this_cpu().handlers);
    if (size <= READ_ONCE(all.stack_trace_max_size) || in_nmi()) return;
    const kernel::IrqFlags flags = kernel::local_irq_save();
    kernel::raw_spin_lock(all.stack_trace_max_lock);
    if (size > READ_ONCE(all.stack_trace_max_size)) {
        WRITE_ONCE(all.stack_trace_max_size, size);
        // v4.11 to v4.14 make RCU watch; later ones have tested that it does.
        const bool enters = !since(v4_16);
        if (enters) rcu_irq_enter();
        all.readers.read();
        if (enters) rcu_irq_exit();
    }
    kernel::raw_spin_unlock(all.stack_trace_max_lock);
    kernel::local_irq_restore(flags);
}

void stack_trace_call() {
    RcuDynticks& rdtp = this_cpu();
    const int guard = load_plain(rdtp.disable_stack_tracer) + 1;
    store_plain(rdtp.disable_stack_tracer, guard);
    const bool unsafe = since(v4_16)   ? !rcu_is_watching()
                        : since(v4_12) ? !bug(D05_flag_not_tested) && rcu_irq_enter_disabled()
                                       : false;
    if ((guard == 1 || bug(D17_no_guard)) && !unsafe) {
        note(Note::stack_tracer, 0, 0);
        check_stack();
    }
    store_plain(rdtp.disable_stack_tracer, guard - 1);
}

// It does not make RCU watch: whoever frees a function waits for every CPU to schedule.
void klp_ftrace_handler() {
    kernel::preempt_disable();
    state().readers.look_at(state().readers.func_stack);
    kernel::preempt_enable();
}

// trace_foo_rcuidle(): rcu_irq_enter_irqson() around the call. None stands in NMI code.
void rcuidle_tracepoint() {
    if (in_nmi() || rcu_irq_enter_disabled()) return;
    note(Note::rcuidle, 0, 0);
    kernel::IrqFlags flags = kernel::local_irq_save();
    rcu_irq_enter();
    kernel::local_irq_restore(flags);
    state().readers.read();
    flags = kernel::local_irq_save();
    rcu_irq_exit();
    kernel::local_irq_restore(flags);
}

// The proposals: how a handler that may be called anywhere makes RCU watch.
void proposal(bool by_nmi, bool irqs_on) {
    note(Note::proposal, by_nmi ? 1 : 0, irqs_on ? 1 : 0);
    kernel::IrqFlags flags = kernel::local_irq_save();
    if (irqs_on) kernel::local_irq_restore(flags);
    if (by_nmi)
        rcu_nmi_enter();
    else
        rcu_irq_enter();
    state().readers.read();
    if (by_nmi)
        rcu_nmi_exit();
    else
        rcu_irq_exit();
    if (!irqs_on) kernel::local_irq_restore(flags);
}

void call_tracer(Tracer tracer) {
    switch (tracer) {
        case Tracer::stack:
            return stack_trace_call();
        case Tracer::livepatch:
            return klp_ftrace_handler();
        case Tracer::rcuidle:
            return rcuidle_tracepoint();
        case Tracer::selector:
            return proposal(in_nmi(), false);
        case Tracer::always_nmi:
            return proposal(true, false);
        case Tracer::always_nmi_on:
            return proposal(true, true);
        case Tracer::naive_irq:
            return proposal(false, false);
    }
}

// Up to v5.7 anything may be traced that is not marked, and v4.12 left the helper that
// rcu_irq_enter() calls unmarked. Then the code around the flips became noinstr; that of the idle
// loop did where the architecture has entry code of that kind.
bool may_be_traced(Place place) {
    switch (place) {
        case Place::irq_enter:
            return !since(v4_14);
        case Place::idle_exit:
        case Place::irq_exit:
        case Place::nmi_early:
        case Place::nmi_late:
            return !since(v6_12);
        case Place::nmi_middle:
            return !since(v6_12) || bug(D20_entry_instrumented);
        default:
            return true;
    }
}

}  // namespace

bool in_nmi() { return load_plain(this_cpu().nmi_count) != 0; }

bool rcu_irq_enter_disabled() {
    return since(v4_12) && !since(v4_16) && load_plain(this_cpu().disable_rcu_irq_enter) != 0;
}

// A tracer is not called for what it calls itself: ftrace's recursion protection.
void traced(Place place) {
    State& all = state();
    if (all.traced != place && all.traced != Place::everywhere) return;
    RcuDynticks& rdtp = this_cpu();
    bool& tracing = rdtp.tracing[rdtp.handlers];
    if (tracing || !may_be_traced(place)) return;
    tracing = true;
    note(Note::traced, static_cast<int>(place), 0);
    const std::string objection = check_W6_place(rdtp);
    if (place == Place::nmi_middle && bug(D20_entry_instrumented))
        all.readers.read();  // of who instruments, and does not expect such a place
    else
        call_tracer(bug(D09_selector)            ? Tracer::selector
                    : bug(D10_nmi_enter_irqs_on) ? Tracer::always_nmi_on
                                                 : all.tracer);
    if (!objection.empty())  // that RCU did not watch says more
        object_if({objection, "W6_" + in_context()});
    tracing = false;
}

}  // namespace rcufuzz::dynticks
