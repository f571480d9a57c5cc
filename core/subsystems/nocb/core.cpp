// SPDX-License-Identifier: GPL-2.0-or-later
//
// kernel/rcu/tree.c, v5.13: rcu_sched_clock_irq(), rcu_pending(), rcu_core(), note_gp_changes(),
// __call_rcu_core(). What CPUs do for themselves: one that is not offloaded, everything; one that
// is, carrying out its deferred wake-ups.
//
// Simplification: no quiescent states are reported here (see kernel/gp.h), so rcu_core() also does
// not number callbacks where it would report one.
#include <algorithm>

#include "core/subsystems/nocb/bugs.h"
#include "core/subsystems/nocb/invariants.h"
#include "core/subsystems/nocb/nocb.h"
#include "core/subsystems/nocb/notes.h"

namespace rcufuzz::nocb {

namespace {

bool rcu_gp_in_progress() {
    return kernel::rcu_seq_state(kernel::rcu_seq_current(nocb().rcu_state.gp_seq)) != 0;
}

// Both numbers from one node: has a grace period ended in between?
bool rcu_seq_completed_gp(Seq old_seq, Seq new_seq) {
    return kernel::ulong_cmp_lt(old_seq, new_seq & ~kernel::rcu_seq_state_mask);
}

// The leaf's lock is held. True: the caller owes rcu_gp_kthread_wake().
bool note_gp_changes_locked(kernel::RcuNode& rnp, RcuData& rdp) {
    const Seq gp_seq = rnp.gp_seq.get();
    if (rdp.gp_seq == gp_seq) return false;
    bool need_gp = false;
    if (!rcu_rdp_is_offloaded(rdp))  // else the list is the kthreads' business
        need_gp = rcu_seq_completed_gp(rdp.gp_seq, gp_seq) ? rcu_advance_cbs(rnp, rdp)
                                                           : rcu_accelerate_cbs(rnp, rdp);
    rdp.gp_seq = gp_seq;
    if (kernel::ulong_cmp_lt(rdp.gp_seq_needed, rnp.gp_seq_needed.get()))
        rdp.gp_seq_needed = rnp.gp_seq_needed.get();
    return need_gp;
}

void note_gp_changes(RcuData& rdp) {
    kernel::RcuNode& rnp = *rdp.mynode;
    const IrqFlags flags = kernel::local_irq_save();
    if (rdp.gp_seq == kernel::rcu_seq_current(rnp.gp_seq) || !raw_spin_trylock(rnp.lock)) {
        kernel::local_irq_restore(flags);  // later is soon enough
        return;
    }
    const bool needwake = note_gp_changes_locked(rnp, rdp);
    raw_spin_unlock_irqrestore(rnp.lock, flags);
    if (needwake) kernel::rcu_gp_kthread_wake(nocb().rcu_state);
}

void rcu_accelerate_cbs_unlocked(kernel::RcuNode& rnp, RcuData& rdp) {
    const Seq seq = kernel::rcu_seq_snap(nocb().rcu_state.gp_seq);
    if (kernel::ulong_cmp_ge(rdp.gp_seq_needed, seq)) {
        rcu_segcblist_accelerate(rdp.cblist, seq);  // it has been asked for already
        return;
    }
    raw_spin_lock(rnp.lock);
    const bool needwake = rcu_accelerate_cbs(rnp, rdp);
    raw_spin_unlock(rnp.lock);
    if (needwake) kernel::rcu_gp_kthread_wake(nocb().rcu_state);
}

// rcu_pending(): is there anything for rcu_core() to do on this CPU? `user`: the interrupt came
// from user mode or idle.
bool rcu_pending(const RcuData& rdp, bool user) {
    const bool leave_alone = user && nocb().constants.nohz_full;
    if (leave_alone && bug(Bug::D11_tick_skips_nohz_full)) return false;
    if (READ_ONCE(rdp.nocb_defer_wakeup) > RCU_NOCB_WAKE_NOT) return true;
    if (leave_alone) return false;
    const bool offloaded = rcu_rdp_is_offloaded(rdp);
    if (!offloaded && rcu_segcblist_ready_cbs(rdp.cblist)) return true;
    if (!rcu_gp_in_progress() && rcu_segcblist_is_enabled(rdp.cblist) && !offloaded &&
        !rcu_segcblist_restempty(rdp.cblist, RCU_NEXT_READY_TAIL))
        return true;
    return kernel::rcu_seq_current(rdp.mynode->gp_seq) != rdp.gp_seq;
}

// Whether nothing can change any more for the callbacks of this CPU while nobody posts others. No
// kernel code: it looks at one moment, without points.
bool rcu_is_at_rest(const RcuData& rdp) {
    const kernel::RcuState& state = nocb().rcu_state;
    const Seq now = state.gp_seq.get();
    return kernel::rcu_seq_state(now) == 0 && state.gp_flags.get() == 0 && rdp.gp_seq == now &&
           rdp.mynode->gp_seq.get() == now && !rcu_segcblist_ready_cbs(rdp.cblist) &&
           rcu_segcblist_restempty(rdp.cblist, RCU_NEXT_READY_TAIL) &&
           kernel::ulong_cmp_ge(now, rdp.mynode->gp_seq_needed.get()) &&
           kernel::ulong_cmp_ge(now, state.node[0].gp_seq_needed.get());
}

bool is_being_deoffloaded(const RcuData& rdp) {
    return (rdp.cblist.flags.get() & (SEGCBLIST_OFFLOADED | SEGCBLIST_SOFTIRQ_ONLY)) == 0;
}

}  // namespace

void invoke_rcu_core() { kernel::raise_softirq(kernel::SoftirqVector::rcu); }

// A CPU with callbacks of its own keeps its tick (rcu_needs_cpu()). Here a timer of its wheel
// stands for the clock. It stops where RCU has come to rest with callbacks left behind, which the
// tick of a correct kernel never sees, so that the run ends and can be judged.
void tick_if_needed(RcuData& rdp) {
    if (rcu_segcblist_empty(rdp.cblist) || rcu_rdp_is_offloaded(rdp)) return;
    if (!rdp.sched_tick.pending) mod_timer(rdp.sched_tick, kernel::jiffies() + 1);
}

void sched_tick_fires(kernel::TimerList& timer) {
    RcuData& rdp = *static_cast<RcuData*>(timer.owner);
    const IrqFlags flags = kernel::local_irq_save();
    const bool at_rest = rcu_is_at_rest(rdp);
    rcu_sched_clock_irq(rdp, false);
    if (!at_rest) tick_if_needed(rdp);
    if (is_being_deoffloaded(rdp)) tick_of_toggler(rdp);
    kernel::local_irq_restore(flags);
}

// A CPU with two tasks, one of them the toggler's worker, keeps its tick as well.
void tick_of_toggler(RcuData& rdp) {
    if (!rdp.sched_tick.pending) mod_timer(rdp.sched_tick, kernel::jiffies() + 1);
}

void rcu_sched_clock_irq(RcuData& rdp, bool user) {
    if (!rcu_pending(rdp, user)) return;
    note(Note::tick, static_cast<int>(rdp.cpu), 0);
    invoke_rcu_core();
}

void rcu_core(void*) {
    RcuData& rdp = nocb().this_rdp();
    if (rdp.cpu >= nocb().constants.cpus) return;
    const OwesWakeup owes;
    const bool do_batch = !rcu_segcblist_completely_offloaded(rdp.cblist);
    note_gp_changes(rdp);  // rcu_check_quiescent_state()
    if (!rcu_gp_in_progress() && rcu_segcblist_is_enabled(rdp.cblist) && do_batch) {
        const IrqFlags flags = rcu_nocb_lock_irqsave(rdp);
        if (!rcu_segcblist_restempty(rdp.cblist, RCU_NEXT_READY_TAIL))
            rcu_accelerate_cbs_unlocked(*rdp.mynode, rdp);
        rcu_nocb_unlock_irqrestore(rdp, flags);
    }
    if (do_batch && rcu_segcblist_ready_cbs(rdp.cblist)) rcu_do_batch(rdp);
    do_nocb_deferred_wakeup(rdp);
}

void call_rcu_core(RcuData& rdp, IrqFlags flags) {
    tick_if_needed(rdp);
    if (kernel::irqs_disabled_flags(flags)) return;
    const Constants& constants = nocb().constants;
    if (rcu_segcblist_n_cbs(rdp.cblist) <= rdp.qlen_last_fqs_check + constants.qhimark) return;
    note_gp_changes(rdp);  // is a grace period over that this CPU has not heard of?
    if (!rcu_gp_in_progress()) {
        rcu_accelerate_cbs_unlocked(*rdp.mynode, rdp);
        return;
    }
    // The kernel also forces quiescent states; the scan here needs no forcing.
    rdp.blimit = std::max(rdp.blimit, default_max_blimit);
    rdp.qlen_last_fqs_check = rcu_segcblist_n_cbs(rdp.cblist);
}

}  // namespace rcufuzz::nocb
