// SPDX-License-Identifier: GPL-2.0-or-later
//
// Grace periods: the rcu_node tree, rcu_gp_kthread, requests. As in kernel/rcu/tree.c, v5.13:
// rcu_start_this_gp(), rcu_gp_kthread(), rcu_gp_init(), rcu_gp_fqs_loop(), rcu_gp_cleanup(),
// rcu_gp_kthread_wake().
//
// Simplification: CPUs do not report quiescent states themselves; the grace-period kthread's scan
// sees for each CPU whether it could be preempted at that moment (kernel: the scan notes an idle
// CPU at once, and makes a busy one switch context). A grace period can therefore end at any
// moment between "all CPUs were quiescent once" and later, which covers what reports would allow;
// strict grace periods (CONFIG_RCU_STRICT_GRACE_PERIOD) scan without the initial delay.
#pragma once

#include "core/kernel/rcu.h"
#include "core/kernel/spinlock.h"
#include "core/kernel/swait.h"
#include "core/kernel/timer.h"

namespace rcufuzz::kernel {

inline constexpr unsigned max_rcu_nodes = 3;  // a root that is the only leaf, or a root and two

inline constexpr int rcu_gp_flag_init = 1;
inline constexpr int rcu_gp_flag_fqs = 2;

struct RcuNode {
    RawSpinlock lock;
    Shared<Seq> gp_seq;            // follows rcu_state.gp_seq
    Shared<Seq> gp_seq_needed;     // furthest request; written under lock
    Shared<std::uint32_t> qsmask;  // CPUs (leaf) or children (root) that the grace period awaits
    std::uint32_t qsmaskinit = 0;
    RcuNode* parent = nullptr;
    std::uint32_t grpmask = 0;  // this node's bit in its parent
    SwaitQueue nocb_gp_wq[2];   // rcuog kthreads waiting for an end, by parity of the counter
    bool leaf = false;
};

// What the grace-period machinery knows of a CPU; part of rcu_data.
struct RcuCpu {
    RcuNode* mynode = nullptr;
    unsigned cpu = 0;
    Seq gp_seq_needed = 0;
};

struct RcuState {
    RcuNode node[max_rcu_nodes];
    unsigned nodes = 0;
    Shared<Seq> gp_seq;
    Shared<int> gp_flags;
    SwaitQueue gp_wq;
    Task* gp_kthread = nullptr;
    bool strict = false;
    bool never_wakes_itself = false;
    unsigned first_fqs_jiffies = 1;
    // For promptness.h, a bit for each CPU: all CPUs, and those that no scan has found quiescent
    // since the grace period in progress began.
    std::uint32_t cpus = 0;
    std::uint32_t not_yet_quiescent = 0;

    RcuNode& root() { return node[0]; }
    RcuNode& first_leaf() { return node[nodes == 1 ? 0 : 1]; }
    RcuNode& leaf_of(unsigned cpu) { return node[nodes == 1 ? 0 : 1 + cpu % 2]; }
};

struct RcuConfig {
    unsigned cpus = 1;    // all CPUs of the machine
    unsigned gp_cpu = 0;  // where rcu_gp_kthread runs
    bool two_leaves = false;
    bool strict = false;
    // As before 1d1f898df658, v5.2: an interrupt on top of the kthread does not wake it either.
    bool never_wakes_itself = false;
    LockClass node_lock_class = 0;
};

// Lays the tree out and starts rcu_gp_kthread. `state` must live in the run's arena.
void rcu_init(RcuState& state, const RcuConfig& config);

// Asks for a grace period that completes `request`. The lock of `leaf` is held, the CPU's own or,
// for a dead CPU, that of who takes its callbacks. Returns true when the caller must wake the
// grace-period kthread after dropping its locks.
bool rcu_start_this_gp(RcuState& state, RcuNode& leaf, RcuCpu& rdp, Seq request,
                       const Site& = Site::current());

void rcu_gp_kthread_wake(RcuState& state, const Site& site = Site::current());

}  // namespace rcufuzz::kernel
