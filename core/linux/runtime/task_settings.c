// SPDX-License-Identifier: GPL-2.0-or-later
//
// The class of a task, and the CPUs that it may run on.
#include "core/linux/runtime/runtime.h"

#include <linux/cpumask.h>
#include <linux/sched.h>
#include <uapi/linux/sched/types.h>

/* Tasks of all classes take their turns as the machine chooses: none comes first for its class. */
int sched_setscheduler_nocheck(struct task_struct *task, int policy, const struct sched_param *p)
{
	task->policy = policy;
	task->rt_priority = p->sched_priority;
	return 0;
}

void sched_set_fifo(struct task_struct *task)
{
	task->policy = SCHED_FIFO;
}

/* --- affinity ----------------------------------------------------------------------------- */

static void move_if_misplaced(struct task_struct *task)
{
	if (!list_empty(&thread_of(task)->queued) && !may_run_on(task, task_cpu(task))) {
		requeue(task);
	} else if (acting_task[task_cpu(task)] == task && task->on_rq &&
		   !may_run_on(task, task_cpu(task))) {
		resched_cpu(task_cpu(task));
	}
}

void do_set_cpus_allowed(struct task_struct *task, const struct cpumask *mask)
{
	cpumask_copy(&task->cpus_mask, mask);
	task->nr_cpus_allowed = cpumask_weight(mask);
	if (!cpumask_test_cpu(task_cpu(task), mask) && !task->on_rq)
		task->thread_info.cpu = cpumask_first(mask);
}

int set_cpus_allowed_ptr(struct task_struct *task, const struct cpumask *mask)
{
	while (is_called_about(task))
		kernel_relax();
	cpumask_copy(&task->cpus_mask, mask);
	task->nr_cpus_allowed = cpumask_weight(mask);
	move_if_misplaced(task);
	if (task == current && !may_run_on(task, acting_cpu))
		schedule();
	return 0;
}
