// SPDX-License-Identifier: GPL-2.0-or-later
//
// kernel/smp.c: smp_call_function_many(), 2.6.32 to 3.8, and the interrupts it sends.
#include <bit>

#include "core/subsystems/smp_call/notes.h"
#include "core/subsystems/smp_call/smp_call.h"

namespace rcufuzz::smp_call {

namespace {

int weight(CpuMask mask) { return std::popcount(mask); }

bool sets_refs_before_lock() {
    return !state().at_least(gen_e6cd1e07a185) || bug(S03_refs_before_lock) ||
           bug(S01_reused_unseen);
}

void set_refs(CfdData& cfd, int refs) {
    memory::atomic_set(cfd.refs, refs);
    cfd.references = refs;
    cfd.counted_to = 0;
    note(Note::refs_set, cfd.call, refs);
    note_coarse_state();
}

// The kernel copies the mask word by word, plainly, where late walkers look at the same time; here
// it is marked. Others may clear bits of the request meanwhile, so it is read once.
void store_mask(CfdData& cfd, const Request& request, Call& call) {
    State& all = state();
    const CpuMask mask = request.read() & all.online;
    WRITE_ONCE(cfd.cpumask, mask);
    const CpuMask targets = mask & ~cpu_bit(cfd.cpu);
    all.calls.set_targets(call, targets);
    note(Note::mask_stored, call.number, targets);
    note_coarse_state();
    memory::clear_bit(cfd.cpu, cfd.cpumask);
}

void set_up(CfdData& cfd, const Request& request, Call& call) {
    const State& all = state();
    if (all.at_least(gen_6dc19899958e)) {
        const bool in_use = READ_ONCE(cfd.refs) != 0 || READ_ONCE(cfd.cpumask) != 0;
        kernel::warn_on(in_use, "the element is in use: BUG_ON");
    }
    const bool owner_stores_zero = all.at_least(gen_45a5791920ae) && !bug(S05_third_party_zero) &&
                                   !bug(S05b_third_party_zero_relaxed);
    if (owner_stores_zero) memory::atomic_set(cfd.refs, 0);
    cfd.call = call.number;
    cfd.references = 0;
    cfd.interrupted = 0;
    store_plain(cfd.csd.func, call.func);
    store_plain(cfd.csd.info, call.number);
    // Function, data and refs come before the mask. Pairs with the read barrier in
    // generic_smp_call_function_interrupt().
    const bool ordered = all.at_least(gen_45a5791920ae) && !bug(S04_function_unordered) &&
                         !bug(S02_published_half_built) && !bug(S20_unlock_lost);
    if (ordered) memory::smp_wmb();
    store_mask(cfd, request, call);
}

void queue(CfdData& cfd, const Call& call) {
    State& all = state();
    const kernel::IrqFlags flags = raw_spin_lock_irqsave(all.lock);
    // At the head, so that a walker sees it before those that it will come to anyway.
    list_add_rcu(cfd);
    note(Note::linked, call.number);
    object_if(check_Q4_locked(cfd));
    // Until now a late walker has passed on. Under the lock: who counts down to 0 deletes.
    if (!sets_refs_before_lock()) set_refs(cfd, weight(READ_ONCE(cfd.cpumask)));
    object_if(check_Q4_list());
    raw_spin_unlock_irqrestore(all.lock, flags);
}

// arch_send_call_function_ipi_mask(). The interrupt code looks at its mask more than once; from
// f44310b98ddb on it may count on a mask that is not empty and does not change.
void send_interrupts(CfdData& cfd, CpuMask own_mask) {
    State& all = state();
    const bool counts_on_mask = all.at_least(gen_f44310b98ddb);
    const bool live = !counts_on_mask || bug(S24_live_mask_to_arch);
    const CpuMask mask = live ? READ_ONCE(cfd.cpumask) : own_mask;
    if (counts_on_mask && mask == 0) object_if("Q6: the interrupt code is given an empty mask");
    note(Note::interrupts, 0, mask);
    for (CpuMask rest = mask; rest != 0; rest &= rest - 1) {
        const auto cpu = static_cast<unsigned>(std::countr_zero(rest));
        send_interrupt(all.many_ipi, cpu);
        cfd.interrupted |= cpu_bit(cpu);
    }
}

}  // namespace

unsigned next_target(const Request& request, unsigned from) {
    const State& all = state();
    const CpuMask mask = request.read() & all.online & ~cpu_bit(kernel::smp_processor_id());
    const CpuMask rest = mask >> from << from;
    return rest == 0 ? all.cpus : static_cast<unsigned>(std::countr_zero(rest));
}

void smp_call_function_many(const Request& request, Call& call) {
    State& all = state();
    kernel::warn_on_context(kernel::irqs_disabled(), "calls other CPUs with interrupts disabled");
    if (all.at_least(gen_6_12)) {
        smp_call_function_many_queued(request, call);
        return;
    }
    const unsigned first = next_target(request, 0);
    if (first >= all.cpus) return;
    if (next_target(request, first + 1) >= all.cpus) {
        smp_call_function_single(first, call);
        return;
    }
    CfdData& cfd = all.caller().cfd;
    csd_lock(cfd.csd);
    note(Note::csd_locked, call.number);
    set_up(cfd, request, call);
    const CpuMask own_mask = READ_ONCE(cfd.cpumask);
    if (own_mask == 0 && all.at_least(gen_723aae25d5cd) && !bug(S06_queued_without_target)) {
        note(Note::nobody_left, call.number);
        csd_unlock(cfd.csd);
        return;
    }
    if (sets_refs_before_lock()) {
        if (all.at_least(gen_6dc19899958e)) memory::smp_wmb();
        set_refs(cfd, weight(own_mask));
    }
    queue(cfd, call);
    // The list comes before the interrupt. Pairs with the one at the beginning of
    // generic_smp_call_function_interrupt().
    if (!bug(S13_interrupt_overtakes)) memory::smp_mb();
    send_interrupts(cfd, own_mask);
    csd_sent(cfd.csd);
    if (call.waits) {
        note(Note::waits, call.number);
        csd_lock_wait(cfd.csd);
    }
}

}  // namespace rcufuzz::smp_call
