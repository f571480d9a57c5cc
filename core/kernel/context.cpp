// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/kernel/context.h"

#include "core/kernel/rcu.h"
#include "core/kernel/softirq.h"
#include "core/kernel/spinlock.h"
#include "core/kernel/timer.h"
#include "core/kernel/wait_for.h"

namespace rcufuzz::kernel {

void boot() {
    begin_waits();
    begin_spinlocks();
    begin_timers();
    begin_softirqs();
    begin_readers();
}

void local_irq_disable(const Site& site) {
    if (irqs_disabled()) return;
    sim::world().point({0, sim::AccessKind::irq}, site);
    local_irq_disable_now(site);
}

void local_irq_disable_now(const Site& site) {
    sim::World& w = sim::world();
    if (!w.this_cpu().irqs_on) return;
    w.set_irqs(false);
    w.event(sim::EventKind::irqs_off, 0, 0, 0, site);
}

void local_irq_enable(const Site& site) {
    sim::World& w = sim::world();
    if (w.this_cpu().irqs_on) return;
    w.event(sim::EventKind::irqs_on, 0, 0, 0, site);
    w.set_irqs(true);
    w.point({0, sim::AccessKind::irq}, site);
}

IrqFlags local_irq_save(const Site& site) {
    const IrqFlags flags = irqs_disabled() ? 0 : 1;
    local_irq_disable(site);
    return flags;
}

void local_irq_restore(IrqFlags flags, const Site& site) {
    if (flags != 0) local_irq_enable(site);
}

// Where there is one task only, nobody could preempt it.
void preempt_disable(const Site& site) {
    sim::World& w = sim::world();
    if (w.this_cpu().crowded) w.point({0, sim::AccessKind::irq}, site);
    w.add_preempt_count(1);
}

void preempt_enable(const Site& site) {
    sim::World& w = sim::world();
    w.add_preempt_count(-1);
    if (w.this_cpu().crowded) w.point({0, sim::AccessKind::irq}, site);
}

void local_bh_disable(const Site& site) {
    sim::world().point({0, sim::AccessKind::irq}, site);
    sim::world().add_bh_count(1);
}

// Enabling bottom halves is a point: softirqs that waited may run, and the task may be preempted.
void local_bh_enable(const Site& site) {
    sim::World& w = sim::world();
    w.add_bh_count(-1);
    w.point({0, sim::AccessKind::irq}, site);
}

namespace {

std::string warning(const char* what) { return std::string("the kernel warns: ") + what; }

}  // namespace

void warn_on(bool condition, const char* what, const Site& site) {
    if (condition) [[unlikely]]
        sim::world().findings().suspect(Verdict::invariant, warning(what), site);
}

void warn_on_context(bool condition, const char* what, const Site& site) {
    if (!condition) [[likely]]
        return;
    sim::Objection why{warning(what)};
    why.reads_nothing = true;
    sim::world().findings().suspect(Verdict::invariant, std::move(why), site);
}

}  // namespace rcufuzz::kernel
