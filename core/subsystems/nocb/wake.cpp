// SPDX-License-Identifier: GPL-2.0-or-later
//
// kernel/rcu/tree_plugin.h, v5.13: __call_rcu_nocb_wake(), wake_nocb_gp(), wake_nocb_gp_defer(),
// do_nocb_deferred_wakeup_common() and the handlers of both timers.
#include "core/subsystems/nocb/bugs.h"
#include "core/subsystems/nocb/invariants.h"
#include "core/subsystems/nocb/nocb.h"
#include "core/subsystems/nocb/notes.h"

namespace rcufuzz::nocb {

namespace {

// The wake-up that follows makes a deferred one needless: level and timer go together.
void cancel_deferral(RcuData& rdp, bool leaves_level) {
    if (leaves_level || bug(Bug::D01_wake_leaves_level)) {
        const bool was_pending = del_timer(rdp.nocb_timer);
        if (rdp.nocb_defer_wakeup.get() > RCU_NOCB_WAKE_NOT)
            note(Note::timer_cancelled_level_kept, static_cast<int>(rdp.cpu), was_pending);
        return;
    }
    if (rdp.nocb_defer_wakeup.get() > RCU_NOCB_WAKE_NOT) {
        WRITE_ONCE(rdp.nocb_defer_wakeup, RCU_NOCB_WAKE_NOT);
        del_timer(rdp.nocb_timer);
        note(Note::deferral_cancelled, static_cast<int>(rdp.cpu), 0);
    }
}

bool do_nocb_deferred_wakeup_common(RcuData& rdp) {
    const IrqFlags flags = rcu_nocb_lock_irqsave(rdp);
    if (READ_ONCE(rdp.nocb_defer_wakeup) <= RCU_NOCB_WAKE_NOT) {
        rcu_nocb_unlock_irqrestore(rdp, flags);
        return false;
    }
    const int level = READ_ONCE(rdp.nocb_defer_wakeup);
    // Before the fix of 2021 the level was reset here, for this path alone.
    if (bug(Bug::D01_wake_leaves_level)) WRITE_ONCE(rdp.nocb_defer_wakeup, RCU_NOCB_WAKE_NOT);
    note(Note::DeferredWake, static_cast<int>(rdp.cpu), level);
    return wake_nocb_gp(rdp, level == RCU_NOCB_WAKE_FORCE, flags);
}

// try_to_wake_up() takes the lock of a runqueue: who holds this CPU's must not come here.
void wake_up_rcuog(RcuData& leader) {
    kernel::RawSpinlock& rq_lock = nocb().this_rdp_or_first().rq_lock;
    if (rq_lock.held_by_current()) raw_spin_lock(rq_lock);
    if (bug(Bug::D34b_wake_one_queue_only))
        swake_up_one(leader.nocb_gp_wq);
    else
        wake_up_process(*leader.nocb_gp_kthread.get());
}

// Armed on leaders only: for other CPUs this is always false.
bool bypass_timer_is_pending(const RcuData& rdp) {
    if (bug(Bug::D29_bypass_timer_tested_early)) return rdp.bypass_timer_seen;
    return timer_pending(rdp.nocb_bypass_timer);
}

bool timer_is_armed_or_firing(const RcuData& rdp) {
    return rdp.nocb_timer.pending || rdp.nocb_timer.handler_due_or_running();
}

}  // namespace

void call_rcu_nocb_wake(RcuData& rdp, bool was_alldone, IrqFlags flags, bool leaves_level) {
    if (READ_ONCE(rdp.nocb_gp_kthread) == nullptr) {
        rcu_nocb_unlock_irqrestore(rdp, flags);
        note(Note::WakeNotPoll, static_cast<int>(rdp.cpu), 0);
        return;
    }
    const long len = rcu_segcblist_n_cbs(rdp.cblist);
    if (was_alldone) {
        rdp.qlen_last_fqs_check = len;
        if (!kernel::irqs_disabled_flags(flags) || bug(Bug::D32_wakes_with_irqs_disabled)) {
            note(Note::WakeEmpty, static_cast<int>(rdp.cpu), 0);
            wake_nocb_gp(rdp, false, flags, leaves_level);
        } else {
            wake_nocb_gp_defer(rdp, RCU_NOCB_WAKE);
            note(Note::WakeEmptyIsDeferred, static_cast<int>(rdp.cpu),
                 timer_is_armed_or_firing(rdp));
            rcu_nocb_unlock_irqrestore(rdp, flags);
        }
    } else if (len > rdp.qlen_last_fqs_check + nocb().constants.qhimark) {
        rdp.qlen_last_fqs_check = len;
        rcu_nocb_advance_once_a_jiffy(rdp, kernel::jiffies());
        // Orders the enqueue before timer_pending(). Pairs with do_nocb_bypass_wakeup_timer().
        if (!bug(Bug::D43_enqueue_timer_unordered)) smp_mb();
        if ((READ_ONCE(rdp.nocb_cb_sleep) || !rcu_segcblist_ready_cbs(rdp.cblist)) &&
            !bypass_timer_is_pending(rdp)) {
            wake_nocb_gp_defer(rdp, RCU_NOCB_WAKE_FORCE);
            note(Note::WakeOvfIsDeferred, static_cast<int>(rdp.cpu), timer_is_armed_or_firing(rdp));
        }
        rcu_nocb_unlock_irqrestore(rdp, flags);
    } else {
        rcu_nocb_unlock_irqrestore(rdp, flags);
        note(Note::WakeNot, static_cast<int>(rdp.cpu), 0);
    }
}

bool wake_nocb_gp(RcuData& rdp, bool force, IrqFlags flags, bool leaves_level) {
    RcuData& leader = *rdp.nocb_gp_rdp;
    if (READ_ONCE(leader.nocb_gp_kthread) == nullptr) {
        rcu_nocb_unlock_irqrestore(rdp, flags);
        return false;
    }
    cancel_deferral(rdp, leaves_level);
    rcu_nocb_unlock_irqrestore(rdp, flags);
    const IrqFlags gp_flags = raw_spin_lock_irqsave(leader.nocb_gp_lock);
    bool needwake = false;
    if (force || READ_ONCE(leader.nocb_gp_sleep)) {
        WRITE_ONCE(leader.nocb_gp_sleep, false);
        needwake = true;
    }
    raw_spin_unlock_irqrestore(leader.nocb_gp_lock, gp_flags);
    note(needwake ? Note::DoWake : Note::AlreadyAwake, static_cast<int>(leader.cpu), force);
    if (!needwake) return false;
    wake_up_rcuog(leader);
    return true;
}

void wake_nocb_gp_defer(RcuData& rdp, int level) {
    if (rdp.nocb_defer_wakeup.get() == RCU_NOCB_WAKE_OFF) return;
    if (rdp.nocb_defer_wakeup.get() == RCU_NOCB_WAKE_NOT && !bug(Bug::D10_no_timer_backstop)) {
        judge_arming(rdp, kernel::jiffies() + 1, Site::current());
        mod_timer(rdp.nocb_timer, kernel::jiffies() + 1);
    }
    if (rdp.nocb_defer_wakeup.get() < level) WRITE_ONCE(rdp.nocb_defer_wakeup, level);
}

bool do_nocb_deferred_wakeup(RcuData& rdp) {
    if (READ_ONCE(rdp.nocb_defer_wakeup) <= RCU_NOCB_WAKE_NOT) return false;
    return do_nocb_deferred_wakeup_common(rdp);
}

void do_nocb_deferred_wakeup_timer(kernel::TimerList& timer) {
    const OwesWakeup owes;
    RcuData& rdp = *static_cast<RcuData*>(timer.owner);
    note(Note::Timer, static_cast<int>(rdp.cpu), 0);
    do_nocb_deferred_wakeup_common(rdp);
}

void do_nocb_bypass_wakeup_timer(kernel::TimerList& timer) {
    const OwesWakeup owes;
    RcuData& rdp = *static_cast<RcuData*>(timer.owner);
    note(Note::bypass_timer, static_cast<int>(rdp.cpu), 0);
    const IrqFlags flags = rcu_nocb_lock_irqsave(rdp);
    // smp_mb__after_spinlock(): orders the expiry before the look for callbacks to wake rcuog for.
    // Pairs with the overload test of call_rcu_nocb_wake().
    if (!bug(Bug::D44_timer_wake_unordered)) smp_mb();
    call_rcu_nocb_wake(rdp, true, flags, bug(Bug::D02_bypass_timer_leaves_level));
}

}  // namespace rcufuzz::nocb
