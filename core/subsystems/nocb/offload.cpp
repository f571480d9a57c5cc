// SPDX-License-Identifier: GPL-2.0-or-later
//
// kernel/rcu/tree_plugin.h, v5.13: rcu_nocb_cpu_deoffload(), rcu_nocb_cpu_offload() and what runs
// on the CPU for them. The toggler changes SEGCBLIST_OFFLOADED and waits until rcuog and rcuo have
// answered with their own flags; while they differ, rcu_core() and the kthreads both look after the
// list, under nocb_lock.
#include "core/subsystems/nocb/bugs.h"
#include "core/subsystems/nocb/invariants.h"
#include "core/subsystems/nocb/nocb.h"
#include "core/subsystems/nocb/notes.h"

namespace rcufuzz::nocb {

namespace {

// nocb_lock held on entry, dropped on return.
void rdp_offload_toggle(RcuData& rdp, bool offload, IrqFlags flags) {
    const OwesWakeup owes;
    RcuData& leader = *rdp.nocb_gp_rdp;
    if (offload) {
        rcu_segcblist_clear_flags(rdp.cblist, SEGCBLIST_SOFTIRQ_ONLY);
        rcu_segcblist_set_flags(rdp.cblist, SEGCBLIST_OFFLOADED);
    } else {
        rcu_segcblist_clear_flags(rdp.cblist, SEGCBLIST_OFFLOADED);
    }
    if (rdp.nocb_cb_sleep.get()) WRITE_ONCE(rdp.nocb_cb_sleep, false);
    rcu_nocb_unlock_irqrestore(rdp, flags);
    // Whatever nocb_cb_sleep was: it may have been cleared by somebody who has yet to wake.
    swake_up_one(rdp.nocb_cb_wq);
    const IrqFlags gp_flags = raw_spin_lock_irqsave(leader.nocb_gp_lock);
    bool wake_gp = false;
    if (READ_ONCE(leader.nocb_gp_sleep)) {
        WRITE_ONCE(leader.nocb_gp_sleep, false);
        wake_gp = true;
    }
    raw_spin_unlock_irqrestore(leader.nocb_gp_lock, gp_flags);
    if (wake_gp && leader.nocb_gp_kthread.get() != nullptr)
        wake_up_process(*leader.nocb_gp_kthread.get());
}

// The CPU looks after its own list from here on. v5.13 leaves out what grace periods have ended
// since its rcu_core() last looked: that skipped the list as offloaded and noted their end all the
// same, so callbacks that waited for them stay where they are until some other grace period (D18;
// v5.17 reworked this part in fbb94cbd70d4 and b3bb02fe5a2b). nocb_lock held.
bool take_list_over(RcuData& rdp) {
    raw_spin_lock(rdp.mynode->lock);
    const bool needwake = rcu_advance_cbs(*rdp.mynode, rdp);
    raw_spin_unlock(rdp.mynode->lock);
    return needwake;
}

void shut_deferral_down(RcuData& rdp) {
    const IrqFlags flags = rcu_nocb_lock_irqsave(rdp);
    WRITE_ONCE(rdp.nocb_defer_wakeup, RCU_NOCB_WAKE_OFF);
    rcu_nocb_unlock_irqrestore(rdp, flags);
    del_timer_sync(rdp.nocb_timer);
}

}  // namespace

void rcu_nocb_rdp_deoffload(void* data) {
    RcuData& rdp = *static_cast<RcuData*>(data);
    note(Note::deoffload, static_cast<int>(rdp.cpu), 0);
    if (kernel::cpu_online(rdp.cpu)) tick_of_toggler(rdp);
    IrqFlags flags = rcu_nocb_lock_irqsave(rdp);
    // Once and for all: from here on rcu_nocb_try_bypass() sees a CPU that is not completely
    // offloaded, and this one has interrupts disabled.
    warn_on(!rcu_nocb_flush_bypass(rdp, nullptr, kernel::jiffies()), "a bypass was not flushed");
    rdp_offload_toggle(rdp, false, flags);
    kernel::swait_event_idle_exclusive(rdp.nocb_state_wq, [&rdp] {
        return !rcu_segcblist_test_flags(rdp.cblist, SEGCBLIST_KTHREAD_CB | SEGCBLIST_KTHREAD_GP);
    });
    if (!bug(Bug::D15_deferral_outlives_deoffload)) shut_deferral_down(rdp);
    flags = rcu_nocb_lock_irqsave(rdp);
    const bool needwake = !bug(Bug::D18_gp_end_missed) && take_list_over(rdp);
    rcu_segcblist_set_flags(rdp.cblist, SEGCBLIST_SOFTIRQ_ONLY);
    if (kernel::cpu_online(rdp.cpu)) tick_if_needed(rdp);
    raw_spin_unlock_irqrestore(rdp.nocb_lock, flags);  // rcu_nocb_unlock() would no longer do it
    check_released(rdp, Site::current());
    if (needwake) kernel::rcu_gp_kthread_wake(nocb().rcu_state);
    note(Note::deoffloaded, static_cast<int>(rdp.cpu), 0);
}

namespace {

void rcu_nocb_rdp_offload(void* data) {
    RcuData& rdp = *static_cast<RcuData*>(data);
    note(Note::offload, static_cast<int>(rdp.cpu), 0);
    const IrqFlags flags = raw_spin_lock_irqsave(rdp.nocb_lock);
    if (!bug(Bug::D15b_deferral_stays_off)) WRITE_ONCE(rdp.nocb_defer_wakeup, RCU_NOCB_WAKE_NOT);
    rdp_offload_toggle(rdp, true, flags);
    kernel::swait_event_idle_exclusive(rdp.nocb_state_wq, [&rdp] {
        return rcu_segcblist_test_flags(rdp.cblist, SEGCBLIST_KTHREAD_CB) &&
               rcu_segcblist_test_flags(rdp.cblist, SEGCBLIST_KTHREAD_GP);
    });
    note(Note::offloaded, static_cast<int>(rdp.cpu), 0);
}

// barrier_mutex keeps rcu_barrier() out: while two run callbacks of one list, their order is lost.
kernel::Mutex& toggle_mutex() {
    return bug(Bug::D16_toggling_beside_barrier) ? nocb().nocb_mutex : nocb().barrier_mutex;
}

void begin_toggle(RcuData& rdp) {
    toggle_mutex().lock();
    nocb().cpu_hotplug_lock.read_lock();
    nocb().callbacks.order_lost(rdp.cpu);
}

void end_toggle() {
    nocb().cpu_hotplug_lock.read_unlock();
    toggle_mutex().unlock();
}

void offload_if_it_can_be(RcuData& rdp) {
    if (rcu_rdp_is_offloaded(rdp) || !kernel::cpu_online(rdp.cpu)) return;
    const kernel::Task* const kthread = bug(Bug::D30_leaders_kthread_tested)
                                            ? READ_ONCE(rdp.nocb_gp_rdp->nocb_gp_kthread)
                                            : rdp.nocb_cb_kthread;
    if (kthread == nullptr) return;
    rdp.kworker.run_and_wait(rdp.cpu, rcu_nocb_rdp_offload, &rdp);
}

}  // namespace

void rcu_nocb_cpu_deoffload(RcuData& rdp) {
    if (rdp.nocb_gp_rdp == &rdp) return;  // the leader cannot (until 552cac80e65f, v5.14)
    begin_toggle(rdp);
    if (rcu_rdp_is_offloaded(rdp)) {
        if (kernel::cpu_online(rdp.cpu))
            rdp.kworker.run_and_wait(rdp.cpu, rcu_nocb_rdp_deoffload, &rdp);
        else if (bug(Bug::D14_offline_cpu_deoffloaded) && rdp.nocb_cb_kthread != nullptr)
            rcu_nocb_rdp_deoffload(&rdp);
    }
    end_toggle();
}

// Only a CPU that has its kthreads. v5.13 does not ask: there a failed creation left the CPU
// offloaded (D31).
void rcu_nocb_cpu_offload(RcuData& rdp) {
    begin_toggle(rdp);
    offload_if_it_can_be(rdp);
    end_toggle();
}

}  // namespace rcufuzz::nocb
