// SPDX-License-Identifier: GPL-2.0-or-later
//
// A scheduler without classes: ready tasks of a CPU queue first in, first out; who is next is a
// choice of the machine, and so is where a woken task goes. Waking, sleeping and preemption keep
// the kernel's order of steps as far as other code can see it.
#include "core/linux/runtime/runtime.h"

#include <linux/completion.h>
#include <linux/kthread.h>
#include <linux/rcupdate.h>
#include <linux/sched/signal.h>
#include <linux/stop_machine.h>
#include <linux/wait.h>

void leaves_trampoline(struct task_struct *task);

static unsigned int housekeeping_from;	/* unbound tasks run on this CPU and up */

static int __init set_housekeeping(char *text)
{
	return kstrtouint(text, 0, &housekeeping_from) == 0;
}
__setup("machine_housekeeping=", set_housekeeping);

bool is_isolated(unsigned int cpu)
{
	return cpu < housekeeping_from || is_tickless(cpu);
}

/* Some CPUs do the housework of all, and this is one of them. */
bool keeps_house(unsigned int cpu)
{
	unsigned int other;

	for_each_online_cpu(other)
		if (is_isolated(other))
			return !is_isolated(cpu);
	return false;
}

/* is_cpu_allowed() of kernel threads; and none goes to a CPU that is still on its way up. */
bool may_run_on(struct task_struct *task, unsigned int cpu)
{
	if (!cpumask_test_cpu(cpu, task->cpus_ptr) || !cpu_online(cpu))
		return false;
	if (is_per_cpu_thread(task))
		return true;
	return !cpu_dying(cpu) && (cpu_active(cpu) || (task->flags & PF_NO_SETAFFINITY));
}

/* Of several CPUs those that do the housework, if any: tasks are not spread over isolated ones. */
static unsigned int keep_house(unsigned int *cpus, unsigned int count)
{
	unsigned int i, kept = 0;

	for (i = 0; i < count; i++)
		if (!is_isolated(cpus[i]))
			cpus[kept++] = cpus[i];
	return kept ? kept : count;
}

/* select_fallback_rq(): who may run nowhere may run anywhere. In the boot he waits. */
static unsigned int fallback_cpu(struct task_struct *task)
{
	unsigned int cpu = task_cpu(task);

	if (!cpu_online(cpu))
		return 0;
	if (cpu_dying(cpu)) {
		do_set_cpus_allowed(task, cpu_possible_mask);
		return 0;
	}
	return cpu;
}

/* The question that comes next is about this task; where it is which of several, in the order of
 * the answers. */
static void tell_asked(struct task_struct *task)
{
	machine_told("machine_asks", 2, (long)task->comm, (long)task_cpu(task));
}

/* Answer 0 is the CPU that the task was on. */
static unsigned int choose_cpu(struct task_struct *task)
{
	unsigned int cpus[NR_CPUS], count = 0, cpu;

	if (may_run_on(task, task_cpu(task)))
		cpus[count++] = task_cpu(task);
	for_each_online_cpu(cpu)
		if (cpu != task_cpu(task) && may_run_on(task, cpu))
			cpus[count++] = cpu;
	count = keep_house(cpus, count);
	if (!count)
		return fallback_cpu(task);
	if (count == 1 || task->migration_disabled)
		return cpus[0];
	tell_asked(task);
	return cpus[door->choose(MACHINE_TASK_CPU, count, NULL)];
}

static void set_cpu_of(struct task_struct *task, unsigned int cpu)
{
	task->thread_info.cpu = cpu;
}

/* Who runs it there comes after who has put it there: both have the queue's lock. */
static void enqueue(struct task_struct *task, unsigned int cpu)
{
	struct run_queue *queue = &run_queues[cpu];

	machine_orders(MACHINE_MB);
	set_cpu_of(task, cpu);
	list_add_tail(&thread_of(task)->queued, &queue->ready);
	queue->ready_count++;
	task->on_rq = 1;
}

static void dequeue(struct task_struct *task)
{
	list_del_init(&thread_of(task)->queued);
	run_queues[task_cpu(task)].ready_count--;
}

static unsigned int runnable(unsigned int cpu)
{
	struct run_queue *queue = &run_queues[cpu];
	struct task_struct *task = acting_task[cpu];

	return queue->ready_count + (task && task != queue->idle && task->on_rq &&
				     list_empty(&thread_of(task)->queued));
}

void move_ready_task(struct task_struct *task, unsigned int cpu)
{
	unsigned int from = task_cpu(task);

	dequeue(task);
	enqueue(task, cpu);
	tick_counts_tasks(from, runnable(from));
	tick_counts_tasks(cpu, runnable(cpu));
}

