// SPDX-License-Identifier: GPL-2.0-or-later
//
// RCU callback offloading, as in kernel/rcu/tree.c and kernel/rcu/tree_plugin.h at v5.13 (commit
// b2fcf2102049 in): two timers, a bypass list per CPU, deferred-wake state on each rcu_data.
//
// Each offloaded CPU has a callback kthread (rcuo) that invokes; a group of CPUs shares a
// grace-period kthread (rcuog), which belongs to the group's leader. call_rcu() hands callbacks
// over by waking rcuog, or, where interrupts are disabled, by leaving nocb_defer_wakeup and
// nocb_timer behind. Level and timer are one datum in two places: that is where bugs live.
#pragma once

#include <array>
#include <span>

#include "core/kernel/gp.h"
#include "core/kernel/kthread.h"
#include "core/kernel/mutex.h"
#include "core/kernel/smp.h"
#include "core/kernel/softirq.h"
#include "core/kernel/spinlock.h"
#include "core/kernel/swait.h"
#include "core/kernel/timer.h"
#include "core/scenario/scenario.h"
#include "core/subsystems/nocb/callbacks.h"
#include "core/subsystems/nocb/rcu_cblist.h"

namespace rcufuzz::nocb {

using kernel::IrqFlags;
using kernel::Jiffies;

// Values of nocb_defer_wakeup.
inline constexpr int RCU_NOCB_WAKE_OFF = -1;
inline constexpr int RCU_NOCB_WAKE_NOT = 0;
inline constexpr int RCU_NOCB_WAKE = 1;
inline constexpr int RCU_NOCB_WAKE_FORCE = 2;

enum NocbLockClass : kernel::LockClass { class_nocb, class_bypass, class_gp, class_node, class_rq };

// The kernel's constants that matter here, small by default.
struct Constants {
    unsigned cpus = 3;
    unsigned stride = 3;  // CPUs per rcuog
    unsigned nobypass_lim_per_jiffy = 2;
    long qhimark = 6;
    long qlowmark = 2;
    long blimit = 2;
    bool strict = false;
    bool two_leaves = false;
    bool nohz_full = false;
};
inline constexpr long default_max_blimit = 10000;  // DEFAULT_MAX_RCU_BLIMIT

struct RcuData : kernel::RcuCpu {
    RcuSegcblist cblist;
    RcuData* nocb_gp_rdp = nullptr;       // the group's leader
    RcuData* nocb_next_cb_rdp = nullptr;  // chain of the group, from the leader

    kernel::RawSpinlock nocb_lock;
    kernel::RawSpinlock nocb_bypass_lock;
    Shared<int> nocb_lock_contended;  // spinners on nocb_bypass_lock
    RcuCblist nocb_bypass;
    Shared<Jiffies> nocb_bypass_first;  // when the bypass got its first entry after a flush
    Jiffies nocb_nobypass_last = 0;     // own CPU, interrupts disabled
    unsigned long nocb_nobypass_count = 0;
    Jiffies nocb_gp_adv_time = 0;  // nocb_lock

    Shared<int> nocb_defer_wakeup;        // nocb_lock
    kernel::TimerList nocb_timer;         // nocb_lock
    kernel::TimerList nocb_bypass_timer;  // leader only; nocb_gp_lock

    kernel::RawSpinlock nocb_gp_lock;  // leader only
    Shared<bool> nocb_gp_sleep;        // leader: rcuog may sleep; nocb_gp_lock
    kernel::SwaitQueue nocb_gp_wq;     // leader: rcuog waits for work
    Shared<kernel::Task*> nocb_gp_kthread;

    Shared<bool> nocb_cb_sleep;  // written under nocb_lock
    kernel::SwaitQueue nocb_cb_wq;
    kernel::Task* nocb_cb_kthread = nullptr;
    const char* barrier_look = "not_looked_at";  // ghost state: what rcu_barrier() made of this CPU
    unsigned rcuo_cpu = 0;   // where these kthreads run
    unsigned rcuog_cpu = 0;  // the leader's

