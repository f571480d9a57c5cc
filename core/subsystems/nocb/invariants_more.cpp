// SPDX-License-Identifier: GPL-2.0-or-later
//
// The invariants of numbers and times, and those that came with rcu_barrier(), toggling and
// hotplug: I10, I12 to I15, I18 to I22.
#include <string>

#include "core/subsystems/nocb/invariants.h"

namespace rcufuzz::nocb {

namespace {

// Where a request stands, or has been heard: at the CPU's own leaf, or at the root, which hears of
// those that others have made. What stands at another leaf alone has not come this far.
bool is_requested(const RcuData& rdp, Seq seq) {
    const kernel::RcuState& state = nocb().rcu_state;
    return kernel::ulong_cmp_ge(rdp.mynode->gp_seq_needed.get(), seq) ||
           kernel::ulong_cmp_ge(state.node[0].gp_seq_needed.get(), seq) ||
           kernel::rcu_seq_started_at(rdp.mynode->gp_seq.get(), seq);
}

bool stands_at_another_leaf(Seq seq) {
    const kernel::RcuState& state = nocb().rcu_state;
    for (unsigned i = 0; i < state.nodes; ++i)
        if (kernel::ulong_cmp_ge(state.node[i].gp_seq_needed.get(), seq)) return true;
    return false;
}

}  // namespace

// I10: a numbered callback waits for a grace period that began after it was linked, and that
// somebody has asked for.
std::string check_I10_numbers(const RcuData& rdp) {
    const RcuSegcblist& list = rdp.cblist;
    for (const unsigned segment : {RCU_WAIT_TAIL, RCU_NEXT_READY_TAIL}) {
        if (rcu_segcblist_segempty(list, segment)) continue;
        const Seq seq = list.gp_seq[segment];
        if (!is_requested(rdp, seq))
            return "I10: callbacks of " + cpu_text(rdp) + " wait for a grace period that " +
                   (stands_at_another_leaf(seq)
                        ? "was asked for at another leaf and of which neither theirs nor the root "
                          "knows"
                        : "nobody has asked for");
        RcuHead* const* const end = list.tails[segment];
        for (RcuHead* const* link = list.tails[segment - 1]; link != end; link = &(*link)->next)
            if ((*link)->func != rcu_barrier_callback &&
                kernel::ulong_cmp_lt(seq, static_cast<const Callback*>(*link)->snap))
                return "I10: a callback of " + cpu_text(rdp) +
                       " waits for too early a grace period";
    }
    return {};
}

// I12: rcu_barrier() counts its callbacks that are queued, and two while it is still queueing.
std::string check_I12_barrier_count(const State& state) {
    const int count = state.barrier_cpu_count.get();
    if (count == state.barrier_callbacks || count == state.barrier_callbacks + 2) return {};
    return "I12: barrier_cpu_count is " + std::to_string(count) + ", but " +
           std::to_string(state.barrier_callbacks) + " callbacks of rcu_barrier() are queued";
}

// I13, at quiescence: no grace period is asked for that nobody is about to begin, or in progress.
std::string check_I13_requests(const State& state) {
    const kernel::RcuState& rcu = state.rcu_state;
    if (kernel::rcu_seq_state(rcu.gp_seq.get()) != 0)
        return "I13: a grace period is in progress, and nobody is left who would end it";
    if ((rcu.gp_flags.get() & kernel::rcu_gp_flag_init) == 0 &&
        kernel::ulong_cmp_ge(rcu.gp_seq.get(), rcu.node[0].gp_seq_needed.get()))
        return {};
    return "I13: a grace period was asked for, and nobody has woken the grace-period kthread";
}

// I14, as far as it can be said of a machine on which everything may be late: what the algorithm
// itself puts off is due within a jiffy for a deferred wake-up, within two for a bypass.
std::string check_I14_promptness(const RcuData& rdp) {
    const Jiffies now = kernel::jiffies();
    if (rdp.nocb_timer.pending && kernel::time_after(rdp.nocb_timer.expires, now + 1))
        return "I14: nocb_timer of " + cpu_text(rdp) + " is due in more than a jiffy";
    const kernel::TimerList& bypass_timer = rdp.nocb_gp_rdp->nocb_bypass_timer;
    if (bypass_timer.pending && kernel::time_after(bypass_timer.expires, now + 2))
        return "I14: nocb_bypass_timer of " + cpu_text(rdp) + "'s group is due in more than two";
    return {};
}

// I15: a deferred wake-up that is under way is not put off.
std::string check_I15_arming(const RcuData& rdp, Jiffies expires) {
    if (!rdp.nocb_timer.pending || rdp.nocb_defer_wakeup.get() < RCU_NOCB_WAKE) return {};
    if (!kernel::time_after(expires, rdp.nocb_timer.expires)) return {};
    return "I15: the deferred wake-up of " + cpu_text(rdp) + " is put off";
}

// I18, in the form of v5.13: where rcu_core() alone looks after a list, the kthreads do not, and
// there is nothing in the bypass.
std::string check_I18_not_offloaded(const RcuData& rdp) {
    if (rcu_rdp_is_offloaded(rdp)) return {};
    constexpr unsigned kthreads = SEGCBLIST_KTHREAD_CB | SEGCBLIST_KTHREAD_GP;
    if ((rdp.cblist.flags.get() & kthreads) != 0)
        return "I18: kthreads serve " + cpu_text(rdp) + ", which is not offloaded";
    if (rdp.nocb_bypass.head != nullptr)
        return "I18: callbacks are in the bypass of " + cpu_text(rdp) + ", which is not offloaded";
    return {};
}

// I19: the callbacks of a dead CPU have left.
std::string check_I19_dead_cpu(const RcuData& rdp) {
    if (rcu_segcblist_empty(rdp.cblist) && rdp.cblist.len.get() == 0 &&
        !rcu_segcblist_is_enabled(rdp.cblist))
        return {};
    return "I19: the list of " + cpu_text(rdp) + ", which is dead, is still in use";
}

// I20: a CPU that halts or goes to user mode has nobody to run and no wake-up to carry out.
std::string check_I20_rest(const RcuData& rdp) {
    if (kernel::need_resched() && !kernel::resched_irq_pending())
        return "I20: " + cpu_text(rdp) + " rests, but a task of it waits";
    if (rdp.nocb_defer_wakeup.get() > RCU_NOCB_WAKE_NOT)
        return "I20: " + cpu_text(rdp) + " rests with a deferred wake-up";
    return {};
}

// I21: whoever has an rcuog has its leader's.
std::string check_I21_kthreads(const RcuData& rdp) {
    const kernel::Task* const rcuog = rdp.nocb_gp_kthread.get();
    if (rcuog == nullptr || rcuog == rdp.nocb_gp_rdp->nocb_gp_kthread.get()) return {};
    return "I21: " + cpu_text(rdp) + " has an rcuog of its own";
}

void judge_arming(const RcuData& rdp, Jiffies expires, const Site& site) {
    object_if(check_I15_arming(rdp, expires), site);
}
void judge_barrier_count(const Site& site) {
    if (nocb().barrier_recounts == 0) object_if(check_I12_barrier_count(nocb()), site);
}
void judge_dead_cpu(const RcuData& rdp, const Site& site) {
    object_if(check_I19_dead_cpu(rdp), site);
}

void judge_rest(const RcuData& rdp, Rest where, const Site& site) {
    const std::string objection = check_I20_rest(rdp);
    if (objection.empty() || !scenario::white_box_oracles || kernel::run_is_over()) return;
    const bool deferred = rdp.nocb_defer_wakeup.get() > RCU_NOCB_WAKE_NOT;
    kernel::invariant_broken({objection, std::string("I20_rests_in_") +
                                             (where == Rest::idle ? "idle" : "user_mode") +
                                             (deferred ? "_with_a_deferral" : "")},
                             site);
}

void warn_on(bool condition, const char* what, const Site& site) {
    if (scenario::white_box_oracles && !kernel::run_is_over())
        kernel::warn_on(condition, what, site);
}

}  // namespace rcufuzz::nocb
