// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/kernel/gp.h"

#include <algorithm>

#include "core/kernel/promptness.h"

namespace rcufuzz::kernel {

namespace {

bool rcu_gp_in_progress(const RcuState& state) {
    return rcu_seq_state(READ_ONCE(state.gp_seq)) != 0;
}

// A sleep that a timer ends: swait_event_idle_timeout_exclusive() with one jiffy.
void sleep_jiffies(unsigned count) {
    Task& self = current_task();
    TimerList timer;
    timer.fn = [](TimerList& t) { wake_up_process(*static_cast<Task*>(t.owner)); };
    timer.owner = &self;
    set_current_state(TaskState::idle);
    mod_timer(timer, jiffies() + count);
    if (!run_is_over()) schedule(0, {});
    set_current_state(TaskState::running);
    del_timer_sync(timer);
}

void rcu_gp_init(RcuState& state) {
    RcuNode& root = state.root();
    IrqFlags flags = raw_spin_lock_irqsave(root.lock);
    WRITE_ONCE(state.gp_flags, 0);
    WRITE_ONCE(state.gp_seq, state.gp_seq.get() + 1);
    state.not_yet_quiescent = state.cpus;
    smp_mb();  // Orders the new number before the scan for quiescent states.
    raw_spin_unlock_irqrestore(root.lock, flags);
    for (unsigned i = 0; i < state.nodes; ++i) {
        RcuNode& rnp = state.node[i];
        flags = raw_spin_lock_irqsave(rnp.lock);
        rnp.qsmask.set(rnp.qsmaskinit);
        WRITE_ONCE(rnp.gp_seq, state.gp_seq.get());
        raw_spin_unlock_irqrestore(rnp.lock, flags);
    }
}

// rcu_report_qs_rnp(): clears the bits and goes up where a node has none left.
void rcu_report_qs(RcuNode& leaf, std::uint32_t mask) {
    for (RcuNode* rnp = &leaf; rnp != nullptr; rnp = rnp->parent) {
        const IrqFlags flags = raw_spin_lock_irqsave(rnp->lock);
        rnp->qsmask.set(rnp->qsmask.get() & ~mask);
        const bool empty = rnp->qsmask.get() == 0;
        mask = rnp->grpmask;
        raw_spin_unlock_irqrestore(rnp->lock, flags);
        if (!empty) return;
    }
}

// For promptness.h: not by qsmask, nor in its order.
void note_quiescent_cpus(RcuState& state, const RcuNode& leaf) {
    for (unsigned cpu = 0; cpu < sim::max_cpus; ++cpu)
        if (&state.leaf_of(cpu) == &leaf && cpu_is_quiescent(cpu))
            state.not_yet_quiescent &= ~(1u << cpu);
}

void force_qs_rnp(RcuState& state) {
    for (unsigned i = 0; i < state.nodes; ++i) {
        RcuNode& rnp = state.node[i];
        if (!rnp.leaf) continue;
        sim::world().point({rnp.qsmask.object(), sim::AccessKind::read}, Site::current());
        note_quiescent_cpus(state, rnp);
        std::uint32_t mask = 0;
        for (unsigned cpu = 0; cpu < sim::max_cpus; ++cpu)
            if (((rnp.qsmask.get() >> cpu) & 1u) != 0 && cpu_is_quiescent(cpu)) {
                memory::barrier_of_resting_cpu(cpu);
                mask |= 1u << cpu;
            }
        if (mask != 0) rcu_report_qs(rnp, mask);
    }
}

// Whoever has not been quiescent since it began.
void list_holdouts(const void* arg, Awaited& awaited) {
    const RcuState& state = *static_cast<const RcuState*>(arg);
    for (unsigned i = 0; i < state.nodes; ++i)
        for (unsigned cpu = 0; cpu < sim::max_cpus && state.node[i].leaf; ++cpu)
            if (((state.node[i].qsmask.get() >> cpu) & 1u) != 0 && !cpu_is_quiescent(cpu))
                awaited.quiescence(cpu);
}

void rcu_gp_fqs_loop(RcuState& state) {
    const WaitScope scope({list_holdouts, &state, state.gp_seq.object()});
    if (!state.strict) sleep_jiffies(state.first_fqs_jiffies);
    while (!run_is_over()) {
        force_qs_rnp(state);
        if (READ_ONCE(state.root().qsmask) == 0) return;
        if (state.not_yet_quiescent == 0)
            grace_period_is_overdue(
                {"the grace period goes on though each CPU was quiescent since it began",
                 "grace_period_goes_on_after_each_CPU_was_quiescent"},
                Site::current());
        sleep_jiffies(1);
    }
}

void rcu_gp_cleanup(RcuState& state) {
    const Seq new_gp_seq = (state.gp_seq.get() | rcu_seq_state_mask) + 1;
    bool needgp = false;
    for (unsigned i = 0; i < state.nodes; ++i) {
        RcuNode& rnp = state.node[i];
        const IrqFlags flags = raw_spin_lock_irqsave(rnp.lock);
        WRITE_ONCE(rnp.gp_seq, new_gp_seq);
        if (ulong_cmp_lt(new_gp_seq, rnp.gp_seq_needed.get())) needgp = true;
        SwaitQueue& sq = rnp.nocb_gp_wq[rcu_seq_ctr(new_gp_seq) & 1];
        raw_spin_unlock_irqrestore(rnp.lock, flags);
        swake_up_all(sq);  // rcu_nocb_gp_cleanup()
    }
    RcuNode& root = state.root();
    const IrqFlags flags = raw_spin_lock_irqsave(root.lock);
    smp_mb();  // Orders all that the grace period waited for before its end.
    WRITE_ONCE(state.gp_seq, new_gp_seq);
    if (ulong_cmp_lt(new_gp_seq, root.gp_seq_needed.get())) needgp = true;
    WRITE_ONCE(state.gp_flags, needgp ? rcu_gp_flag_init : state.gp_flags.get() & rcu_gp_flag_init);
    raw_spin_unlock_irqrestore(root.lock, flags);
}

void rcu_gp_kthread(void* data) {
    RcuState& state = *static_cast<RcuState*>(data);
    while (!kthread_should_stop()) {
        swait_event_idle_exclusive(
            state.gp_wq, [&state] { return (READ_ONCE(state.gp_flags) & rcu_gp_flag_init) != 0; });
        if (kthread_should_stop()) return;
        rcu_gp_init(state);
        rcu_gp_fqs_loop(state);
        rcu_gp_cleanup(state);
    }
}

void init_node(RcuState& state, unsigned index, RcuNode* parent, const RcuConfig& config) {
    RcuNode& rnp = state.node[index];
    const int i = static_cast<int>(index);
    rnp.lock.init("rcu_node.lock", i, config.node_lock_class);
    rnp.gp_seq.init("rcu_node.gp_seq", i, state.gp_seq.get());
    rnp.gp_seq_needed.init("rcu_node.gp_seq_needed", i, state.gp_seq.get());
    rnp.qsmask.init("rcu_node.qsmask", i, 0);
    rnp.nocb_gp_wq[0].init("rcu_node.nocb_gp_wq[0]", i);
    rnp.nocb_gp_wq[1].init("rcu_node.nocb_gp_wq[1]", i);
    rnp.parent = parent;
    rnp.leaf = true;
    if (parent == nullptr) return;
    rnp.grpmask = 1u << (index - 1);
    parent->qsmaskinit |= rnp.grpmask;
    parent->leaf = false;
}

}  // namespace

void rcu_init(RcuState& state, const RcuConfig& config) {
    state.nodes = config.two_leaves ? 3 : 1;
    state.strict = config.strict;
    state.never_wakes_itself = config.never_wakes_itself;
    state.gp_seq.init("rcu_state.gp_seq", -1, 0);
    state.gp_flags.init("rcu_state.gp_flags", -1, 0);
    state.gp_wq.init("rcu_state.gp_wq", -1);
    for (unsigned i = 0; i < state.nodes; ++i)
        init_node(state, i, i == 0 ? nullptr : &state.root(), config);
    for (unsigned cpu = 0; cpu < config.cpus; ++cpu) {
        state.leaf_of(cpu).qsmaskinit |= 1u << cpu;
        state.cpus |= 1u << cpu;
    }
    state.gp_kthread = &kthread_run(rcu_gp_kthread, &state, config.gp_cpu, "rcu_gp", -1);
}

bool rcu_start_this_gp(RcuState& state, RcuNode& leaf, RcuCpu& rdp, Seq request, const Site& site) {
    CHECK(leaf.lock.held_by_current() || run_is_over());
    RcuNode* rnp = &leaf;
    bool start = false;
    for (;;) {
        if (rnp != &leaf) raw_spin_lock_nested(rnp->lock, site);
        if (ulong_cmp_ge(rnp->gp_seq_needed.get(), request) ||
            rcu_seq_started_at(rnp->gp_seq.get(), request) ||
            (rnp != &leaf && rcu_seq_state(rnp->gp_seq.get()) != 0))
            break;
        WRITE_ONCE(rnp->gp_seq_needed, request, site);
        // Where a grace period is in progress, its cleanup sees the request.
        if (rcu_seq_state(rnp->gp_seq.get()) != 0) break;
        if (rnp->parent == nullptr) {
            start = true;
            break;
        }
        if (rnp != &leaf) raw_spin_unlock(rnp->lock, site);
        rnp = rnp->parent;
    }
    if (start && !rcu_gp_in_progress(state))
        WRITE_ONCE(state.gp_flags, state.gp_flags.get() | rcu_gp_flag_init, site);
    else
        start = false;
    const Seq furthest = rnp->gp_seq_needed.get();
    if (ulong_cmp_lt(request, furthest)) {
        WRITE_ONCE(leaf.gp_seq_needed, furthest, site);
        rdp.gp_seq_needed = furthest;
    }
    if (rnp != &leaf) raw_spin_unlock(rnp->lock, site);
    return start;
}

// The kthread need not wake itself. An interrupt that has come before it sleeps must: its last look
// at gp_flags may be behind it (1d1f898df658, v5.2).
void rcu_gp_kthread_wake(RcuState& state, const Site& site) {
    if (state.gp_kthread == nullptr) return;
    const bool looks_again = in_task() || state.never_wakes_itself;
    const bool own_task = looks_again && current_or_interrupted_task() == state.gp_kthread;
    if (own_task || READ_ONCE(state.gp_flags, site) == 0) return;
    swake_up_one(state.gp_wq, site);
}

}  // namespace rcufuzz::kernel
