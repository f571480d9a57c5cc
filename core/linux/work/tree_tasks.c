// SPDX-License-Identifier: GPL-2.0-or-later
//
// The kernel's kernel/rcu/update.c, which has Tasks RCU in it, and behind it, since its state is
// its own: how its lists are kept, and what its threads do.
#include <kernel/rcu/update.c>

#include <linux/init.h>

#include "core/linux/work/tasks.h"

#ifdef CONFIG_TASKS_RCU_GENERIC

/* The kernel has parameters for these, but only where it has Tasks RCU. */
enum lists { ONE_LIST = 1, LIST_OF_EACH_CPU, LISTS_BY_CONTENTION };

static void set_lists(enum lists lists)
{
	if (lists == LIST_OF_EACH_CPU)
		rcu_task_enqueue_lim = NR_CPUS;
	if (lists == LISTS_BY_CONTENTION)
		rcu_task_contend_lim = 0;
}

const char *state_of_tasks_rcu(enum flavor flavor)
{
	return tasks_gp_state_getname(flavor == CLASSIC ? &rcu_tasks :
				      flavor == TRACING ? &rcu_tasks_trace : &rcu_tasks_rude);
}

#else

static void set_lists(unsigned int lists)
{
}

#endif

static int __init set_tasks_lists(char *text)
{
	unsigned int lists;

	if (kstrtouint(text, 0, &lists))
		return 0;
	set_lists(lists);
	return 1;
}
__setup("machine_tasks_lists=", set_tasks_lists);
