// SPDX-License-Identifier: GPL-2.0-or-later
//
// Operations that have no oracle of their own: what they break others see, or the kernel says.
#include "core/linux/confirm/confirm.h"

#include <linux/cpu.h>
#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/rcupdate.h>
#include <linux/smp.h>
#include <linux/srcu.h>
#include <linux/slab.h>

/* --- time, readers -------------------------------------------------------------------------- */

/* A plan's jiffy is 10 ms. */
#define MS_PER_JIFFY 10

static bool do_sleep(unsigned int ticks, unsigned int unused)
{
	schedule_timeout_uninterruptible(msecs_to_jiffies(ticks * MS_PER_JIFFY));
	return true;
}

static bool do_spin(unsigned int ticks, unsigned int polls)
{
	unsigned long end = jiffies + msecs_to_jiffies(ticks * MS_PER_JIFFY);

	if (irqs_disabled())
		return false;
	while (time_before(jiffies, end)) {
		if (polls && !in_interrupt())
			cond_resched();
		cpu_relax();
	}
	return true;
}

static bool do_cond_resched(unsigned int unused, unsigned int unused2)
{
	cond_resched();
	return true;
}

/* --- calls ---------------------------------------------------------------------------------- */

static void called(void *unused)
{
}

static bool do_call_single(unsigned int cpu, unsigned int wait)
{
	return !irqs_disabled() &&
	       !smp_call_function_single(cpu_online(cpu) ? cpu : 0, called, NULL, wait);
}

static bool do_call_many(unsigned int mask, unsigned int wait)
{
	static struct cpumask cpus;

	if (irqs_disabled())
		return false;
	cpumask_clear(&cpus);
	cpumask_bits(&cpus)[0] = mask;
	preempt_disable();
	smp_call_function_many(&cpus, called, NULL, wait);
	preempt_enable();
	return true;
}

/* --- what is not for modules ---------------------------------------------------------------- */

static bool toggled[CPUS];

static bool toggle(unsigned int cpu, bool on)
{
	int (*toggle)(int cpu) =
		kernel_symbol(on ? "rcu_nocb_cpu_offload" : "rcu_nocb_cpu_deoffload");

	if (!toggle || toggle(cpu))
		return false;
	toggled[cpu] = !on;
	return true;
}

static bool do_nocb_toggle(unsigned int cpu, unsigned int how)
{
	bool on = how & 1, done;

	cpu %= num_possible_cpus();
	done = toggle(cpu, on);
	if (how > 1)
		done = toggle(cpu, !on) || done;
	return done;
}

/* As at the beginning of a run, in which all are. */
void offload_again(void)
{
	unsigned int cpu;

	for (cpu = 0; cpu < CPUS; cpu++)
		if (toggled[cpu])
			toggle(cpu, true);
}

static atomic_t slow_counter;
static bool slow_registered;

static bool do_gp_slow(unsigned int on, unsigned int unused)
{
	void (*change)(atomic_t *counter) =
		kernel_symbol(on ? "rcu_gp_slow_register" : "rcu_gp_slow_unregister");

	if (!change || (on && slow_registered))
		return false;
	slow_registered = on;
	change(&slow_counter);
	return true;
}

static bool do_cpu_down(unsigned int cpu, unsigned int unused)
{
	int (*remove)(unsigned int cpu) = kernel_symbol("remove_cpu");

	return remove && cpu && cpu_online(cpu) && !remove(cpu);
}

static bool do_cpu_up(unsigned int cpu, unsigned int unused)
{
	int (*add)(unsigned int cpu) = kernel_symbol("add_cpu");

	return add && !cpu_online(cpu) && !add(cpu);
}

/* --- threads -------------------------------------------------------------------------------- */

static int wait_for_stop(void *unused)
{
	while (!kthread_should_stop()) {
		set_current_state(TASK_INTERRUPTIBLE);
		if (!kthread_should_stop())
			schedule();
		__set_current_state(TASK_RUNNING);
	}
	return 0;
}

static bool do_kthread_stop(unsigned int bound, unsigned int unused)
{
	void (*set_per_cpu)(struct task_struct *task, int cpu) =
		kernel_symbol("kthread_set_per_cpu");
	struct task_struct *task;

	if (!bound) {
		task = kthread_run(wait_for_stop, NULL, "rcufuzz_stoppee");
	} else {
		task = kthread_create_on_cpu(wait_for_stop, NULL, raw_smp_processor_id(),
					     "rcufuzz_stop/%u");
		if (!IS_ERR(task)) {
			if (set_per_cpu)
				set_per_cpu(task, raw_smp_processor_id());
			wake_up_process(task);
		}
	}
	if (IS_ERR(task))
		return false;
	kthread_stop(task);
	return true;
}

/* --- SRCU ----------------------------------------------------------------------------------- */

DEFINE_STATIC_SRCU(static_srcu);
static atomic_t srcu_posted, srcu_invoked;

static void srcu_callback(struct rcu_head *head)
{
	atomic_inc(&srcu_invoked);
	kfree(head);
}

static bool do_call_srcu(unsigned int structure, unsigned int how)
{
	struct rcu_head *head;

	if (structure != 2 || how)
		return false;
	head = kzalloc(sizeof(*head), GFP_ATOMIC);
	if (!head)
		return false;
	atomic_inc(&srcu_posted);
	call_srcu(&static_srcu, head, srcu_callback);
	return true;
}

const struct operation other_operations[] = {
	{ "sleep", do_sleep },
	{ "spin", do_spin },
	{ "cond_resched", do_cond_resched },
	{ "call_single", do_call_single },
	{ "call_many", do_call_many },
	{ "nocb_toggle", do_nocb_toggle },
	{ "gp_slow", do_gp_slow },
	{ "cpu_down", do_cpu_down },
	{ "cpu_up", do_cpu_up },
	{ "kthread_stop", do_kthread_stop },
	{ "call_srcu", do_call_srcu },
	{}
};
