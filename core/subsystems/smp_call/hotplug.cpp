// SPDX-License-Identifier: GPL-2.0-or-later
//
// kernel/cpu.c and kernel/smp.c, v6.12: take_cpu_down() and smpcfd_dying_cpu(). A CPU goes offline
// while the machine is stopped: nobody is in the middle of a call or of an interrupt handler. What
// had been sent to it and not taken is lost, so it looks at its queue itself.
//
// The task of a CPU that is offline stays there with interrupts disabled; in the kernel it would go
// on elsewhere.
#include <bit>

#include "core/subsystems/smp_call/notes.h"
#include "core/subsystems/smp_call/smp_call.h"

namespace rcufuzz::smp_call {

bool cpu_down() {
    State& all = state();
    const unsigned cpu = kernel::smp_processor_id();
    while (all.busy != 0) {
        if (kernel::run_is_over()) return false;
        kernel::cpu_relax();
    }
    if ((all.online & cpu_bit(cpu)) == 0 || std::popcount(all.online) <= 2) return false;
    all.online &= ~cpu_bit(cpu);
    all.has_been_offline |= cpu_bit(cpu);
    ++all.busy;
    note(Note::offline, 0);
    kernel::local_irq_disable_now(kernel::Site::current());
    for (IpiVector* const vector : {&all.many_ipi, &all.single_ipi, &all.spare_ipi})
        vector->drop(cpu);
    if (!bug(S32_offline_not_flushed)) flush_smp_call_function_queue();
    --all.busy;
    return true;
}

bool cpu_up() {
    State& all = state();
    const unsigned cpu = kernel::smp_processor_id();
    if ((all.online & cpu_bit(cpu)) != 0) return false;
    while (all.busy != 0) {
        if (kernel::run_is_over()) return false;
        kernel::cpu_relax();
    }
    note(Note::online, 0);
    all.online |= cpu_bit(cpu);
    kernel::local_irq_enable();
    return true;
}

}  // namespace rcufuzz::smp_call
