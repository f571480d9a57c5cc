// SPDX-License-Identifier: GPL-2.0-or-later
//
// kernel/smp.c: csd_lock(), csd_lock_wait() and csd_unlock(), of 2.6.39 and of v6.12; and the call
// of a function by an interrupt handler.
#include <bit>

#include "core/subsystems/smp_call/notes.h"
#include "core/subsystems/smp_call/smp_call.h"

namespace rcufuzz::smp_call {

namespace {

// Who has locked it is to send interrupts, and each of the targets has to take one.
void list_targets(const void* arg, kernel::Awaited& awaited) {
    const Csd& csd = *static_cast<const Csd*>(arg);
    if (csd.being_set_up) awaited.context(csd.owner);
    for (CpuMask rest = csd.mask != nullptr ? csd.mask->get() : csd.targets; rest != 0;
         rest &= rest - 1)
        awaited.interrupt(static_cast<unsigned>(std::countr_zero(rest)));
}

void wait_until_unlocked(Csd& csd, bool acquire) {
    const auto unlocked = [](unsigned flags) {
        if ((flags & csd_flag_lock) == 0) return true;
        object_if(kernel::irqs_disabled() ? "Q7: a caller waits with interrupts disabled" : "");
        return false;
    };
    csd.waiters.load_until(csd.flags, acquire ? memory::Order::acquire : memory::Order::relaxed,
                           unlocked, {list_targets, &csd, csd.flags.object()});
}

bool barrier_left_out(const Csd& csd) {
    return csd.on_list ? bug(S16_unlock_unordered_many) || bug(S05b_third_party_zero_relaxed)
                       : bug(S16b_unlock_unordered_single);
}

}  // namespace

// In 2011 the full barrier orders what the owner sees after what the last user did: pairs with the
// one in csd_unlock(). In v6.12 the acquire does, and the flag comes before function and data.
void csd_lock(Csd& csd) {
    const bool queues = state().at_least(gen_6_12);
    if (!bug(S31_csd_not_locked)) wait_until_unlocked(csd, queues);
    WRITE_ONCE(csd.flags, csd_flag_lock);
    object_if(csd.in_use ? "Q10: a csd is locked for a call while another uses it" : "");
    csd.in_use = true;
    csd.owner = sim::world().current().key;
    csd.being_set_up = true;
    if (queues)
        memory::smp_wmb();
    else if (!bug(S15_csd_lock_unordered) && !bug(S20_unlock_lost))
        memory::smp_mb();
}

void csd_sent(Csd& csd) { csd.being_set_up = false; }

// The acquire is of 8053871d0f7f, v4.1; all generations have it here, as without it a caller may
// miss what the functions did (S22).
void csd_lock_wait(Csd& csd) { wait_until_unlocked(csd, !bug(S22_wait_without_acquire)); }

// Everything that the call did comes before the flag. Pairs with csd_lock() and csd_lock_wait().
void csd_unlock(Csd& csd) {
    if (state().at_least(gen_6_12)) {
        kernel::warn_on((READ_ONCE(csd.flags) & csd_flag_lock) == 0,
                        "unlocks a csd that is not locked");
        memory::smp_store_release(csd.flags, 0);
    } else {
        const unsigned flags = READ_ONCE(csd.flags);
        kernel::warn_on((flags & csd_flag_lock) == 0, "unlocks a csd that is not locked");
        if (!barrier_left_out(csd)) memory::smp_mb();
        WRITE_ONCE(csd.flags, flags & ~csd_flag_lock);
    }
    csd.in_use = false;
    csd_sent(csd);
    csd.waiters.wake_all();
    note_coarse_state();
}

void run_function(int func, int info, bool may_enable_irqs) {
    State& all = state();
    Call& call = all.calls.begin_run(func, info, Site::current());
    note(Note::runs, info, func);
    WRITE_ONCE(all.caller().work, info);
    const unsigned cpu = kernel::smp_processor_id();
    if ((call.leaving & cpu_bit(cpu)) != 0) {  // leave_mm() of arch/x86/mm/tlb.c
        all.calls.leaves_mm(cpu);
        memory::clear_bit(cpu, all.mm_cpumask);
        note(Note::leaves_mm, cpu);
    }
    if (call.enables_irqs && may_enable_irqs) {
        note(Note::irqs_enabled, 0);
        kernel::local_irq_enable();
        kernel::local_irq_disable();
    }
    all.calls.end_run(call);
}

}  // namespace rcufuzz::smp_call
