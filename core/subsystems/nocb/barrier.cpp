// SPDX-License-Identifier: GPL-2.0-or-later
//
// kernel/rcu/tree.c, v5.13: rcu_barrier(), rcu_barrier_func(), rcu_barrier_callback().
//
// A callback of its own goes behind the last one of each CPU that has any; when all of these have
// run, so has everything that was posted before. It waits for callbacks, not for a grace period,
// and wakes no rcuog: callbacks that are there have one awake or on its way (zoo D04 is of a later
// generation).
#include "core/subsystems/nocb/bugs.h"
#include "core/subsystems/nocb/invariants.h"
#include "core/subsystems/nocb/nocb.h"
#include "core/subsystems/nocb/notes.h"

namespace rcufuzz::nocb {

namespace {

// The number goes up before the CPUs are looked at. Pairs with rcu_seq_snap() and, on a CPU that
// posts, with rcu_segcblist_add_len(): who still reads the old number is waited for.
void rcu_seq_start(Shared<Seq>& sp) {
    WRITE_ONCE(sp, sp.get() + 1);
    if (!bug(Bug::D50_barrier_start_unordered)) smp_mb();
}

// All that was waited for comes before the number that says so. Pairs with the early exit.
void rcu_seq_end(Shared<Seq>& sp) {
    if (!bug(Bug::D51_barrier_end_unordered)) smp_mb();
    WRITE_ONCE(sp, (sp.get() | kernel::rcu_seq_state_mask) + 1);
}

// Tested without a lock: len counts a callback before it is linked and until it has run.
bool has_callbacks(const RcuData& rdp) {
    if (bug(Bug::D27b_barrier_tests_head)) {
        kernel::plain_read(rdp.cblist.access.object);
        return !rcu_segcblist_empty(rdp.cblist);
    }
    long count = rcu_segcblist_n_cbs(rdp.cblist);
    if (bug(Bug::D27d_barrier_ignores_bypass)) count -= rcu_cblist_n_cbs(rdp.nocb_bypass);
    return count != 0;
}

// On the CPU, by IPI; or on any for one that is offline. Interrupts are disabled.
void rcu_barrier_func(void* data) {
    RcuData& rdp = *static_cast<RcuData*>(data);
    rdp.barrier_head.func = rcu_barrier_callback;
    rcu_nocb_lock(rdp);
    warn_on(!rcu_nocb_flush_bypass(rdp, nullptr, kernel::jiffies()), "a bypass was not flushed");
    if (rcu_segcblist_entrain(rdp.cblist, rdp.barrier_head)) {
        ++nocb().barrier_recounts;
        memory::atomic_inc(nocb().barrier_cpu_count);
        ++nocb().barrier_callbacks;
        --nocb().barrier_recounts;
        if (kernel::cpu_online(rdp.cpu)) tick_if_needed(rdp);
        note(Note::IRQ, static_cast<int>(rdp.cpu), 0);
        rdp.barrier_look = "queued_behind";
    } else {
        note(Note::IRQNQ, static_cast<int>(rdp.cpu), 0);
        rdp.barrier_look = "asked_and_empty";
    }
    rcu_nocb_unlock(rdp);
}

// What there was where it saw nothing.
const char* look_of(const RcuData& rdp) {
    if (rdp.in_batch != 0) return "empty_but_for_a_batch";
    return rdp.nocb_bypass.head != nullptr ? "empty_but_for_the_bypass" : "empty";
}

void look_at_cpu(RcuData& rdp) {
    rdp.barrier_look = "offline";
    const bool online = kernel::cpu_online(rdp.cpu);
    const int cpu = static_cast<int>(rdp.cpu);
    if (!online && !rcu_rdp_is_offloaded(rdp)) return;  // its callbacks have moved
    if (has_callbacks(rdp) && online) {
        note(Note::OnlineQ, cpu, 0);
        rdp.barrier_call.call_and_wait(rdp.cpu, rcu_barrier_func, &rdp);
    } else if (has_callbacks(rdp) && !online) {
        note(Note::OfflineNoCBQ, cpu, 0);
        kernel::local_irq_disable();
        rcu_barrier_func(&rdp);
        kernel::local_irq_enable();
    } else {
        rdp.barrier_look = look_of(rdp);
        note(online ? Note::OnlineNQ : Note::OfflineNoCBNoQ, cpu, 0);
    }
}

}  // namespace

void rcu_barrier_callback(RcuHead*) {
    ++nocb().barrier_recounts;
    const int left = atomic_add_return(-1, nocb().barrier_cpu_count);
    --nocb().barrier_callbacks;
    --nocb().barrier_recounts;
    judge_barrier_count(Site::current());
    note(left == 0 ? Note::LastCB : Note::CB, left, 0);
    if (left == 0) nocb().barrier_completion.complete();
}

void rcu_barrier() {
    State& state = nocb();
    const Seq s = kernel::rcu_seq_snap(state.barrier_sequence);
    note(Note::barrier_begin, static_cast<int>(s), 0);
    state.barrier_mutex.lock();
    if (kernel::rcu_seq_done(state.barrier_sequence, s)) {
        note(Note::EarlyExit, static_cast<int>(s), 0);
        // Orders the test before what the caller does next.
        if (!bug(Bug::D49_barrier_exit_unordered)) smp_mb();
        state.barrier_mutex.unlock();
        return;
    }
    rcu_seq_start(state.barrier_sequence);
    state.barrier_completion.reinit();
    // Two more than there are callbacks, so that none of them is taken for the last.
    WRITE_ONCE(state.barrier_cpu_count, 2);
    state.cpu_hotplug_lock.read_lock();
    for (RcuData& rdp : state.rdps()) look_at_cpu(rdp);
    state.cpu_hotplug_lock.read_unlock();
    if (atomic_add_return(-2, state.barrier_cpu_count) == 0) state.barrier_completion.complete();
    state.barrier_completion.wait_for_completion();
    rcu_seq_end(state.barrier_sequence);
    note(Note::barrier_end, static_cast<int>(s), 0);
    state.barrier_mutex.unlock();
}

}  // namespace rcufuzz::nocb
