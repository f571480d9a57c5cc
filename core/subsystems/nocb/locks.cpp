// SPDX-License-Identifier: GPL-2.0-or-later
//
// kernel/rcu/tree_plugin.h, v5.13: rcu_nocb_lock(), rcu_nocb_unlock(), rcu_nocb_bypass_lock(),
// rcu_nocb_wait_contended() and their forms.
#include "core/subsystems/nocb/bugs.h"
#include "core/subsystems/nocb/invariants.h"
#include "core/subsystems/nocb/nocb.h"

namespace rcufuzz::nocb {

namespace {

bool own_cpu(const RcuData& rdp) { return kernel::smp_processor_id() == rdp.cpu; }

}  // namespace

void rcu_nocb_lock(RcuData& rdp, const Site& site) {
    if (!kernel::irqs_disabled())
        kernel::fail(Verdict::lock_misuse, "nocb_lock wants interrupts disabled", site);
    if (!rcu_rdp_is_offloaded(rdp)) return;
    raw_spin_lock(rdp.nocb_lock, site);
}

void rcu_nocb_unlock(RcuData& rdp, const Site& site) {
    if (!rcu_rdp_is_offloaded(rdp)) return;
    raw_spin_unlock(rdp.nocb_lock, site);
    check_released(rdp, site);
}

IrqFlags rcu_nocb_lock_irqsave(RcuData& rdp, const Site& site) {
    const IrqFlags flags = kernel::local_irq_save(site);
    rcu_nocb_lock(rdp, site);
    return flags;
}

void rcu_nocb_unlock_irqrestore(RcuData& rdp, IrqFlags flags, const Site& site) {
    rcu_nocb_unlock(rdp, site);
    kernel::local_irq_restore(flags, site);
}

// The counter tells the owner's CPU to hold back; it may lag, which is why it is only waited for.
void rcu_nocb_bypass_lock(RcuData& rdp, const Site& site) {
    if (raw_spin_trylock(rdp.nocb_bypass_lock, site)) return;
    memory::atomic_inc(rdp.nocb_lock_contended, site);
    warn_on(!own_cpu(rdp), "a foreign CPU contends for nocb_bypass_lock", site);
    // Orders the increment before the lock. Pairs with the owner's waiting.
    if (!bug(Bug::D40_contention_counted_late)) smp_mb__after_atomic();
    raw_spin_lock(rdp.nocb_bypass_lock, site);
    // Orders the lock before the decrement: who waits for 0 finds the lock taken.
    if (!bug(Bug::D41_contention_over_early)) smp_mb__before_atomic();
    memory::atomic_dec(rdp.nocb_lock_contended, site);
}

bool rcu_nocb_bypass_trylock(RcuData& rdp, const Site& site) {
    return raw_spin_trylock(rdp.nocb_bypass_lock, site);
}

void rcu_nocb_bypass_unlock(RcuData& rdp, const Site& site) {
    raw_spin_unlock(rdp.nocb_bypass_lock, site);
}

void rcu_nocb_wait_contended(RcuData& rdp, const Site& site) {
    warn_on(!own_cpu(rdp), "a foreign CPU waits for bypass contention", site);
    while (READ_ONCE(rdp.nocb_lock_contended, site) != 0) {
        warn_on(!own_cpu(rdp), "a foreign CPU waits for bypass contention", site);
        if (kernel::run_is_over()) return;
        kernel::cpu_relax(site);
    }
}

}  // namespace rcufuzz::nocb
