// SPDX-License-Identifier: GPL-2.0-or-later
//
// Timers: none fires early, or after it was deleted by somebody who waited, and all that are armed
// fire in the end. Each CPU has three: the second arms itself again and is bound to its CPU; these
// two may be deleted or shut down from anywhere. The third others put there.
#include "core/linux/work/work.h"

#include <linux/timer.h>

enum how { ARM, DELETE, DELETE_AND_WAIT, ARM_REPEATING, SHUT_DOWN, ARM_THERE };

#define REPETITIONS 3
#define OWN_TIMERS 3

static struct own_timer {
	struct timer_list timer;
	unsigned long due;
	unsigned int armed, fired;
	unsigned int repeats;	/* so many times it arms itself again */
	bool busy, gone;
} own_timers[NR_CPUS][OWN_TIMERS];

static void timer_fires(struct timer_list *timer)
{
	struct own_timer *own = container_of(timer, struct own_timer, timer);
	unsigned int i;

	tell_runs("work_timer", 0);
	if (own->gone)
		fail("callback_twice", machine_here(), "a timer fires after it was deleted");
	if (time_before(jiffies, own->due))
		fail("order_violated", machine_here(), "a timer fires before its time");
	own->fired = own->armed;
	if (!own->repeats)
		return;
	own->repeats--;
	own->armed++;
	/* For now: where the wheel is behind, that is at once. */
	mod_timer(&own->timer, jiffies + own->repeats % 2);
	/* It has more to do: others see it run, and armed. */
	for (i = 0; i < 12; i++)
		kernel_point(own, MACHINE_READ);
}

static void arm(struct own_timer *own, unsigned int ticks, unsigned int repeats)
{
	/* It may fire for the former time until it is moved. */
	own->due = jiffies;
	own->armed++;
	own->gone = false;
	own->repeats = repeats;
	mod_timer(&own->timer, jiffies + ticks % 5);
}

/* The timer is not armed yet, and its CPU stays online meanwhile. */
static bool arm_there(unsigned int cpu, unsigned int ticks)
{
	struct own_timer *own = &own_timers[cpu][OWN_TIMERS - 1];
	bool arms = false;

	preempt_disable();
	if (cpu_online(cpu) && !own->busy) {
		own->busy = true;
		turn_begins();
		arms = !timer_pending(&own->timer);
		if (arms) {
			own->due = jiffies;	/* its function may just be about to run */
			own->armed++;
			own->timer.expires = jiffies + ticks % 5;
			add_timer_on(&own->timer, cpu);
		}
		turn_ends();
		own->busy = false;
	}
	preempt_enable();
	return arms;
}

static void set_up(struct own_timer *own, bool bound)
{
	timer_setup(&own->timer, timer_fires, bound ? TIMER_PINNED : 0);
}

static void delete(struct own_timer *own, unsigned int how)
{
	if (how == DELETE)
		timer_delete(&own->timer);
	else if (how == DELETE_AND_WAIT)
		timer_delete_sync(&own->timer);
	else
		timer_shutdown_sync(&own->timer);
	own->fired = own->armed;
	own->gone = how != DELETE;
	if (how == SHUT_DOWN)
		set_up(own, own->timer.flags & TIMER_PINNED);
}

bool do_timer(unsigned int n, unsigned int how)
{
	bool arms = how == ARM || how == ARM_REPEATING;
	unsigned int cpu = arms ? raw_smp_processor_id() : (n >> 1) % nr_cpu_ids;
	struct own_timer *own = &own_timers[cpu][arms ? how == ARM_REPEATING : n & 1];

	if (how == ARM_THERE)
		return arm_there((n >> 1) % nr_cpu_ids, n);
	if ((how == DELETE_AND_WAIT || how == SHUT_DOWN) && (in_interrupt() || irqs_disabled()))
		return false;
	/* One operation at a time: the kernel asks the same of those who share a timer. */
	if (own->busy)
		return false;
	own->busy = true;
	turn_begins();
	if (arms)
		arm(own, n, how == ARM_REPEATING ? REPETITIONS : 0);
	else
		delete(own, how);
	turn_ends();
	own->busy = false;
	return true;
}

void judge_timers(void)
{
	unsigned int cpu, which;

	for (cpu = 0; cpu < nr_cpu_ids; cpu++)
		for (which = 0; which < OWN_TIMERS; which++)
			if (own_timers[cpu][which].fired != own_timers[cpu][which].armed) {
				judged("lost_call", machine_here(), "a timer never fires");
				return;
			}
}

void prepare_timers(void)
{
	unsigned int cpu;

	for (cpu = 0; cpu < nr_cpu_ids; cpu++) {
		set_up(&own_timers[cpu][0], false);
		set_up(&own_timers[cpu][1], true);
		set_up(&own_timers[cpu][2], true);
	}
}
