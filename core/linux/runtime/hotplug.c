// SPDX-License-Identifier: GPL-2.0-or-later
//
// CPUs that start and die: the architecture's part of kernel/cpu.c, and the scheduler's. A CPU that
// is dead takes no interrupt; where one was under way it is lost when the CPU starts again.
#include "core/linux/runtime/runtime.h"

#include <linux/cpu.h>
#include <linux/cpuhotplug.h>
#include <linux/rcupdate.h>

static int secondary_main(void *unused)
{
	unsigned int cpu = acting_cpu;

	local_irq_disable();
	preempt_disable();
	run_queues[cpu].up = true;
	notify_cpu_starting(cpu);
	set_cpu_online(cpu, true);
	local_irq_enable();
	tick_starts();
	cpuhp_online_idle(CPUHP_AP_ONLINE_IDLE);
	idle_loop();
	return 0;
}

int __cpu_up(unsigned int cpu, struct task_struct *idle)
{
	struct run_queue *queue = &run_queues[cpu];

	thread_of(idle)->fn = secondary_main;
	restart_thread(thread_of(idle));
	acting_task[cpu] = idle;
	queue->idle = idle;
	queue->started = true;
	queue->deaf = false;
	queue->in_idle = queue->tick_stopped = false;
	irqs_off[cpu] = 0;
	door->changed(cpu);
	raise_vector(cpu, VECTOR_START);
	while (!cpu_online(cpu))
		kernel_relax();
	return 0;
}

/* In the stopper of the CPU, while all others are stopped. Its interrupt controller is off from
 * here on: what is under way is lost, also where interrupts are enabled once more (x86 would take
 * what has come already). */
int __cpu_disable(void)
{
	set_cpu_online(acting_cpu, false);
	run_queues[acting_cpu].deaf = true;
	door->changed(acting_cpu);
	return 0;
}

/* The idle task of a CPU that is offline, with interrupts disabled: it never comes back. */
void __noreturn play_dead(void)
{
	tick_dies();
	cpuhp_report_idle_dead();
	run_queues[acting_cpu].up = false;
	for (;;)
		leave_cpu(thread_of(current));
}

void __cpu_die(unsigned int cpu)
{
	while (run_queues[cpu].up)
		kernel_relax();
}

/* --- the scheduler ------------------------------------------------------------------------ */

/* Of all tasks of that CPU it comes first. */
void sched_set_stop_task(int cpu, struct task_struct *stop)
{
	run_queues[cpu].stop = stop;
}

int sched_cpu_activate(unsigned int cpu)
{
	set_cpu_active(cpu, true);
	return 0;
}

/* Those that are not bound to the CPU leave it (balance_push()). */
static void push_tasks(unsigned int cpu)
{
	struct thread *thread, *next;

	list_for_each_entry_safe(thread, next, &run_queues[cpu].ready, queued)
		if (!may_run_on(&thread->task, cpu) && !is_called_about(&thread->task))
			requeue(&thread->task);
}

/* On the CPU itself; what looks at the mask without sleeping is over then. */
int sched_cpu_deactivate(unsigned int cpu)
{
	set_cpu_active(cpu, false);
	push_tasks(cpu);
	synchronize_rcu();
	return 0;
}

int sched_cpu_wait_empty(unsigned int cpu)
{
	while (run_queues[cpu].ready_count) {
		push_tasks(cpu);
		yield();
	}
	return 0;
}

int sched_cpu_starting(unsigned int cpu)
{
	return 0;
}

int sched_cpu_dying(unsigned int cpu)
{
	if (run_queues[cpu].ready_count)
		fail("invariant", NULL, "a CPU goes away with tasks on its queue");
	return 0;
}
