// SPDX-License-Identifier: GPL-2.0-or-later
//
// kernel/smp.c: generic_smp_call_function_interrupt(), 2.6.32 to 3.8. It walks the list without a
// lock: what it stands at may leave the list, and become the element of another call, at any step.
#include "core/subsystems/smp_call/notes.h"
#include "core/subsystems/smp_call/smp_call.h"

namespace rcufuzz::smp_call {

namespace {

// Returns the call's number.
int call_function(CfdData& cfd) {
    const State& all = state();
    // Since V2 a function that enables interrupts breaks a rule; before, it ran after its bit was
    // cleared, which made it harmless.
    const bool may_enable = !all.at_least(gen_e6cd1e07a185) || bug(S12_function_enables_irqs);
    const int func = load_plain(cfd.csd.func);
    const int info = load_plain(cfd.csd.info);
    if (info == cfd.call && cfd.references == 0)
        object_if("Q2: a function runs before refs says that it may");
    run_function(func, info, may_enable);
    return info;
}

// `call` as the handler found it.
void count_down(CfdData& cfd, int call) {
    State& all = state();
    const int refs = bug(S05b_third_party_zero_relaxed)
                         ? memory::atomic_add_return_relaxed(-1, cfd.refs)
                         : memory::atomic_dec_return(cfd.refs);
    note(Note::counted_down, cfd.cpu, refs);
    // With a full barrier behind it, others may have acted since; the element may be another's.
    if (cfd.call == call) {
        object_if(check_Q3_counted_to(cfd, refs));
        if (refs >= 0) cfd.counted_to |= 1u << refs;
    }
    kernel::warn_on(refs < 0, "refs is below 0");
    if (refs != 0) return;
    kernel::warn_on(READ_ONCE(cfd.cpumask) != 0, "refs is 0, but the mask is not empty");
    raw_spin_lock(all.lock);
    list_del_rcu(cfd);
    note(Note::unlinked, cfd.cpu);
    object_if(check_Q4_list());
    raw_spin_unlock(all.lock);
    if (cfd.call != 0) all.calls.at(cfd.call).over = true;
    csd_unlock(cfd.csd);
    note(Note::unlocked, cfd.cpu);
}

// V0: whoever finds its bit set has a call to make.
void visit_unseen(CfdData& cfd) {
    if (!memory::test_and_clear_bit(kernel::smp_processor_id(), cfd.cpumask)) return;
    count_down(cfd, call_function(cfd));
}

void visit(CfdData& cfd) {
    State& all = state();
    const unsigned cpu = kernel::smp_processor_id();
    if (!all.at_least(gen_6dc19899958e) || bug(S01_reused_unseen)) {
        visit_unseen(cfd);
        return;
    }
    const bool set = memory::test_bit(cpu, cfd.cpumask);
    if (!set) {
        all.caller().stands_at = nullptr;
        note(Note::bit_clear, cfd.cpu);
        return;
    }
    // The mask is read before refs, function and data. Pairs with the write barrier of
    // smp_call_function_many(), and with whoever counted the last call down to 0.
    if (!bug(S18_refs_before_mask)) memory::smp_rmb();
    if (!bug(S10_no_refs_test) && memory::atomic_read(cfd.refs) == 0) {
        all.caller().stands_at = nullptr;
        note(Note::refs_zero, cfd.cpu);
        return;
    }
    all.caller().stands_at = nullptr;
    const bool clears_first = !all.at_least(gen_e6cd1e07a185);
    if (clears_first && !memory::test_and_clear_bit(cpu, cfd.cpumask)) return;
    const int call = call_function(cfd);
    if (!clears_first && !memory::test_and_clear_bit(cpu, cfd.cpumask)) {
        note(Note::cleared_by_other, cfd.cpu);
        kernel::warn_on(true, "a function enabled interrupts and ran twice");
        return;
    }
    count_down(cfd, call);
}

// rcu_dereference() of a next pointer.
CfdData& follow(const Shared<CfdData*>& pointer) {
    State& all = state();
    CfdData* const next = memory::rcu_dereference(pointer);
    if (next == nullptr)
        kernel::fail(Verdict::list_corrupted, "a walker comes to the end of a list that has none");
    all.caller().stands_at = next == &all.head ? nullptr : next;
    if (next != &all.head) note(Note::comes_to, next->cpu);
    note_coarse_state();
    return *next;
}

}  // namespace

void generic_smp_call_function_interrupt() {
    State& all = state();
    // The interrupt comes before the list is looked at. Pairs with smp_call_function_many().
    if (!bug(S14_interrupt_unordered)) memory::smp_mb();
    for (CfdData* at = &follow(all.head.next); at != &all.head; at = &follow(at->next)) visit(*at);
}

}  // namespace rcufuzz::smp_call
