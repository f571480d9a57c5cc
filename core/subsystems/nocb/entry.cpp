// SPDX-License-Identifier: GPL-2.0-or-later
//
// Where a CPU stops to run kernel code, v5.13: do_idle() (kernel/sched/idle.c),
// exit_to_user_mode_prepare() (kernel/entry/common.c), rcu_irq_work_resched() (kernel/rcu/tree.c).
// All of them carry a deferred wake-up out first, and then look whether that made a task of this
// very CPU runnable: a CPU that halts or goes to user mode schedules at its next interrupt only.
#include "core/subsystems/nocb/bugs.h"
#include "core/subsystems/nocb/invariants.h"
#include "core/subsystems/nocb/nocb.h"
#include "core/subsystems/nocb/notes.h"

namespace rcufuzz::nocb {

namespace {

// rcu_nocb_flush_deferred_wakeup()
bool flush_deferred_wakeup(RcuData& rdp) {
    const OwesWakeup owes;
    return do_nocb_deferred_wakeup(rdp);
}

}  // namespace

bool flush_before_idle(RcuData& rdp) {
    note(Note::idle_entry, static_cast<int>(rdp.cpu), 0);
    bool resched = kernel::need_resched();
    flush_deferred_wakeup(rdp);
    if (!bug(Bug::D08_idle_flush_after_test)) resched = kernel::need_resched();
    return !resched;
}

// v5.13 samples the flags first (b416514054810, v6.3, moved that): zoo D09.
bool flush_before_user(RcuData& rdp, Hook hook) {
    note(Note::user_entry, static_cast<int>(rdp.cpu), 0);
    bool resched = kernel::need_resched();
    flush_deferred_wakeup(rdp);
    if (!bug(Bug::D09_user_flush_after_test)) resched = kernel::need_resched();
    if (resched) return false;
    if (hook == Hook::posts) post_from_hook();
    // rcu_irq_work_resched(): too late to schedule, so this CPU interrupts itself.
    return !(flush_deferred_wakeup(rdp) && kernel::need_resched());
}

}  // namespace rcufuzz::nocb
