// SPDX-License-Identifier: GPL-2.0-or-later
//
// kernel/rcu/tree_plugin.h, v5.13: rcu_nocb_try_bypass(), rcu_nocb_flush_bypass() and its forms.
//
// The rule that makes the bypass safe: while it is not empty, rcuog does not sleep for an
// indefinite time. It scans, or waits for a grace period, or its bypass timer is armed, or a
// wake-up is on its way.
#include <algorithm>

#include "core/subsystems/nocb/bugs.h"
#include "core/subsystems/nocb/invariants.h"
#include "core/subsystems/nocb/nocb.h"
#include "core/subsystems/nocb/notes.h"

namespace rcufuzz::nocb {

namespace {

// Counts the direct enqueues of this jiffy; afterwards the count tells whether to use the bypass.
unsigned long count_direct_enqueue(RcuData& rdp, Jiffies now) {
    const unsigned long limit = nocb().constants.nobypass_lim_per_jiffy;
    unsigned long count = rdp.nocb_nobypass_count;
    if (now == rdp.nocb_nobypass_last) {
        ++count;
    } else {
        rdp.nocb_nobypass_last = now;
        count = count < limit ? 0 : std::min(count - limit, limit);
    }
    rdp.nocb_nobypass_count = count;
    return count;
}

// Both locks held; drops the bypass lock.
bool do_flush_bypass(RcuData& rdp, RcuHead* head, Jiffies now) {
    if (head != nullptr && rcu_cblist_n_cbs(rdp.nocb_bypass) == 0) {
        rcu_nocb_bypass_unlock(rdp);
        return false;
    }
    if (head != nullptr) {
        rcu_segcblist_inc_len(rdp.cblist);  // before the linking
        nocb().callbacks.linked(*static_cast<Callback*>(head), nocb().rcu_state.gp_seq.get());
    }
    if (const long count = rdp.nocb_bypass.len.get(); count != 0)
        note(Note::flush_bypass, static_cast<int>(rdp.cpu), static_cast<int>(count));
    RcuCblist moved;
    rcu_cblist_flush_enqueue(moved, rdp.nocb_bypass, head);
    rcu_segcblist_insert_pend_cbs(rdp.cblist, moved);
    WRITE_ONCE(rdp.nocb_bypass_first, now);
    rcu_nocb_bypass_unlock(rdp);
    return true;
}

// Puts the callback onto the bypass. Returns how many were there before.
long enqueue_on_bypass(RcuData& rdp, RcuHead& head, Jiffies now) {
    rcu_nocb_wait_contended(rdp);
    rcu_nocb_bypass_lock(rdp);
    const long before = rcu_cblist_n_cbs(rdp.nocb_bypass);
    const bool counts_late = bug(Bug::D27c_bypass_links_first);
    if (!counts_late) rcu_segcblist_inc_len(rdp.cblist);  // before the linking, for rcu_barrier()
    nocb().callbacks.linked(static_cast<Callback&>(head), nocb().rcu_state.gp_seq.get());
    rcu_cblist_enqueue(rdp.nocb_bypass, head);
    if (counts_late) rcu_segcblist_inc_len(rdp.cblist);
    if (before == 0) WRITE_ONCE(rdp.nocb_bypass_first, now);
    note(before == 0 ? Note::FirstBQ : Note::bypass_enqueued, static_cast<Callback&>(head).number,
         0);
    rcu_nocb_bypass_unlock(rdp);
    // Orders the enqueue before the wake-up.
    if (!bug(Bug::D42_enqueue_wake_unordered)) smp_mb();
    return before;
}

}  // namespace

bool rcu_nocb_flush_bypass(RcuData& rdp, RcuHead* head, Jiffies now) {
    if (!rcu_rdp_is_offloaded(rdp)) return true;
    rcu_nocb_bypass_lock(rdp);
    return do_flush_bypass(rdp, head, now);
}

void rcu_nocb_try_flush_bypass(RcuData& rdp, Jiffies now) {
    if (!rcu_rdp_is_offloaded(rdp) || !rcu_nocb_bypass_trylock(rdp)) {
        note(Note::flush_failed, static_cast<int>(rdp.cpu), 0);
        return;
    }
    do_flush_bypass(rdp, nullptr, now);
}

bool rcu_nocb_try_bypass(RcuData& rdp, RcuHead& head, bool& was_alldone, IrqFlags flags) {
    const Jiffies now = kernel::jiffies();
    const long ncbs = rcu_cblist_n_cbs(rdp.nocb_bypass);
    if (!rcu_rdp_is_offloaded(rdp)) {
        was_alldone = !rcu_segcblist_pend_cbs(rdp.cblist);
        return false;
    }
    if (!rcu_segcblist_completely_offloaded(rdp.cblist) &&
        !bug(Bug::D13_bypass_while_deoffloading)) {  // 76d00b494d79
        rcu_nocb_lock(rdp);
        was_alldone = !rcu_segcblist_pend_cbs(rdp.cblist);
        return false;
    }
    if (count_direct_enqueue(rdp, now) < nocb().constants.nobypass_lim_per_jiffy) {
        rcu_nocb_lock(rdp);
        was_alldone = !rcu_segcblist_pend_cbs(rdp.cblist);  // before the flush, as the kernel does
        warn_on(!rcu_nocb_flush_bypass(rdp, nullptr, now), "a bypass was not flushed");
        warn_on(rdp.nocb_bypass.len.get() != 0, "the bypass that was flushed is not empty");
        return false;
    }
    if ((ncbs != 0 && now != READ_ONCE(rdp.nocb_bypass_first)) ||
        ncbs >= nocb().constants.qhimark) {
        rcu_nocb_lock(rdp);
        if (!rcu_nocb_flush_bypass(rdp, &head, now)) {
            was_alldone = !rcu_segcblist_pend_cbs(rdp.cblist);
            warn_on(rdp.nocb_bypass.len.get() != 0, "the bypass that was flushed is not empty");
            return false;
        }
        rcu_nocb_advance_once_a_jiffy(rdp, now);
        rcu_nocb_unlock_irqrestore(rdp, flags);
        return true;  // rcuog is awake or will be: see the rule at the top
    }
    if (enqueue_on_bypass(rdp, head, now) != 0) {
        kernel::local_irq_restore(flags);
        return true;
    }
    rcu_nocb_lock(rdp);
    if (!rcu_segcblist_pend_cbs(rdp.cblist)) {
        note(Note::FirstBQwake, static_cast<int>(rdp.cpu), 0);
        call_rcu_nocb_wake(rdp, true, flags, bug(Bug::D01b_direct_wake_leaves_level));
    } else {
        note(Note::FirstBQnoWake, static_cast<int>(rdp.cpu), 0);
        rcu_nocb_unlock_irqrestore(rdp, flags);
    }
    return true;
}

}  // namespace rcufuzz::nocb