void resched_cpu(int cpu)
{
	struct task_struct *task = acting_task[cpu];

	if (!task || (!cpu_online(cpu) && cpu != acting_cpu) ||
	    test_tsk_thread_flag(task, TIF_NEED_RESCHED))
		return;
	set_tsk_thread_flag(task, TIF_NEED_RESCHED);
	if (cpu == acting_cpu)
		return;
	if (task->thread_info.flags & _TIF_POLLING_NRFLAG)
		raise_vector(cpu, VECTOR_MONITOR);
	else
		raise_vector(cpu, VECTOR_RESCHEDULE);
}

/* set_nr_if_polling() */
bool is_told_without_interrupt(struct task_struct *idle)
{
	machine_point_at(idle, MACHINE_WRITE, machine_here());
	machine_orders(MACHINE_MB);
	if (!(idle->thread_info.flags & _TIF_POLLING_NRFLAG))
		return false;
	if (!(idle->thread_info.flags & _TIF_NEED_RESCHED)) {
		idle->thread_info.flags |= _TIF_NEED_RESCHED;
		raise_vector(task_cpu(idle), VECTOR_MONITOR);
	}
	return true;
}

static bool wakes_and_preempts(struct task_struct *task, unsigned int cpu)
{
	tell_asked(acting_task[cpu]);
	tell_asked(task);
	return door->choose(MACHINE_WAKE_PREEMPTS, 2, NULL);
}

static void maybe_preempt(struct task_struct *task, unsigned int cpu)
{
	if (acting_task[cpu] == run_queues[cpu].idle || task == run_queues[cpu].stop)
		resched_cpu(cpu);
	else if (IS_ENABLED(CONFIG_PREEMPTION) && wakes_and_preempts(task, cpu))
		resched_cpu(cpu);
}

/*
 * Where the first real-time task of a CPU is woken, the waker's CPU starts the timer of its
 * bandwidth (start_rt_bandwidth()): one that has handed its timers over would start it for nobody.
 */
static void check_waker(const struct task_struct *task)
{
	if (task->policy == SCHED_FIFO && cpu_dying(acting_cpu) && !cpu_online(acting_cpu))
		fail("invariant", NULL, "a CPU that is offline wakes a real-time task, and with it "
		     "a timer that never fires");
}

static void make_ready(struct task_struct *task)
{
	unsigned int cpu = choose_cpu(task);

	check_waker(task);
	enqueue(task, cpu);
	tick_counts_tasks(cpu, runnable(cpu));
	maybe_preempt(task, cpu);
}

void enqueue_new(struct task_struct *task)
{
	make_ready(task);
}

void requeue(struct task_struct *task)
{
	dequeue(task);
	enqueue_new(task);
}

/*
 * The locks of the task and of its run queue: it is not woken, and its CPU switches to no other,
 * while somebody calls a function about it. NULL: nobody does.
 */
static struct task_struct *called_about;

bool is_called_about(const struct task_struct *task)
{
	return called_about == task;
}

static bool holds_run_queue(unsigned int cpu)
{
	return called_about && called_about->on_rq && task_cpu(called_about) == cpu;
}

/* The waker comes after whatever he has done before (the task's lock, smp_mb__after_spinlock()). */
static int wake(struct task_struct *task, unsigned int state)
{
	machine_point_at(task, MACHINE_WAKE, machine_here());
	while (is_called_about(task))
		kernel_relax();
	machine_orders(MACHINE_MB);
	if (!(task->__state & state))
		return 0;
	task->__state = TASK_RUNNING;
	if (!task->on_rq)
		make_ready(task);
	return 1;
}

/* Who wakes a task on his own CPU that preempts him goes on after it. */
int try_to_wake_up(struct task_struct *task, unsigned int state, int flags)
{
	int wakes;

	preempt_disable();
	wakes = wake(task, state);
	preempt_enable();
	return wakes;
}

int wake_up_process(struct task_struct *task)
{
	return try_to_wake_up(task, TASK_NORMAL, 0);
}

int wake_up_state(struct task_struct *task, unsigned int state)
{
	return try_to_wake_up(task, state, 0);
}

int default_wake_function(wait_queue_entry_t *entry, unsigned int mode, int flags, void *key)
{
	return try_to_wake_up(entry->private, mode, flags);
}

int task_call_func(struct task_struct *task, task_call_f func, void *arg)
{
	unsigned long flags;
	int result;

	local_irq_save(flags);
	while (called_about)
		kernel_relax();
	called_about = task;
	machine_orders(MACHINE_MB);
	result = func(task, arg);
	machine_orders(MACHINE_MB);
	called_about = NULL;
	local_irq_restore(flags);
	return result;
}

struct task_struct *cpu_curr_snapshot(int cpu)
{
	machine_point_at(acting_task[cpu], MACHINE_READ, machine_here());
	machine_orders(MACHINE_MB);
	return acting_task[cpu];
}

