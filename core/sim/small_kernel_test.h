/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A kernel in C, as small as may be, to show that the door carries one: its own run queue, tasks
 * that migrate, an idle task on each CPU, preemption on the way out of interrupts, sleeping and
 * waking, spinlocks, timers. What a test lets it do is in struct small_plan.
 */
#ifndef RCUFUZZ_CORE_SIM_SMALL_KERNEL_TEST_H
#define RCUFUZZ_CORE_SIM_SMALL_KERNEL_TEST_H

#include "core/sim/door.h"

#ifdef __cplusplus
extern "C" {
#endif

struct small_plan {
    unsigned cpus;
    unsigned workers;    /* tasks that each add to a counter and sleep in between */
    unsigned rounds;     /* of each */
    int lockless;        /* the bug: they add without the lock */
    int forgets_wakeup;  /* the bug: a sleeper is woken before it sleeps, and sleeps all the same */
    int nmi;             /* worker 0 raises one on the last CPU */
};

struct small_state {
    unsigned long counter;
    unsigned long in_interrupt;  /* additions made by interrupts */
    unsigned done;               /* workers */
    unsigned nmis;
    unsigned migrations;
    unsigned preemptions;
    unsigned most_levels;
};

extern const struct machine_guest small_kernel;

/* Between World::begin() and the run. */
void small_boot(const struct small_plan *plan);
const struct small_state *small_result(void);

#ifdef __cplusplus
}
#endif

#endif
