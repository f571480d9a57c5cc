// SPDX-License-Identifier: GPL-2.0-or-later
//
// kernel/smp.c: calls to one CPU, each on that CPU's queue. smp_call_function_single(),
// generic_exec_single() and generic_smp_call_function_single_interrupt() of 2.6.39, where the queue
// has a lock; __smp_call_single_queue() of v6.12 where it has none.
#include "core/subsystems/smp_call/notes.h"
#include "core/subsystems/smp_call/smp_call.h"

namespace rcufuzz::smp_call {

namespace {

// Whether the queue was empty.
bool add_under_lock(SingleQueue& queue, Csd& csd) {
    const kernel::IrqFlags flags = raw_spin_lock_irqsave(queue.lock);
    const bool empty = queue.first.get() == nullptr;
    csd.next.set(nullptr);
    if (empty)
        queue.first.set(&csd);
    else
        queue.last.get()->next.set(&csd);
    queue.last.set(&csd);
    if (empty) ++queue.owed;
    raw_spin_unlock_irqrestore(queue.lock, flags);
    return empty;
}

// Who finds something there relies on the interrupt of who found nothing. The queue's lock orders
// it: the handler takes it as well.
void generic_exec_single(unsigned cpu, Csd& csd, const Call& call) {
    State& all = state();
    SingleQueue& queue = all.queues[cpu];
    csd.targets = cpu_bit(cpu);
    store_plain(csd.func, call.func);
    store_plain(csd.info, call.number);
    const bool was_empty =
        all.at_least(gen_6_12) ? call_single_queue_add(cpu, csd) : add_under_lock(queue, csd);
    note(Note::enqueued, call.number, cpu_bit(cpu));
    if (!was_empty) {
        csd_sent(csd);
        return;
    }
    note(Note::interrupts, 0, cpu_bit(cpu));
    send_interrupt(all.single_ipi, cpu);
    csd_sent(csd);
    if (queue.owed > 0) --queue.owed;
}

}  // namespace

void smp_call_function_single(unsigned cpu, Call& call) {
    State& all = state();
    all.calls.set_targets(call, cpu_bit(cpu));
    note(Note::begin_single, call.number, cpu_bit(cpu));
    kernel::warn_on_context(kernel::irqs_disabled(), "calls another CPU with interrupts disabled");
    if (!call.waits) {
        csd_lock(all.caller().csd_data);
        generic_exec_single(cpu, all.caller().csd_data, call);
        return;
    }
    // On the stack, and nobody else's before it is on the queue.
    Csd& csd = all.caller().stack;
    csd_lock(csd);
    if (all.at_least(gen_6_12)) WRITE_ONCE(csd.flags, csd_flag_lock | csd_type_sync);
    generic_exec_single(cpu, csd, call);
    note(Note::waits, call.number);
    csd_lock_wait(csd);
}

// As smp_call_function_single_async() since v5.8: an element in use is an error. It was
// __smp_call_function_single() in 2011, which waits.
bool smp_call_function_single_async(unsigned cpu, Call& call, Csd& csd) {
    State& all = state();
    if ((memory::smp_load_acquire(csd.flags) & csd_flag_lock) != 0) return false;
    all.calls.set_targets(call, cpu_bit(cpu));
    note(Note::begin_single, call.number, cpu_bit(cpu));
    csd_lock(csd);
    generic_exec_single(cpu, csd, call);
    return true;
}

// The queue is taken whole; what comes meanwhile brings an interrupt of its own.
void generic_smp_call_function_single_interrupt() {
    State& all = state();
    if (all.at_least(gen_6_12)) {
        flush_smp_call_function_queue();
        return;
    }
    SingleQueue& queue = all.queues[kernel::smp_processor_id()];
    raw_spin_lock(queue.lock);
    Csd* csd = queue.first.get();
    queue.first.set(nullptr);
    raw_spin_unlock(queue.lock);
    note(Note::takes_queue, 0);
    while (csd != nullptr) {
        Csd* const next = csd->next.get();
        const int func = load_plain(csd->func);
        const int info = load_plain(csd->info);
        run_function(func, info, true);
        all.calls.at(info).over = true;
        csd_unlock(*csd);
        note(Note::csd_unlocked, info);
        csd = next;
    }
}

}  // namespace rcufuzz::smp_call