    long qlen_last_fqs_check = 0;
    long blimit = 0;
    Seq gp_seq = 0;       // the grace period that this CPU knows of
    bool cbovld = false;  // this CPU's bit in the leaf's cbovldmask

    kernel::SwaitQueue nocb_state_wq;  // who toggles waits here for the kthreads' answers
    RcuHead barrier_head;
    kernel::CallSingle barrier_call;
    kernel::CpuWorker kworker;
    kernel::CpuWorker stopper;
    kernel::TimerList sched_tick;  // stands for the tick of a CPU that is not offloaded
    kernel::RawSpinlock rq_lock;   // the scheduler's, as far as wake-ups need it
    bool goes_down = false;        // what the stopper decided
    bool bypass_timer_seen = false;

    // Ghost state, for oracles only.
    long in_batch = 0;  // extracted, still counted in cblist.len

    RcuData() = default;
    RcuData(const RcuData&) = delete;
    RcuData& operator=(const RcuData&) = delete;
};

// Everything of one run.
struct State {
    Constants constants;
    kernel::RcuState rcu_state;
    std::array<RcuData, 4> rcu_data;
    Callbacks callbacks;
    kernel::CpuHotplugLock cpu_hotplug_lock;
    kernel::Mutex barrier_mutex;
    kernel::Mutex nocb_mutex;  // in place of the former for toggling, zoo D16
    kernel::Completion barrier_completion;
    Shared<Seq> barrier_sequence;
    Shared<int> barrier_cpu_count;
    // By CPU: its task is about to take a sleeping lock, or holds one. The CPU must stay: the
    // kernel would let the task go on elsewhere.
    std::array<bool, kernel::max_cpus> holds_sleeping_lock{};
    std::array<bool, kernel::max_cpus> in_operation{};  // its task will soon be out of it
    int spawn_failures = 0;     // 1: kthreads may not be created; 2: rcuo is not
    int barrier_callbacks = 0;  // ghost: queued by rcu_barrier() and not invoked
    int barrier_recounts = 0;   // ghost: who is changing barrier_cpu_count and the line above
    int owing_wakeups = 0;      // ghost: code between taking on and giving a wake-up

