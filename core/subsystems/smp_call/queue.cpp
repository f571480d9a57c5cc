// SPDX-License-Identifier: GPL-2.0-or-later
//
// kernel/smp.c, v6.12: a queue for each CPU, without a lock (lib/llist.c), and an element for each
// pair of CPUs. smp_call_function_many_cond(), __flush_smp_call_function_queue().
#include <bit>

#include "core/subsystems/smp_call/notes.h"
#include "core/subsystems/smp_call/smp_call.h"

namespace rcufuzz::smp_call {

namespace {

using memory::Order;

// llist_add(): whether the queue was empty. The element comes before the queue shows it: pairs with
// llist_del_all().
bool llist_add(SingleQueue& queue, Csd& csd) {
    const Order order = bug(S29_published_relaxed) ? Order::relaxed : Order::full;
    for (;;) {
        Csd* const first = READ_ONCE(queue.first);
        store_plain(csd.next, first);
        const auto next = [first, &csd](Csd* old) {
            return old == first ? std::optional<Csd*>(&csd) : std::nullopt;
        };
        if (queue.first.update(next, order, true, Site::current()).stored) return first == nullptr;
        if (kernel::run_is_over()) return false;
    }
}

// llist_del_all() and llist_reverse_order()
Csd* take_all(SingleQueue& queue) {
    Csd* rest = memory::xchg(queue.first, nullptr);
    Csd* taken = nullptr;
    while (rest != nullptr) {
        Csd* const next = load_plain(rest->next);
        store_plain(rest->next, taken);
        taken = rest;
        rest = next;
    }
    return taken;
}

// Somebody waits: the element is his until the function has run.
void run_sync(Csd& csd) {
    const int func = load_plain(csd.func);
    const int info = load_plain(csd.info);
    if (bug(S28_unlocked_before_call)) csd_unlock(csd);
    run_function(func, info, true);
    if (bug(S28_unlocked_before_call)) return;
    csd_unlock(csd);
    note(Note::csd_unlocked, info);
}

// Nobody waits: the element may be used again as soon as function and data have been read.
void run_async(Csd& csd) {
    if (bug(S27_unlocked_before_copy)) csd_unlock(csd);
    const int func = load_plain(csd.func);
    const int info = load_plain(csd.info);
    if (!bug(S27_unlocked_before_copy)) {
        csd_unlock(csd);
        note(Note::csd_unlocked, info);
    }
    run_function(func, info, true);
}

}  // namespace

bool call_single_queue_add(unsigned cpu, Csd& csd) {
    SingleQueue& queue = state().queues[cpu];
    ++queue.owed;
    const bool seen_empty = bug(S30_stale_emptiness) && READ_ONCE(queue.first) == nullptr;
    const bool was_empty = llist_add(queue, csd);
    const bool interrupts = bug(S30_stale_emptiness) ? seen_empty : was_empty;
    if (!interrupts) --queue.owed;
    return interrupts;
}

// Those who are waited for come first. The element of one may be another's as soon as it is
// unlocked: its successor is read before.
void flush_smp_call_function_queue() {
    State& all = state();
    Csd* taken = take_all(all.queues[kernel::smp_processor_id()]);
    note(Note::takes_queue, 0);
    Csd* others = nullptr;
    Csd* last_other = nullptr;
    while (taken != nullptr) {
        Csd& csd = *taken;
        taken = load_plain(csd.next);
        if ((READ_ONCE(csd.flags) & csd_type_sync) != 0) {
            run_sync(csd);
            continue;
        }
        if (last_other == nullptr)
            others = &csd;
        else
            store_plain(last_other->next, &csd);
        store_plain(csd.next, nullptr);
        last_other = &csd;
    }
    while (others != nullptr) {
        Csd& csd = *others;
        others = load_plain(csd.next);
        run_async(csd);
    }
}

void smp_call_function_many_queued(const Request& request, Call& call) {
    State& all = state();
    Caller& caller = all.caller();
    if (next_target(request, 0) >= all.cpus) return;
    const CpuMask mask = request.read() & all.online & ~cpu_bit(kernel::smp_processor_id());
    all.calls.set_targets(call, mask);
    CpuMask to_interrupt = 0;
    for (CpuMask rest = mask; rest != 0; rest &= rest - 1) {
        const auto cpu = static_cast<unsigned>(std::countr_zero(rest));
        Csd& csd = caller.to[cpu];
        csd_lock(csd);
        csd.targets = cpu_bit(cpu);
        if (call.waits) WRITE_ONCE(csd.flags, csd_flag_lock | csd_type_sync);
        store_plain(csd.func, call.func);
        store_plain(csd.info, call.number);
        if (call_single_queue_add(cpu, csd)) to_interrupt |= cpu_bit(cpu);
        note(Note::enqueued, call.number, cpu_bit(cpu));
    }
    if (to_interrupt != 0) note(Note::interrupts, 0, to_interrupt);
    for (CpuMask rest = to_interrupt; rest != 0; rest &= rest - 1) {
        const auto cpu = static_cast<unsigned>(std::countr_zero(rest));
        send_interrupt(all.single_ipi, cpu);
        --all.queues[cpu].owed;
    }
    for (CpuMask rest = mask; rest != 0; rest &= rest - 1)
        csd_sent(caller.to[static_cast<unsigned>(std::countr_zero(rest))]);
    if (!call.waits) return;
    note(Note::waits, call.number);
    for (CpuMask rest = mask; rest != 0; rest &= rest - 1)
        csd_lock_wait(caller.to[static_cast<unsigned>(std::countr_zero(rest))]);
}

}  // namespace rcufuzz::smp_call
