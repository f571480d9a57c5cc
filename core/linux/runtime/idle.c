// SPDX-License-Identifier: GPL-2.0-or-later
//
// The idle loop and the tick. An idle CPU keeps its tick as long as RCU, a softirq or a timer of
// the next jiffy wants it; then it sleeps until its next timer. A busy CPU has its tick, but where
// a workload asks for none and the CPU has one task and is offloaded.
#include "core/linux/runtime/runtime.h"

#include <linux/context_tracking.h>
#include <linux/interrupt.h>
#include <linux/irq_work.h>
#include <linux/jiffies.h>
#include <linux/rcupdate.h>
#include <linux/tick.h>

#include <kernel/time/tick-internal.h>

static unsigned long jiffy_of(u64 ns)
{
	return ns == KTIME_MAX ? MACHINE_NEVER : DIV_ROUND_UP_ULL(ns, TICK_NSEC);
}

/* Timers count jiffies from a start that is near overflow; nanoseconds begin at 0. */
static u64 now_ns(void)
{
	return (u64)(jiffies - INITIAL_JIFFIES) * TICK_NSEC;
}

/* With `idle`: the CPU's timers become those of an idle CPU, unless one is due too soon: then false
 * is left there. */
static unsigned long next_timer(bool *idle)
{
	u64 next;
#if IS_6_2_OR_LATER
	next = idle ? timer_base_try_to_set_idle(jiffies, now_ns(), idle) :
		      get_next_timer_interrupt(jiffies, now_ns());
#else
	next = get_next_timer_interrupt(jiffies, now_ns());
	if (idle)
		*idle = true;
#endif
	next = jiffy_of(next);
	return next == MACHINE_NEVER ? next : next + INITIAL_JIFFIES;
}

static bool tick_wanted(void)
{
	struct run_queue *queue = this_queue();

	return rcu_needs_cpu() || local_softirq_pending() || irq_work_needs_cpu() ||
	       queue->ready_count;
}

/* When the clock comes to this CPU next. Interrupts are off. */
void tick_program(void)
{
	struct run_queue *queue = this_queue();
	unsigned long next, after;

	if (!queue->in_idle) {
		if (queue->tick_stopped) {
			queue->tick_stopped = false;
			timer_clear_idle();
		}
		set_expiry(jiffies + 1);
		return;
	}
	if (tick_wanted()) {
		set_expiry(jiffies + 1);
		return;
	}
	next = next_timer(NULL);
	if (!queue->tick_stopped && next != MACHINE_NEVER && time_before_eq(next, jiffies + 1)) {
		set_expiry(jiffies + 1);
		return;
	}
	/* Not later than what was found first, as the kernel's tick_nohz_stop_tick() has it. */
	after = next_timer(&queue->tick_stopped);
	if (next == MACHINE_NEVER || (after != MACHINE_NEVER && time_before(after, next)))
		next = after;
	if (!queue->tick_stopped || (next != MACHINE_NEVER && time_before_eq(next, jiffies)))
		next = jiffies + 1;
	set_expiry(next);
}

/*
 * What an idle CPU waits for may have changed: the idle loop, to which every interrupt comes back,
 * looks. Not here: this interrupt may have come in the middle of a softirq, which may be about to
 * hand on the timers of other CPUs. (The kernel's function counts idle time, no more.)
 */
void tick_nohz_irq_exit(void)
{
}

void tick_irq_enter(void)
{
}

bool tick_nohz_tick_stopped(void)
{
	return this_queue()->tick_stopped;
}

bool tick_nohz_tick_stopped_cpu(int cpu)
{
	return run_queues[cpu].tick_stopped;
}

void wake_up_nohz_cpu(int cpu)
{
	if (cpu != acting_cpu && run_queues[cpu].in_idle)
		resched_cpu(cpu);
}

static void sleep_until_interrupt(void)
{
	struct run_queue *queue = this_queue();

	rcu_nocb_flush_deferred_wakeup();
	if (need_resched())
		return;
	tick_program();
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

	local_irq_disable();
	queue->in_idle = true;
	while (!need_resched()) {
		sleep_until_interrupt();
		local_irq_enable();
		local_irq_disable();
	}
	queue->in_idle = false;
	tick_program();
	local_irq_enable();
	schedule_idle();
}

void idle_loop(void)
{
	for (;;)
		idle_once();
}
