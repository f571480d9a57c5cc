// SPDX-License-Identifier: GPL-2.0-or-later
//
// Tasks that are woken together, once a lock is free, and one that waits alone.
#include "core/linux/runtime/runtime.h"

#include <linux/rcupdate.h>
#include <linux/rcuwait.h>
#include <linux/sched/wake_q.h>

static bool wake_q_take(struct wake_q_head *head, struct task_struct *task)
{
	if (task->wake_q.next)
		return false;
	task->wake_q.next = WAKE_Q_TAIL;
	*head->lastp = &task->wake_q;
	head->lastp = &task->wake_q.next;
	return true;
}

void wake_q_add(struct wake_q_head *head, struct task_struct *task)
{
	wake_q_take(head, task);
}

void wake_q_add_safe(struct wake_q_head *head, struct task_struct *task)
{
	wake_q_take(head, task);
}

void wake_up_q(struct wake_q_head *head)
{
	struct wake_q_node *node = head->first;

	while (node != WAKE_Q_TAIL) {
		struct task_struct *task = container_of(node, struct task_struct, wake_q);

		node = node->next;
		task->wake_q.next = NULL;
		wake_up_process(task);
	}
}

unsigned long wait_task_inactive(struct task_struct *task, unsigned int state)
{
	for (;;) {
		if (state && !(task->__state & state))
			return 0;
		if (!task->on_rq)
			return 1;
		kernel_relax();
	}
}

int rcuwait_wake_up(struct rcuwait *wait)
{
	struct task_struct *task;

	machine_orders(MACHINE_MB);
	task = rcu_dereference(wait->task);

	return task ? wake_up_process(task) : 0;
}
