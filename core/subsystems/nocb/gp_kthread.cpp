// SPDX-License-Identifier: GPL-2.0-or-later
//
// kernel/rcu/tree_plugin.h, v5.13: rcu_nocb_gp_kthread(), nocb_gp_wait(). One iteration looks at
// every CPU of the group, gives its callbacks numbers, hands finished ones to the CPU's rcuo, and
// then waits: for a grace period if callbacks need one, else for work.
#include "core/subsystems/nocb/bugs.h"
#include "core/subsystems/nocb/invariants.h"
#include "core/subsystems/nocb/nocb.h"
#include "core/subsystems/nocb/notes.h"

namespace rcufuzz::nocb {

namespace {

// What one scan of the group found.
struct Scan {
    Jiffies now = 0;
    bool bypass = false;  // some CPU's bypass was not empty; stays true for the rest of the scan
    bool needwait_gp = false;
    Seq wait_gp_seq = 0;  // the earliest of what callbacks wait for
};

// rcuog is awake and will look again before it sleeps for long (its bypass timer sees to that), so
// the leader's deferred wake-up is needless.
//
// v5.13 does this under the nocb_lock of the CPU that it is looking at, which protects the
// leader's level only if that CPU is the leader (zoo D03). Here the leader's lock is taken too;
// members come before their leader in the lock order, and nobody takes two the other way round.
void cancel_leaders_deferral(RcuData& leader, RcuData& rdp) {
    const bool take_lock = &leader != &rdp && !bug(Bug::D03_leader_cancelled_unlocked);
    if (take_lock) raw_spin_lock_nested(leader.nocb_lock);
    const int level = leader.nocb_defer_wakeup.get();
    WRITE_ONCE(leader.nocb_defer_wakeup, RCU_NOCB_WAKE_NOT);
    const bool was_pending = del_timer(leader.nocb_timer);
    if (level > RCU_NOCB_WAKE_NOT || was_pending)
        note(Note::leader_deferral_cancelled, static_cast<int>(leader.cpu),
             static_cast<int>(rdp.cpu));
    if (take_lock) raw_spin_unlock(leader.nocb_lock);
}

bool advance_under_lock(RcuData& rdp) {
    kernel::RcuNode& rnp = *rdp.mynode;
    const bool early = bug(Bug::D26_advance_with_old_number);
    const Seq old_seq = early ? kernel::rcu_seq_current(rnp.gp_seq) : 0;
    raw_spin_lock(rnp.lock);
    if (early) rcu_segcblist_advance(rdp.cblist, old_seq);
    const bool needwake_gp = early ? rcu_accelerate_cbs(rnp, rdp) : rcu_advance_cbs(rnp, rdp);
    raw_spin_unlock(rnp.lock);
    return needwake_gp;
}

// Numbers what has none and moves what is over. True: the grace-period kthread must be woken.
bool advance_if_useful(RcuData& rdp) {
    Seq seq = 0;
    const bool unnumbered = !rcu_segcblist_restempty(rdp.cblist, RCU_NEXT_READY_TAIL);
    if (!unnumbered &&
        !(rcu_segcblist_nextgp(rdp.cblist, seq) && kernel::rcu_seq_done(rdp.mynode->gp_seq, seq)))
        return false;
    return advance_under_lock(rdp);
}

// Flushes an old or large bypass. Returns false where there is nothing at all to look after.
bool look_at_bypass(RcuData& leader, RcuData& rdp, Scan& scan) {
    long ncbs = rcu_cblist_n_cbs(rdp.nocb_bypass);
    if (ncbs != 0 && (kernel::time_after(scan.now, READ_ONCE(rdp.nocb_bypass_first) + 1) ||
                      ncbs > 2 * nocb().constants.qhimark)) {
        rcu_nocb_try_flush_bypass(rdp, scan.now);  // may fail: the CPU holds the bypass lock
        ncbs = rcu_cblist_n_cbs(rdp.nocb_bypass);
    } else if (ncbs == 0 && rcu_segcblist_empty(rdp.cblist)) {
        return false;
    }
    if (ncbs != 0) scan.bypass = true;
    if (scan.bypass) cancel_leaders_deferral(leader, rdp);
    return true;
}

// nocb_gp_update_state(): answers a toggler. nocb_lock held. False: this CPU is left alone until it
// is offloaded again.
bool update_gp_state(RcuData& rdp, bool& needwake_state) {
    RcuSegcblist& list = rdp.cblist;
    const unsigned flags = list.flags.get();
    if ((flags & SEGCBLIST_OFFLOADED) != 0) {
        if ((flags & SEGCBLIST_KTHREAD_GP) == 0) {
            rcu_segcblist_set_flags(list, SEGCBLIST_KTHREAD_GP);
            needwake_state = (flags & SEGCBLIST_KTHREAD_CB) != 0;
        }
        return true;
    }
    warn_on((flags & SEGCBLIST_KTHREAD_GP) == 0, "rcuog looks at a CPU that it has left");
    rcu_segcblist_clear_flags(list, SEGCBLIST_KTHREAD_GP);
    needwake_state = (flags & SEGCBLIST_KTHREAD_CB) == 0;
    return false;
}

void scan_rdp(RcuData& leader, RcuData& rdp, Scan& scan) {
    if (!rcu_segcblist_test_flags(rdp.cblist, SEGCBLIST_OFFLOADED | SEGCBLIST_KTHREAD_GP)) return;
    const IrqFlags flags = rcu_nocb_lock_irqsave(rdp);
    bool needwake_state = false;
    if (!update_gp_state(rdp, needwake_state) || !look_at_bypass(leader, rdp, scan)) {
        rcu_nocb_unlock_irqrestore(rdp, flags);
        if (needwake_state) swake_up_one(rdp.nocb_state_wq);
        return;
    }
    const bool needwake_gp = advance_if_useful(rdp);
    Seq seq = 0;
    if (rcu_segcblist_nextgp(rdp.cblist, seq)) {
        if (!scan.needwait_gp || kernel::ulong_cmp_lt(seq, scan.wait_gp_seq))
            scan.wait_gp_seq = seq;
        scan.needwait_gp = true;
    }
    bool needwake = false;
    if (rcu_segcblist_ready_cbs(rdp.cblist)) {
        needwake = rdp.nocb_cb_sleep.get();
        WRITE_ONCE(rdp.nocb_cb_sleep, false);
        // Invocations come after the end of the grace period. Pairs with the acquire of
        // nocb_cb_wait().
        if (!bug(Bug::D45_ready_unordered)) smp_mb();
    }
    note(Note::scanned, static_cast<int>(rdp.cpu), needwake);
    rcu_nocb_unlock_irqrestore(rdp, flags);
    if (needwake) swake_up_one(rdp.nocb_cb_wq);
    if (needwake_gp) kernel::rcu_gp_kthread_wake(nocb().rcu_state);
    if (needwake_state) swake_up_one(rdp.nocb_state_wq);
}

// How the wait for a grace period went, for stories.
struct Looks {
    unsigned count = 0;
    bool over = false;  // the last one saw the grace period's end
};

void sleep_until_needed(RcuData& leader, const Scan& scan) {
    if (!scan.needwait_gp) {
        note(Note::Sleep, static_cast<int>(leader.cpu), 0);
        kernel::swait_event_idle_exclusive(leader.nocb_gp_wq,
                                           [&leader] { return !READ_ONCE(leader.nocb_gp_sleep); });
        note(Note::EndSleep, static_cast<int>(leader.cpu), 0);
        return;
    }
    kernel::RcuNode& rnp = *leader.mynode;
    const Seq seq = scan.wait_gp_seq;
    Looks looks;
    kernel::swait_event_idle_exclusive(
        rnp.nocb_gp_wq[kernel::rcu_seq_ctr(seq) & 1], [&leader, &rnp, &looks, seq] {
            looks.over = kernel::rcu_seq_done(rnp.gp_seq, seq);
            const bool goes_on = looks.over || !READ_ONCE(leader.nocb_gp_sleep);
            if (looks.count++ == 0 && (looks.over || !goes_on))
                note(Note::StartWait, static_cast<int>(leader.cpu), static_cast<int>(seq));
            return goes_on;
        });
    const bool never_waited = looks.count == 1 && !looks.over;
    note(never_waited ? Note::NoWait : Note::EndWait, looks.over, static_cast<int>(seq));
}

void nocb_gp_wait(RcuData& leader) {
    Scan scan;
    scan.now = kernel::jiffies();
    for (RcuData* rdp = &leader; rdp != nullptr; rdp = rdp->nocb_next_cb_rdp)
        scan_rdp(leader, *rdp, scan);
    if (scan.bypass) {
        const IrqFlags flags = raw_spin_lock_irqsave(leader.nocb_gp_lock);
        mod_timer(leader.nocb_bypass_timer, scan.now + 2);
        note(Note::bypass_timer_armed, static_cast<int>(leader.cpu),
             static_cast<int>(scan.now + 2));
        raw_spin_unlock_irqrestore(leader.nocb_gp_lock, flags);
    }
    sleep_until_needed(leader, scan);
    const IrqFlags flags = raw_spin_lock_irqsave(leader.nocb_gp_lock);
    if (scan.bypass) del_timer(leader.nocb_bypass_timer);
    WRITE_ONCE(leader.nocb_gp_sleep, true);
    raw_spin_unlock_irqrestore(leader.nocb_gp_lock, flags);
}

}  // namespace

void rcu_nocb_gp_kthread(void* data) {
    RcuData& leader = *static_cast<RcuData*>(data);
    while (!kernel::kthread_should_stop()) nocb_gp_wait(leader);
}

}  // namespace rcufuzz::nocb
