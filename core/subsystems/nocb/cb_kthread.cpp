// SPDX-License-Identifier: GPL-2.0-or-later
//
// kernel/rcu/tree_plugin.h and tree.c, v5.13: rcu_nocb_cb_kthread(), nocb_cb_wait(),
// rcu_do_batch(). Work first, then sleep.
#include <algorithm>

#include "core/subsystems/nocb/bugs.h"
#include "core/subsystems/nocb/invariants.h"
#include "core/subsystems/nocb/nocb.h"
#include "core/subsystems/nocb/notes.h"

namespace rcufuzz::nocb {

namespace {

// A momentary quiescent state: interrupts off and on again.
void rcu_momentary_dyntick_idle() {
    const IrqFlags flags = kernel::local_irq_save();
    kernel::local_irq_restore(flags);
}

void finish_batch(RcuData& rdp, RcuCblist& rest, long count) {
    const Constants& constants = nocb().constants;
    const IrqFlags flags = rcu_nocb_lock_irqsave(rdp);
    const long extracted = count + rest.len.get();
    rcu_segcblist_insert_done_cbs(rdp.cblist, rest);
    if (!bug(Bug::D27a_len_lowered_at_extraction)) rcu_segcblist_add_len(rdp.cblist, -count);
    ghost_batch_done(rdp, extracted);
    const long left = rcu_segcblist_n_cbs(rdp.cblist);
    if (left <= constants.qlowmark) rdp.blimit = constants.blimit;
    if (left == 0 && rdp.qlen_last_fqs_check != 0)
        rdp.qlen_last_fqs_check = 0;
    else if (left < rdp.qlen_last_fqs_check - constants.qhimark)
        rdp.qlen_last_fqs_check = left;
    const bool empty = rcu_segcblist_empty(rdp.cblist);
    long total = 0;
    for (const long segment : rdp.cblist.seglen) total += segment;
    warn_on(left == 0 && !empty, "no callbacks counted, but the list is not empty");
    warn_on(left == 0 && total != 0, "no callbacks counted, but segments have some");
    warn_on(!empty && total == 0, "the list is not empty, but its segments are");
    rcu_nocb_unlock_irqrestore(rdp, flags);
}

void invoke_batch(RcuData& rdp, RcuCblist& batch, bool offloaded) {
    const IrqFlags flags = rcu_nocb_lock_irqsave(rdp);
    const long limit = std::max(rdp.blimit, rcu_segcblist_n_cbs(rdp.cblist) >> 7);
    rcu_segcblist_extract_done_cbs(rdp.cblist, batch);
    ghost_batch_begin(rdp, batch.len.get());
    if (bug(Bug::D27a_len_lowered_at_extraction))
        rcu_segcblist_add_len(rdp.cblist, -batch.len.get());
    if (offloaded) rdp.qlen_last_fqs_check = rcu_segcblist_n_cbs(rdp.cblist);
    rcu_nocb_unlock_irqrestore(rdp, flags);
    long count = 0;
    while (RcuHead* const head = rcu_cblist_dequeue(batch)) {
        ++count;
        void (*const func)(RcuHead*) = head->func;
        head->func = nullptr;
        func(head);
        if (!offloaded && count >= limit) break;  // the CPU is not idle, in the kernel's words
        if (kernel::in_serving_softirq()) continue;
        // An offloaded CPU's batch has no limit but time; between callbacks others may run.
        kernel::local_bh_enable();
        kernel::local_bh_disable();
    }
    finish_batch(rdp, batch, count);
}

}  // namespace

void rcu_do_batch(RcuData& rdp) {
    kernel::plain_read(rdp.cblist.access.object);
    if (!rcu_segcblist_ready_cbs(rdp.cblist)) return;  // tested without the lock
    RcuCblist batch;
    const bool offloaded = rcu_rdp_is_offloaded(rdp);
    invoke_batch(rdp, batch, offloaded);
    if (!offloaded && rcu_segcblist_ready_cbs(rdp.cblist)) invoke_rcu_core();
}

namespace {

bool nocb_cb_can_run(const RcuData& rdp) {
    return rcu_segcblist_test_flags(rdp.cblist, SEGCBLIST_OFFLOADED | SEGCBLIST_KTHREAD_CB);
}

// Answers a toggler. nocb_lock held. Returns whether rcuo may sleep.
bool update_cb_state(RcuData& rdp, bool& needwake_state) {
    RcuSegcblist& list = rdp.cblist;
    const unsigned flags = list.flags.get();
    if ((flags & SEGCBLIST_OFFLOADED) != 0) {
        if ((flags & SEGCBLIST_KTHREAD_CB) == 0) {
            rcu_segcblist_set_flags(list, SEGCBLIST_KTHREAD_CB);
            needwake_state = (flags & SEGCBLIST_KTHREAD_GP) != 0;
        }
        return !rcu_segcblist_ready_cbs(list);
    }
    warn_on((flags & SEGCBLIST_KTHREAD_CB) == 0, "rcuo runs for a CPU that it has left");
    rcu_segcblist_clear_flags(list, SEGCBLIST_KTHREAD_CB);
    needwake_state = (flags & SEGCBLIST_KTHREAD_GP) == 0;
    return true;
}

void nocb_cb_wait(RcuData& rdp) {
    rcu_momentary_dyntick_idle();
    kernel::local_bh_disable();
    rcu_do_batch(rdp);
    kernel::local_bh_enable();
    const IrqFlags flags = rcu_nocb_lock_irqsave(rdp);
    bool needwake_gp = false;
    Seq seq = 0;
    // Because nextgp() is true for callbacks without a number too, this also numbers new ones.
    if (rcu_segcblist_nextgp(rdp.cblist, seq) && kernel::rcu_seq_done(rdp.mynode->gp_seq, seq) &&
        raw_spin_trylock(rdp.mynode->lock)) {
        needwake_gp = rcu_advance_cbs(*rdp.mynode, rdp);
        raw_spin_unlock(rdp.mynode->lock);
    }
    bool needwake_state = false;
    const bool can_sleep = update_cb_state(rdp, needwake_state);
    WRITE_ONCE(rdp.nocb_cb_sleep, can_sleep);
    rcu_nocb_unlock_irqrestore(rdp, flags);
    if (needwake_gp) kernel::rcu_gp_kthread_wake(nocb().rcu_state);
    if (needwake_state) swake_up_one(rdp.nocb_state_wq);
    note(can_sleep ? Note::CBSleep : Note::CBWork, static_cast<int>(rdp.cpu), 0);
    do {
        kernel::swait_event_idle_exclusive(rdp.nocb_cb_wq, [&rdp] {
            return nocb_cb_can_run(rdp) && !READ_ONCE(rdp.nocb_cb_sleep);
        });
        // Invocations come after the test of the flag. Pairs with the barrier of nocb_gp_wait().
        const bool sleeps = bug(Bug::D46_sleep_test_unordered)
                                ? READ_ONCE(rdp.nocb_cb_sleep)
                                : smp_load_acquire(rdp.nocb_cb_sleep);
        if (sleeps) note(Note::WokeEmpty, static_cast<int>(rdp.cpu), 0);
    } while (!nocb_cb_can_run(rdp) && !kernel::kthread_should_stop());
    note(Note::WokeCB, static_cast<int>(rdp.cpu), 0);
}

}  // namespace

void rcu_nocb_cb_kthread(void* data) {
    RcuData& rdp = *static_cast<RcuData*>(data);
    while (!kernel::kthread_should_stop()) nocb_cb_wait(rdp);
}

}  // namespace rcufuzz::nocb
