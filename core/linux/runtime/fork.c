// SPDX-License-Identifier: GPL-2.0-or-later
//
// New tasks and their end. All are kernel threads.
#include "core/linux/runtime/runtime.h"

#include <linux/completion.h>
#include <linux/init_task.h>
#include <linux/kthread.h>
#include <linux/mm_types.h>
#include <linux/rculist.h>
#include <linux/sched/task.h>
#include <linux/string.h>

/* Named by code that looks at any task; nothing here has memory of a user. */
struct mm_struct init_mm;
struct task_struct init_task = { .tasks = LIST_HEAD_INIT(init_task.tasks) };

static void set_up(struct task_struct *task, unsigned int flags)
{
	task->flags = PF_KTHREAD | flags;
	task->thread_info.preempt_count = FORK_PREEMPT_COUNT;
	task->thread_info.cpu = acting_cpu;
	cpumask_copy(&task->cpus_mask, cpu_possible_mask);
	task->cpus_ptr = &task->cpus_mask;
	task->nr_cpus_allowed = cpumask_weight(cpu_possible_mask);
	task->prio = task->normal_prio = task->static_prio = 120;
	refcount_set(&task->usage, 2);
	raw_spin_lock_init(&task->pi_lock);
	spin_lock_init(&task->alloc_lock);
	INIT_LIST_HEAD(&task->tasks);
	INIT_LIST_HEAD(&task->thread_node);
#ifdef CONFIG_PREEMPT_RCU
	INIT_LIST_HEAD(&task->rcu_node_entry);
#endif
#ifdef CONFIG_TASKS_RCU
	INIT_LIST_HEAD(&task->rcu_tasks_holdout_list);
	task->rcu_tasks_idle_cpu = -1;
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 9, 0)
	INIT_LIST_HEAD(&task->rcu_tasks_exit_list);
#endif
#endif
#ifdef CONFIG_TASKS_TRACE_RCU
	INIT_LIST_HEAD(&task->trc_holdout_list);
	INIT_LIST_HEAD(&task->trc_blkd_node);
#endif
	task->pid = thread_of(task)->number + 1;
}

/* Who goes through all tasks comes past it; the idle tasks are in no list. */
static void link_task(struct task_struct *task)
{
#ifdef CONFIG_TASKS_RCU_GENERIC
	struct signal_struct *signal = &thread_of(task)->signal;

	task->signal = signal;
	INIT_LIST_HEAD(&signal->thread_head);
	list_add_tail_rcu(&task->thread_node, &signal->thread_head);
	list_add_tail_rcu(&task->tasks, &init_task.tasks);
#endif
}

/* release_task(): what stands at it still gets on from there. */
static void unlink_task(struct task_struct *task)
{
#ifdef CONFIG_TASKS_RCU_GENERIC
	list_del_rcu(&task->tasks);
	list_del_rcu(&task->thread_node);
#endif
}

struct task_struct *new_task(int (*fn)(void *), void *arg, const char *name, unsigned int flags)
{
	struct task_struct *task = &new_thread(fn, arg, name)->task;

	set_up(task, flags);
	if (!(flags & PF_IDLE))
		link_task(task);
	return task;
}

static pid_t start_kthread(int (*fn)(void *), void *arg, const char *name)
{
	struct task_struct *task = new_task(fn, arg, name ? name : "kthread", 0);

	if (!set_kthread_struct(task))
		return -ENOMEM;
	enqueue_new(task);
	return task->pid;
}

#if IS_6_2_OR_LATER
pid_t kernel_thread(int (*fn)(void *), void *arg, const char *name, unsigned long flags)
{
	return start_kthread(fn, arg, name);
}
#else
pid_t kernel_thread(int (*fn)(void *), void *arg, unsigned long flags)
{
	return start_kthread(fn, arg, NULL);
}
#endif

struct task_struct *fork_idle(int cpu)
{
	struct task_struct *task = new_task(NULL, NULL, "swapper", PF_IDLE | PF_NO_SETAFFINITY);

	task->thread_info.cpu = cpu;
	task->active_mm = &init_mm;
	do_set_cpus_allowed(task, cpumask_of(cpu));
	snprintf(task->comm, sizeof(task->comm), "swapper/%d", cpu);
	return task;
}

/* In the kernel's order of steps, as far as RCU sees them. */
void __noreturn do_exit(long code)
{
	struct task_struct *self = current;

	self->flags |= PF_EXITING;
	self->exit_code = code;
	if (self->vfork_done)
		complete_all(self->vfork_done);
	exit_tasks_rcu_start();
	unlink_task(self);
	machine_point_at(self, MACHINE_WRITE, machine_here());	/* exit_notify() and much more */
	preempt_disable();
	exit_rcu();
	exit_tasks_rcu_finish();
	self->__state = TASK_DEAD;
	sched_preempt_enable_no_resched();
	for (;;)
		schedule();
}

void __put_task_struct(struct task_struct *task)
{
}

void __set_task_comm(struct task_struct *task, const char *name, bool exec)
{
	strscpy(task->comm, name, sizeof(task->comm));
}

char *__get_task_comm(char *to, size_t size, struct task_struct *task)
{
	strscpy(to, task->comm, size);
	return to;
}
