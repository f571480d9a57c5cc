// SPDX-License-Identifier: GPL-2.0-or-later
//
// kernel/rcu/tree.c, v5.13: rcutree_prepare_cpu(), rcutree_migrate_callbacks(), rcutree_dead_cpu(),
// and as much of kernel/cpu.c as they need; tree_plugin.h: rcu_spawn_one_nocb_kthread().
//
// Simplifications: a CPU goes down where it is quiescent and its task is between two operations or
// waits for callbacks; that task waits until the CPU is back. The grace-period kthread's scan
// reports offline CPUs, so qsmaskinitnext is not modelled.
#include "core/subsystems/nocb/bugs.h"
#include "core/subsystems/nocb/invariants.h"
#include "core/subsystems/nocb/nocb.h"
#include "core/subsystems/nocb/notes.h"

namespace rcufuzz::nocb {

namespace {

// take_cpu_down(), in the stopper of the dying CPU.
void take_cpu_down(void* data) {
    RcuData& rdp = *static_cast<RcuData*>(data);
    rdp.goes_down = false;
    while (!kernel::run_is_over()) {
        if (nocb().holds_sleeping_lock[rdp.cpu]) return;
        // The task that this one interrupted may be a reader, or owe a wake-up.
        if (kernel::cpu_is_quiescent(rdp.cpu) && !nocb().in_operation[rdp.cpu]) break;
        kernel::cpu_relax();
    }
    // Nobody preempts the stopper since it has looked.
    kernel::local_irq_disable_now(kernel::Site::current());
    del_timer(rdp.sched_tick);  // the tick stops with the CPU
    rdp.goes_down = true;
    rdp.stopper.take_cpu_down();
}

// True: the grace-period kthread must be woken. nocb_lock of `mine` (if offloaded) and its leaf's
// lock are held.
bool merge_callbacks(RcuData& mine, RcuData& dead) {
    kernel::RcuNode& rnp = *mine.mynode;
    // The kernel has || too: a list is not advanced once another has asked for a wake-up.
    bool needwake = rcu_advance_cbs(rnp, dead) || rcu_advance_cbs(rnp, mine);
    rcu_segcblist_merge(mine.cblist, dead.cblist);
    if (!bug(Bug::D28_migrated_not_numbered)) needwake = needwake || rcu_advance_cbs(rnp, mine);
    rcu_segcblist_disable(dead.cblist);
    warn_on(rcu_segcblist_empty(mine.cblist) != (mine.cblist.len.get() == 0),
            "after a migration len and list disagree");
    return needwake;
}

void rcutree_migrate_callbacks(RcuData& dead) {
    if (rcu_rdp_is_offloaded(dead) || rcu_segcblist_empty(dead.cblist)) return;
    nocb().callbacks.order_lost(dead.cpu);
    const OwesWakeup owes;
    const IrqFlags flags = kernel::local_irq_save();
    RcuData& mine = nocb().this_rdp();
    kernel::RcuNode& rnp = *mine.mynode;
    rcu_nocb_lock(mine);
    warn_on(!rcu_nocb_flush_bypass(mine, nullptr, kernel::jiffies()), "a bypass was not flushed");
    raw_spin_lock(rnp.lock);
    const bool needwake = merge_callbacks(mine, dead);
    note(Note::migrated, static_cast<int>(dead.cpu), static_cast<int>(mine.cpu));
    if (rcu_rdp_is_offloaded(mine) && !bug(Bug::D28_migrated_not_numbered)) {
        raw_spin_unlock(rnp.lock);
        call_rcu_nocb_wake(mine, true, flags, bug(Bug::D01b_direct_wake_leaves_level));
    } else {
        rcu_nocb_unlock(mine);
        raw_spin_unlock(rnp.lock);
        tick_if_needed(mine);
        kernel::local_irq_restore(flags);
    }
    if (needwake) kernel::rcu_gp_kthread_wake(nocb().rcu_state);
    judge_dead_cpu(dead, Site::current());
}

void rcutree_dead_cpu(RcuData& dead) {
    const OwesWakeup owes;
    do_nocb_deferred_wakeup(dead);
}

void rcutree_prepare_cpu(RcuData& rdp) {
    kernel::RcuNode& rnp = *rdp.mynode;
    const IrqFlags flags = raw_spin_lock_irqsave(rnp.lock);
    rdp.qlen_last_fqs_check = 0;
    rdp.blimit = nocb().constants.blimit;
    const bool init = bug(Bug::D12_list_reset_at_cpu_up) ? rcu_segcblist_empty(rdp.cblist)
                                                         : !rcu_segcblist_is_enabled(rdp.cblist);
    if (init) rcu_segcblist_init(rdp.cblist);
    rdp.gp_seq = rnp.gp_seq.get();
    rdp.gp_seq_needed = rdp.gp_seq;
    raw_spin_unlock_irqrestore(rnp.lock, flags);
}

// The CPU looks after itself, then. v5.13 leaves it offloaded (D31; repaired by 3a5761dc025d). What
// an rcuo would have answered is answered here; rcuog, if there is one, must.
void deoffload_for_want_of_kthreads(RcuData& rdp) {
    note(Note::spawn_failed, static_cast<int>(rdp.cpu), 0);
    if (bug(Bug::D31_offloaded_without_kthreads)) return;
    const bool has_rcuog = rdp.nocb_gp_rdp->nocb_gp_kthread.get() != nullptr;
    const IrqFlags flags = rcu_nocb_lock_irqsave(rdp);
    rcu_segcblist_clear_flags(rdp.cblist, SEGCBLIST_KTHREAD_CB);
    if (!has_rcuog) rcu_segcblist_clear_flags(rdp.cblist, SEGCBLIST_KTHREAD_GP);
    rcu_nocb_unlock_irqrestore(rdp, flags);
    rcu_nocb_rdp_deoffload(&rdp);
}

bool creation_fails(bool rcuo) {
    const int failures = nocb().spawn_failures;
    return (failures == 2 && rcuo) || (failures == 1 && kernel::may_fail(kernel::kthread_fails));
}

}  // namespace

// False: the kthread could not be created.
bool rcu_spawn_one_nocb_kthread(RcuData& rdp) {
    if (rdp.nocb_cb_kthread != nullptr) return true;
    const int i = static_cast<int>(rdp.cpu);
    RcuData& leader = *rdp.nocb_gp_rdp;
    if (leader.nocb_gp_kthread.get() == nullptr) {
        if (creation_fails(false)) return false;
        leader.nocb_gp_kthread.set(&kernel::kthread_run(
            rcu_nocb_gp_kthread, &leader, leader.rcuog_cpu, "rcuog", static_cast<int>(leader.cpu)));
    }
    if (creation_fails(true)) return false;
    rdp.nocb_cb_kthread = &kernel::kthread_run(rcu_nocb_cb_kthread, &rdp, rdp.rcuo_cpu, "rcuo", i);
    rdp.nocb_gp_kthread.set(leader.nocb_gp_kthread.get());
    return true;
}

bool cpu_down(RcuData& rdp) {
    nocb().cpu_hotplug_lock.write_lock();
    rdp.goes_down = false;
    if (kernel::cpu_online(rdp.cpu) && !nocb().holds_sleeping_lock[rdp.cpu])
        rdp.stopper.run_and_wait(rdp.cpu, take_cpu_down, &rdp);
    if (rdp.goes_down) {
        note(Note::cpu_down, static_cast<int>(rdp.cpu), 0);
        rcutree_migrate_callbacks(rdp);
        kernel::migrate_timers(rdp.cpu);
        rcutree_dead_cpu(rdp);
    }
    const bool went_down = rdp.goes_down;
    nocb().cpu_hotplug_lock.write_unlock();
    return went_down;
}

void cpu_up(RcuData& rdp) {
    nocb().cpu_hotplug_lock.write_lock();
    if (!kernel::cpu_online(rdp.cpu)) {
        rcutree_prepare_cpu(rdp);
        if (rcu_rdp_is_offloaded(rdp) && !rcu_spawn_one_nocb_kthread(rdp))
            deoffload_for_want_of_kthreads(rdp);
        note(Note::cpu_up, static_cast<int>(rdp.cpu), 0);
        kernel::set_cpu_online(rdp.cpu, true);
    }
    nocb().cpu_hotplug_lock.write_unlock();
}

}  // namespace rcufuzz::nocb