struct task_struct *idle_task(int cpu)
{
	return run_queues[cpu].idle;
}

void wake_up_if_idle(int cpu)
{
	if (acting_task[cpu] == run_queues[cpu].idle)
		resched_cpu(cpu);
}

static unsigned int choose_next(struct run_queue *queue)
{
	struct thread *thread;

	if (queue->ready_count <= 1)
		return 0;
	list_for_each_entry(thread, &queue->ready, queued)
		tell_asked(&thread->task);
	return door->choose(MACHINE_NEXT_TASK, queue->ready_count, NULL);
}

static struct task_struct *pick_next(struct run_queue *queue)
{
	struct thread *thread;
	unsigned int skip;

	if (!queue->ready_count)
		take_over();
	if (!queue->ready_count)
		return queue->idle;
	if (queue->stop && !list_empty(&thread_of(queue->stop)->queued)) {
		dequeue(queue->stop);
		return queue->stop;
	}
	skip = choose_next(queue);
	list_for_each_entry(thread, &queue->ready, queued)
		if (!skip--)
			break;
	dequeue(&thread->task);
	return &thread->task;
}

static void check_atomic(struct task_struct *task)
{
	if (task->thread_info.preempt_count != PREEMPT_DISABLE_OFFSET &&
	    task->__state != TASK_DEAD)
		fail("lock_misuse", NULL, "%s sleeps where it must not: preempt_count is %x",
		     task->comm, task->thread_info.preempt_count - PREEMPT_DISABLE_OFFSET);
	check_may_sleep(task);
}

/* It sleeps, or is dead: a voluntary switch. */
static void leave_run_queue(struct task_struct *task)
{
	task->on_rq = 0;
	task->nvcsw++;
}

static void schedule_once(bool preempt)
{
	struct run_queue *queue;
	struct task_struct *prev = current, *next;

	check_atomic(prev);
	if (!preempt)
		leaves_trampoline(prev);
	machine_point_at(NULL, MACHINE_NONE, machine_here());
	local_irq_disable();
	rcu_note_context_switch(preempt);
	machine_orders(MACHINE_MB);
	while (holds_run_queue(acting_cpu))
		kernel_relax();
	queue = this_queue();
	if (!preempt && prev->__state != TASK_RUNNING) {
		if (signal_pending_state(prev->__state, prev))
			prev->__state = TASK_RUNNING;
		else
			leave_run_queue(prev);
	}
	clear_tsk_thread_flag(prev, TIF_NEED_RESCHED);
	if (prev != queue->idle && prev->on_rq) {
		/* The stopper that has taken its CPU down goes on there until it is parked. */
		if (is_per_cpu_thread(prev) || may_run_on(prev, acting_cpu))
			enqueue(prev, acting_cpu);
		else
			enqueue_new(prev);
	}
	/* No point from where it is off the queue to where its stack is left: it may be woken. */
	next = pick_next(queue);
	tick_counts_tasks(acting_cpu, queue->ready_count + (next != queue->idle));
	if (next != prev)
		switch_threads(thread_of(prev), thread_of(next));
	machine_orders(MACHINE_MB);
	tick_task_switched();
	local_irq_enable();
}

void schedule(void)
{
	do {
		preempt_disable();
		schedule_once(false);
		sched_preempt_enable_no_resched();
	} while (need_resched());
}

void schedule_preempt_disabled(void)
{
	sched_preempt_enable_no_resched();
	schedule();
	preempt_disable();
}

void preempt_schedule(void)
{
	if (!preemptible())
		return;
	do {
		preempt_disable();
		schedule_once(true);
		sched_preempt_enable_no_resched();
	} while (need_resched());
}

void preempt_schedule_notrace(void)
{
	preempt_schedule();
}

int __cond_resched(void)
{
	if (should_resched(0)) {
		preempt_disable();
		schedule_once(true);
		sched_preempt_enable_no_resched();
		return 1;
	}
#ifndef CONFIG_PREEMPT_RCU
	rcu_all_qs();
#endif
	return 0;
}

void yield(void)
{
	set_current_state(TASK_RUNNING);
	schedule();
}

/* --- the tick ----------------------------------------------------------------------------- */

static void sched_tick_now(void)
{
	take_over();
	if (this_queue()->ready_count)
		resched_cpu(acting_cpu);
}

void sched_tick(void)
{
	sched_tick_now();
}

void scheduler_tick(void)
{
	sched_tick_now();
}

void sched_prepare(void)
{
	unsigned int cpu;

	for (cpu = 0; cpu < NR_CPUS; cpu++)
		INIT_LIST_HEAD(&run_queues[cpu].ready);
}

void sched_ttwu_pending(void *arg)
{
}

void schedule_idle(void)
{
	do {
		schedule_once(false);
	} while (need_resched());
}
