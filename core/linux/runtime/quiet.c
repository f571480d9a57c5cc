// SPDX-License-Identifier: GPL-2.0-or-later
//
// When nothing happens: all CPUs sleep, no interrupt is under way and no timer is due. What is to
// be done then is to be done by somebody who has to wake up by himself, so no disturbance can be
// the reason for its taking long. Oracles ask how long it has been so.
#include "core/linux/runtime/runtime.h"

#include <linux/interrupt.h>
#include <linux/jiffies.h>

static unsigned int raised[NR_CPUS];	/* vectors under way, as bits */
static unsigned long expiries[NR_CPUS];
static bool sleeps[NR_CPUS], computes[NR_CPUS];	/* and has taken no interrupt since */
static unsigned long quiet_since;
static bool quiet;
static unsigned long activity;
static unsigned int lone_ticks;	/* of the first CPU, since anything else has happened */

#define MANY_TICKS 4

void machine_was_quiet(unsigned long ticks);	/* the workload's */

void raise_vector(unsigned int cpu, unsigned int vector)
{
	machine_orders(MACHINE_MB);
	raised[cpu] |= 1u << vector;
	door->raise(cpu, vector);
}

void set_expiry_of(unsigned int cpu, unsigned long jiffy)
{
	expiries[cpu] = jiffy;
	door->expiry(cpu, jiffy);
}

void set_expiry(unsigned long jiffy)
{
	set_expiry_of(acting_cpu, jiffy);
}

static bool is_calm(unsigned int cpu)
{
	return !raised[cpu] && (expiries[cpu] == MACHINE_NEVER ||
				time_after(expiries[cpu], jiffies));
}

/* The acting CPU is about to sleep, its timer is set. */
void cpu_sleeps(void)
{
	unsigned int cpu;

	sleeps[acting_cpu] = true;
	for_each_online_cpu(cpu)
		if (!sleeps[cpu] || !is_calm(cpu))
			return;
	quiet = true;
	quiet_since = jiffies;
}

/* The task of the acting CPU is about to leave it until the next interrupt. */
void cpu_computes(void)
{
	computes[acting_cpu] = true;
}

/* A timer may come late: from when it is due, the delay is a disturbance. */
static unsigned long end_of_quiet(void)
{
	unsigned long end = jiffies;
	unsigned int cpu;

	for_each_online_cpu(cpu)
		if (expiries[cpu] != MACHINE_NEVER && time_before(expiries[cpu], end))
			end = expiries[cpu];
	return end;
}

/* An interrupt comes. The tick of a CPU that stays in the kernel by itself is no activity. */
void cpu_wakes(unsigned int vector)
{
	machine_orders(MACHINE_MB);
	if (vector != MACHINE_TIMER_VECTOR)
		raised[acting_cpu] &= ~(1u << vector);
	if (quiet)
		machine_was_quiet(end_of_quiet() - quiet_since);
	quiet = false;
	if (sleeps[acting_cpu] || vector != MACHINE_TIMER_VECTOR)
		activity++;
	if (!acting_cpu && vector == MACHINE_TIMER_VECTOR)
		lone_ticks++;
	else
		lone_ticks = 0;
	sleeps[acting_cpu] = computes[acting_cpu] = false;
	tick_wakes_time();
}

void task_switches(void)
{
	activity++;
	lone_ticks = 0;
}

static bool others_rest(void)
{
	unsigned int cpu;

	for_each_online_cpu(cpu)
		if (cpu != acting_cpu &&
		    ((!sleeps[cpu] && !computes[cpu]) || raised[cpu] ||
		     expiries[cpu] != MACHINE_NEVER))
			return false;
	return true;
}

/* The first CPU idles, and its ticks have found nothing to do. */
bool only_time_goes_on(void)
{
	return lone_ticks >= MANY_TICKS && !raised[acting_cpu] && others_rest();
}

/*
 * For a task that stays in the kernel: a count of what has happened but for its own staying there;
 * 0: something is about to happen, or a timer waits elsewhere.
 */
unsigned long quiet_but_for_me(void)
{
	if (this_queue()->ready_count || local_softirq_pending() || raised[acting_cpu])
		return 0;
	return others_rest() ? activity + 1 : 0;
}
