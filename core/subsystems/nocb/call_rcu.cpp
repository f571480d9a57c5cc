// SPDX-License-Identifier: GPL-2.0-or-later
//
// kernel/rcu/tree.c, v5.13: call_rcu(), check_cb_ovld().
#include "core/subsystems/nocb/bugs.h"
#include "core/subsystems/nocb/invariants.h"
#include "core/subsystems/nocb/nocb.h"
#include "core/subsystems/nocb/notes.h"

namespace rcufuzz::nocb {

namespace {

// Marks the CPU as overloaded at its leaf from twice qhimark on, and unmarks it below.
void check_cb_ovld(RcuData& rdp) {
    const bool overloaded = rcu_segcblist_n_cbs(rdp.cblist) >= 2 * nocb().constants.qhimark;
    if (overloaded == rdp.cbovld) return;
    raw_spin_lock(rdp.mynode->lock);
    rdp.cbovld = overloaded;
    raw_spin_unlock(rdp.mynode->lock);
}

}  // namespace

void call_rcu(RcuHead& head, void (*func)(RcuHead*)) {
    head.func = func;
    head.next = nullptr;
    const OwesWakeup owes;
    const IrqFlags flags = kernel::local_irq_save();
    RcuData& rdp = nocb().this_rdp();
    auto& callback = static_cast<Callback&>(head);
    nocb().callbacks.posted(callback, nocb().rcu_state.gp_seq.get());
    note(Note::call_rcu, callback.number, static_cast<int>(flags));
    check_cb_ovld(rdp);
    if (bug(Bug::D29_bypass_timer_tested_early))
        rdp.bypass_timer_seen = timer_pending(rdp.nocb_bypass_timer);
    bool was_alldone = false;
    if (rcu_nocb_try_bypass(rdp, head, was_alldone, flags)) return;
    nocb().callbacks.linked(callback, nocb().rcu_state.gp_seq.get());
    rcu_segcblist_enqueue(rdp.cblist, head);
    note(was_alldone ? Note::FirstQ : Note::enqueued, callback.number, 0);
    if (rcu_rdp_is_offloaded(rdp)) {
        call_rcu_nocb_wake(rdp, was_alldone, flags, bug(Bug::D01b_direct_wake_leaves_level));
    } else {
        call_rcu_core(rdp, flags);
        kernel::local_irq_restore(flags);
    }
}

}  // namespace rcufuzz::nocb
