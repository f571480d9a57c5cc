// SPDX-License-Identifier: GPL-2.0-or-later
//
// CPUs that start and die: the architecture's part of kernel/cpu.c. A CPU that is dead takes no
// interrupt; where one was under way it is lost when the CPU starts again.
#include "core/linux/runtime/runtime.h"

#include <linux/cpu.h>
#include <linux/cpuhotplug.h>

static int secondary_main(void *unused)
{
	unsigned int cpu = acting_cpu;

	local_irq_disable();
	preempt_disable();
	run_queues[cpu].up = true;
	notify_cpu_starting(cpu);
	set_cpu_online(cpu, true);
	local_irq_enable();
	cpuhp_online_idle(CPUHP_AP_ONLINE_IDLE);
	preempt_enable();
	preempt_disable();
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
