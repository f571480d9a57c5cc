// SPDX-License-Identifier: GPL-2.0-or-later
//
// A CPU that does nothing: the idle loop, and a task that computes and needs nothing of the kernel,
// in the kernel or in user mode. The machine takes the CPU back until its next interrupt.
#include "core/linux/runtime/runtime.h"

#include <linux/context_tracking.h>
#include <linux/init.h>
#include <linux/jiffies.h>
#include <linux/rcupdate.h>
#include <linux/tick.h>

static bool polls;

static int __init set_polls(char *text)
{
	polls = true;
	return 1;
}
__setup("machine_polling_idle", set_polls);

void flush_smp_call_function_queue(void);

static void sleep_until_interrupt(void)
{
	struct run_queue *queue = this_queue();

	if (!cpu_online(acting_cpu))
		play_dead();
	rcu_nocb_flush_deferred_wakeup();
	if (need_resched())
		return;
	tick_idle();
	ct_idle_enter();
	irqs_off[acting_cpu] = 0;
	door->changed(acting_cpu);
	cpu_sleeps();
	leave_cpu(thread_of(queue->idle));
	local_irq_disable();
	ct_idle_exit();
}

static void idle_once(void)
{
	struct run_queue *queue = this_queue();

	if (polls)
		set_tsk_thread_flag(current, TIF_POLLING_NRFLAG);
	local_irq_disable();
	queue->in_idle = true;
	queue->got_tick = false;
	while (!need_resched()) {
		sleep_until_interrupt();
		local_irq_enable();
		local_irq_disable();
	}
	queue->in_idle = false;
	tick_leaves_idle();
	local_irq_enable();
	if (polls)
		clear_tsk_thread_flag(current, TIF_POLLING_NRFLAG);
	machine_orders(MACHINE_MB); /* do_idle(): it does not poll before it looks */
	flush_smp_call_function_queue();
	schedule_idle();
}

void idle_loop(void)
{
	for (;;)
		idle_once();
}

/* --- a task that computes ----------------------------------------------------------------- */

/* Until an interrupt has been taken. From here to where the CPU is left nothing comes between. */
static void compute(void)
{
	struct run_queue *queue = this_queue();

	queue->computes = true;
	irqs_off[acting_cpu] = 0;
	door->changed(acting_cpu);
	cpu_computes();
	leave_cpu(thread_of(current));
	queue->computes = false;
}

/* As on the way out of the interrupt. */
static void compute_in_kernel(void)
{
	compute();
	if (IS_ENABLED(CONFIG_PREEMPTION) && need_resched())
		preempt_schedule();
}

/* As a loop with a cond_resched() in it: what asks the task to give way is seen, however late it
 * comes before the CPU is left. */
void compute_and_give_way(void)
{
	cond_resched();
	local_irq_disable();
	if (need_resched())
		local_irq_enable();
	else
		compute_in_kernel();
}

void compute_in_kernel_until(unsigned long jiffy)
{
	while (time_before(jiffies, jiffy)) {
		set_alarm(jiffy);
		compute_in_kernel();
	}
}

/* --- user mode ---------------------------------------------------------------------------- */

bool user_mode_now[NR_CPUS];
static struct mm_struct user_memory;	/* tells a user's task from the kernel's own */

/* exit_to_user_mode(): what is to be done before is done with interrupts enabled, and looked for
 * again. */
static void enter_user_mode(void)
{
	for (;;) {
		while (need_resched()) {
			local_irq_enable();
			schedule();
			local_irq_disable();
		}
		tick_nohz_user_enter_prepare();
		if (!need_resched())
			break;
	}
	current->mm = &user_memory;
	user_enter_irqoff();
	user_mode_now[acting_cpu] = true;
}

/* By a system call or an interrupt, which are disabled. */
void leave_user_mode(void)
{
	user_mode_now[acting_cpu] = false;
	user_exit_irqoff();
	current->mm = NULL;
}

void run_in_user_mode(unsigned long ticks)
{
	unsigned long end = jiffies + ticks;

	local_irq_disable();
	enter_user_mode();
	local_irq_enable();
	machine_relax_at(machine_here());
	local_irq_disable();
	while (time_before(jiffies, end)) {
		if (!user_mode_now[acting_cpu])
			enter_user_mode();
		set_alarm(end);
		compute();
		local_irq_disable();
	}
	if (user_mode_now[acting_cpu])
		leave_user_mode();
	local_irq_enable();
}