    RcuData& this_rdp() { return rcu_data[kernel::smp_processor_id()]; }
    RcuData& this_rdp_or_first() {  // also on housekeeping CPUs
        const unsigned cpu = kernel::smp_processor_id();
        return rcu_data[cpu < constants.cpus ? cpu : 0];
    }
    RcuData& rdp(unsigned cpu) { return rcu_data[cpu]; }
    std::span<RcuData> rdps() { return {rcu_data.data(), constants.cpus}; }
};

// The run's state; valid between create() and the end of the run.
State& nocb();
void set_nocb(State& state);

inline bool rcu_rdp_is_offloaded(const RcuData& rdp) {
    return rcu_segcblist_is_offloaded(rdp.cblist);
}

// --- locks (locks.cpp): nocb_lock is taken only where the rdp is offloaded ----------------------
// Each release shows the state to the white-box oracles (invariants.h).
void rcu_nocb_lock(RcuData& rdp, const Site& site = Site::current());
void rcu_nocb_unlock(RcuData& rdp, const Site& site = Site::current());
IrqFlags rcu_nocb_lock_irqsave(RcuData& rdp, const Site& site = Site::current());
void rcu_nocb_unlock_irqrestore(RcuData& rdp, IrqFlags flags, const Site& site = Site::current());
void rcu_nocb_bypass_lock(RcuData& rdp, const Site& site = Site::current());
bool rcu_nocb_bypass_trylock(RcuData& rdp, const Site& site = Site::current());
void rcu_nocb_bypass_unlock(RcuData& rdp, const Site& site = Site::current());
void rcu_nocb_wait_contended(RcuData& rdp, const Site& site = Site::current());

// --- what every CPU does (core.cpp) -------------------------------------------------------------
void rcu_core(void*);  // in softirq
void invoke_rcu_core();
void rcu_sched_clock_irq(RcuData& rdp, bool user);
void tick_if_needed(RcuData& rdp);
void tick_of_toggler(RcuData& rdp);
void sched_tick_fires(kernel::TimerList& timer);
void call_rcu_core(RcuData& rdp, IrqFlags flags);  // a CPU that is not offloaded has posted

// --- rescuers (entry.cpp): interrupts disabled --------------------------------------------------
bool flush_before_idle(RcuData& rdp);  // whether the CPU may halt
enum class Hook { none, posts };       // does a tracing hook on the way out call call_rcu()?
bool flush_before_user(RcuData& rdp, Hook hook);  // whether the CPU may go to user mode

// --- barrier.cpp, offload.cpp, hotplug.cpp: in task context, may sleep --------------------------
void rcu_barrier();
void rcu_barrier_callback(RcuHead* head);
void rcu_nocb_cpu_deoffload(RcuData& rdp);
void rcu_nocb_cpu_offload(RcuData& rdp);
void rcu_nocb_rdp_deoffload(void* rdp);  // on its CPU, or for one that is offline
bool cpu_down(RcuData& rdp);             // false: it was, or must not
void cpu_up(RcuData& rdp);
bool rcu_spawn_one_nocb_kthread(RcuData& rdp);  // false: a kthread could not be created

// --- posting (call_rcu.cpp) ---------------------------------------------------------------------
void call_rcu(RcuHead& head, void (*func)(RcuHead*));

// --- bypass (bypass.cpp) ------------------------------------------------------------------------
// True: the callback is queued and interrupts are restored. False: the caller enqueues, and, where
// the rdp is offloaded, holds nocb_lock now.
bool rcu_nocb_try_bypass(RcuData& rdp, RcuHead& head, bool& was_alldone, IrqFlags flags);
// nocb_lock held. False: the bypass turned out empty and `head` is still the caller's.
bool rcu_nocb_flush_bypass(RcuData& rdp, RcuHead* head, Jiffies now);
void rcu_nocb_try_flush_bypass(RcuData& rdp, Jiffies now);

// --- waking rcuog (wake.cpp) --------------------------------------------------------------------
// nocb_lock held on entry, dropped on return, interrupts restored. leaves_level: the caller's bug.
void call_rcu_nocb_wake(RcuData& rdp, bool was_alldone, IrqFlags flags, bool leaves_level);
bool wake_nocb_gp(RcuData& rdp, bool force, IrqFlags flags, bool leaves_level = false);
// nocb_lock held.
void wake_nocb_gp_defer(RcuData& rdp, int level);
bool do_nocb_deferred_wakeup(RcuData& rdp);  // at a flush point
void do_nocb_deferred_wakeup_timer(kernel::TimerList& timer);
void do_nocb_bypass_wakeup_timer(kernel::TimerList& timer);

// --- numbering (advance.cpp) --------------------------------------------------------------------
// nocb_lock (if offloaded) and the leaf's lock held. True: the caller owes rcu_gp_kthread_wake().
bool rcu_advance_cbs(kernel::RcuNode& rnp, RcuData& rdp);
bool rcu_accelerate_cbs(kernel::RcuNode& rnp, RcuData& rdp);
void rcu_advance_cbs_nowake(kernel::RcuNode& rnp, RcuData& rdp);
// The step that call_rcu() may take for rcuog: advances once in a jiffy if a grace period is over.
void rcu_nocb_advance_once_a_jiffy(RcuData& rdp, Jiffies now);

// --- kthreads (gp_kthread.cpp, cb_kthread.cpp) --------------------------------------------------
void rcu_nocb_gp_kthread(void* rdp);
void rcu_nocb_cb_kthread(void* rdp);
void rcu_do_batch(RcuData& rdp);
void post_from_hook();  // call_rcu() of a callback of its own

}  // namespace rcufuzz::nocb
