// SPDX-License-Identifier: GPL-2.0-or-later
//
// kernel/rcu/tree.c, v5.13: rcu_advance_cbs(), rcu_accelerate_cbs(), rcu_advance_cbs_nowake().
#include "core/subsystems/nocb/bugs.h"
#include "core/subsystems/nocb/invariants.h"
#include "core/subsystems/nocb/nocb.h"
#include "core/subsystems/nocb/notes.h"

namespace rcufuzz::nocb {

bool rcu_accelerate_cbs(kernel::RcuNode& rnp, RcuData& rdp) {
    CHECK(rnp.lock.held_by_current() || kernel::run_is_over());
    if (!rcu_segcblist_pend_cbs(rdp.cblist)) return false;
    const Seq seq = kernel::rcu_seq_snap(nocb().rcu_state.gp_seq);
    bool needwake = false;
    if (rcu_segcblist_accelerate(rdp.cblist, seq)) {
        note(Note::numbered, static_cast<int>(rdp.cpu), static_cast<int>(seq));
        needwake = kernel::rcu_start_this_gp(nocb().rcu_state, rnp, rdp, seq);
    }
    return needwake;
}

bool rcu_advance_cbs(kernel::RcuNode& rnp, RcuData& rdp) {
    CHECK(rnp.lock.held_by_current() || kernel::run_is_over());
    if (!rcu_segcblist_pend_cbs(rdp.cblist)) return false;
    rcu_segcblist_advance(rdp.cblist, rnp.gp_seq.get());
    return rcu_accelerate_cbs(rnp, rdp);
}

// For callers that may not wake the grace-period kthread: only while a grace period is in
// progress, where a request needs no wake-up. Rechecked under the lock since 614ddad17f22 (v5.17),
// which this form has: the v5.13 form can leave a request without a wake-up (zoo D19).
void rcu_advance_cbs_nowake(kernel::RcuNode& rnp, RcuData& rdp) {
    if (kernel::rcu_seq_state(kernel::rcu_seq_current(rnp.gp_seq)) == 0) return;
    if (!raw_spin_trylock(rnp.lock)) return;
    if (bug(Bug::D19_nowake_not_rechecked) ||
        kernel::rcu_seq_state(kernel::rcu_seq_current(rnp.gp_seq)) != 0)
        warn_on(rcu_advance_cbs(rnp, rdp), "rcu_advance_cbs_nowake() owes a wake-up");
    raw_spin_unlock(rnp.lock);
}

void rcu_nocb_advance_once_a_jiffy(RcuData& rdp, Jiffies now) {
    Seq seq = 0;
    if (now == rdp.nocb_gp_adv_time || !rcu_segcblist_nextgp(rdp.cblist, seq) ||
        !kernel::rcu_seq_done(rdp.mynode->gp_seq, seq))
        return;
    rcu_advance_cbs_nowake(*rdp.mynode, rdp);
    rdp.nocb_gp_adv_time = now;
}

}  // namespace rcufuzz::nocb
