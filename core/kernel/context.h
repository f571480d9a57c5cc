// SPDX-License-Identifier: GPL-2.0-or-later
//
// Where the code runs: interrupt flag, preemption, bottom halves, of this CPU.
// As in include/linux/{irqflags,preempt,bottom_half}.h, v5.13.
#pragma once

#include "core/memory/run_memory.h"
#include "core/sim/world.h"

namespace rcufuzz::kernel {

using sim::Site;

// Prepares the kernel layer for a run; after World::begin(), before anything else here.
void boot();

inline unsigned smp_processor_id() { return sim::world().current().cpu; }

inline bool irqs_disabled() { return !sim::world().this_cpu().irqs_on; }

// Flags as local_irq_save() returns them: 1 = interrupts were enabled.
using IrqFlags = unsigned long;
inline bool irqs_disabled_flags(IrqFlags flags) { return flags == 0; }

// Enabling interrupts is a point: whatever is pending may be delivered before the next statement.
// So is disabling what was enabled: it may still come after the statement before.
void local_irq_disable(const Site& site = Site::current());
void local_irq_enable(const Site& site = Site::current());
IrqFlags local_irq_save(const Site& site = Site::current());
// As local_irq_disable(), but no point: for a caller that has just passed one.
void local_irq_disable_now(const Site& site);
void local_irq_restore(IrqFlags flags, const Site& site = Site::current());

void preempt_disable(const Site& site = Site::current());
void preempt_enable(const Site& site = Site::current());

void local_bh_disable(const Site& site = Site::current());
void local_bh_enable(const Site& site = Site::current());

inline bool in_task() { return sim::world().current().is_task(); }
inline bool in_hardirq() {
    const sim::Slot slot = sim::world().current().slot;
    return slot == sim::Slot::hardirq || slot == sim::Slot::hardirq2;
}
inline bool in_serving_softirq() { return sim::world().current().slot == sim::Slot::softirq; }

// The body of a busy-wait loop.
inline void cpu_relax(const Site& site = Site::current()) { sim::world().yield(site); }

// A context does not learn that the run is over: it is left where it stands.
constexpr bool run_is_over() { return false; }

inline sim::Jiffies jiffies() { return sim::world().jiffies(); }

// Kernel comparisons that survive the wrap of a counter (include/linux/jiffies.h, rcupdate.h).
inline bool time_after(sim::Jiffies a, sim::Jiffies b) {
    return static_cast<std::int64_t>(b - a) < 0;
}

// The kernel's WARN_ON_ONCE: an assertion of the subject. `what` says what went wrong. The run goes
// on, as the kernel does, for a consequence that users would see.
void warn_on(bool condition, const char* what, const Site& site = Site::current());

// The same where no memory is read: that interrupts are disabled, say. What the context has loaded
// before has no part in it, so it has none in the identity of the find.
void warn_on_context(bool condition, const char* what, const Site& site = Site::current());

}  // namespace rcufuzz::kernel
