// SPDX-License-Identifier: GPL-2.0-or-later
//
// Tasks that are taken over: a CPU may pull one that is ready on another, in its tick and before it
// idles. Which, and whether at all, is a choice of the machine.
#include "core/linux/runtime/runtime.h"

#include <linux/init.h>

static bool balances;	/* CPUs take over tasks that are ready elsewhere */

static int __init set_balance(char *text)
{
	balances = true;
	return 1;
}
__setup("machine_balance", set_balance);

/* Ready tasks of other CPUs that may run here: how many, and the nth of them. */
static unsigned int ready_elsewhere(unsigned int n, struct thread **nth)
{
	struct thread *thread;
	unsigned int cpu, count = 0;

	for_each_online_cpu(cpu) {
		if (cpu == acting_cpu)
			continue;
		list_for_each_entry(thread, &run_queues[cpu].ready, queued)
			if (!thread->task.migration_disabled && !is_called_about(&thread->task) &&
			    may_run_on(&thread->task, acting_cpu) && ++count == n)
				*nth = thread;
	}
	return count;
}

/* As load balancing and idle balancing do. Answer 0: not now. */
void take_over(void)
{
	struct thread *thread = NULL;
	unsigned int count, answer;

	if (!balances || is_isolated(acting_cpu) || !cpu_active(acting_cpu))
		return;
	count = ready_elsewhere(0, NULL);
	if (!count)
		return;
	answer = door->choose(MACHINE_TAKES_OVER, count + 1, NULL);
	if (!answer)
		return;
	ready_elsewhere(answer, &thread);
	move_ready_task(&thread->task, acting_cpu);
}
