// SPDX-License-Identifier: GPL-2.0-or-later
//
// From nothing to a running kernel, in the order of steps of the kernel's start_kernel() and
// kernel_init(), as far as what runs here is concerned.
#include "core/linux/runtime/runtime.h"

#include <linux/cpu.h>
#include <linux/cpumask.h>
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/kthread.h>
#include <linux/rcupdate.h>
#include <linux/smp.h>
#include <linux/string.h>
#include <linux/timer.h>
#include <linux/wait_bit.h>
#include <linux/workqueue.h>

#include <kernel/smpboot.h>
#include <kernel/time/tick-internal.h>

enum system_states system_state __read_mostly;
bool static_key_initialized __read_mostly = !IS_ENABLED(CONFIG_JUMP_LABEL);
struct task_struct *new_task(int (*fn)(void *), void *arg, const char *name, unsigned int flags);
void prepare_workqueues(void);
void start_more_workers(void);
void start_workqueues(void);
void start_workload_threads(void);
void start_stoppers(void);
void prepare_hotplug(void);
void start_late_workload_threads(void);

bool cpus_come_and_go;	/* operations may take them offline */

static int __init set_hotplug(char *text)
{
	cpus_come_and_go = true;
	return 1;
}
__setup("machine_hotplug", set_hotplug);

static char command_line[512];
static unsigned int cpu_count;
static bool booted;

static void set_up_cpus(unsigned int cpus)
{
	unsigned int cpu;

	for (cpu = 0; cpu < cpus; cpu++) {
		set_cpu_possible(cpu, true);
		set_cpu_present(cpu, true);
	}
	cpu_count = cpus;
	nr_cpu_ids = cpus;
}

/* --- the first CPU ------------------------------------------------------------------------ */

typedef int (*initcall)(void);
extern initcall __initcall_start[], __initcall0_start[], __initcall_end[];

static void run_initcalls_between(initcall *from, initcall *to)
{
	for (; from < to; from++)
		(*from)();
}

static int kernel_init(void *unused)
{
	start_workqueues();
	timers_update_nohz();	/* ticks stop: timers of idle CPUs migrate */
	rcu_init_tasks_generic();
	run_initcalls_between(__initcall_start, __initcall0_start);
	smp_init();
	run_initcalls_between(__initcall0_start, __initcall_end);
	rcu_end_inkernel_boot();
	system_state = SYSTEM_RUNNING;
	start_workload_threads();
	if (cpus_come_and_go) {
		start_stoppers();
		prepare_hotplug();
	}
	start_late_workload_threads();
	start_more_workers();
	booted = true;
	return 0;
}

int has_booted(void)
{
	return booted;
}

static void start_first_threads(void)
{
	struct task_struct *init = new_task(kernel_init, NULL, "init", PF_NO_SETAFFINITY);

	rcu_scheduler_starting();
	do_set_cpus_allowed(init, cpumask_of(0));
	kthreadd_task = new_task(kthreadd, NULL, "kthreadd", 0);
	enqueue_new(init);
	enqueue_new(kthreadd_task);
	system_state = SYSTEM_SCHEDULING;
}

static int first_cpu_main(void *unused)
{
	local_irq_disable();
	preempt_disable();
	boot_cpu_init();
	boot_cpu_hotplug_init();
	jump_label_init();
	parse_parameters(command_line);
	wait_bit_init();
	prepare_workqueues();
	rcu_init();
	init_timers();
	tick_prepare();
	rcu_init_nohz();
	srcu_init();
	softirq_init();
	call_function_init();
	local_irq_enable();
	start_first_threads();
	set_tsk_need_resched(current);
	cpuhp_online_idle(CPUHP_ONLINE);
	idle_loop();
	return 0;
}

void prepare_kernel(unsigned int cpus, const char *parameters)
{
	struct task_struct *idle;

	percpu_prepare(cpus);
	sched_prepare();
	strscpy(command_line, parameters, sizeof(command_line));
	set_up_cpus(cpus);
	acting_cpu = 0;
	idle = fork_idle(0);
	thread_of(idle)->fn = first_cpu_main;
	acting_task[0] = idle;
	run_queues[0].idle = idle;
	run_queues[0].started = run_queues[0].up = true;
}
