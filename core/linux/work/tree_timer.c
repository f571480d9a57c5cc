// SPDX-License-Identifier: GPL-2.0-or-later
//
// The kernel's kernel/time/timer.c, and behind it, since its wheels are its own: a timer that is
// left in one of them. All accesses are plain, they are made when the run is over.
#include <kernel/time/timer.c>

#include "core/linux/work/where.h"

/* NR_BASES and BASE_DEF: v5.15 and later. Only these wait for whoever comes for another reason. */
static bool is_deferrable(unsigned int base)
{
	return BASE_DEF != 0 && base == BASE_DEF;
}

static const char *wheel(unsigned int base)
{
#ifdef BASE_GLOBAL
	if (BASE_GLOBAL != BASE_LOCAL)
		return base == BASE_GLOBAL ? "the global wheel" : "the local wheel";
#endif
	return "the wheel";
}

/* The map of the levels that are not empty is not kept up where a CPU's timers move away. */
static bool holds_timers(const struct timer_base *base)
{
	unsigned int i;

	for (i = 0; i < WHEEL_SIZE; i++)
		if (!hlist_empty(&base->vectors[i]))
			return true;
	return false;
}

/* A CPU that has something else to do does not come to its timers: that is for others to say. */
static bool all_cpus_idle(void)
{
	unsigned int cpu;

	for_each_online_cpu(cpu)
		if (!idle_cpu(cpu))
			return false;
	return true;
}

const char *where_a_timer_is_left(void)
{
	unsigned int cpu, base;

	if (!all_cpus_idle())
		return NULL;
	for_each_online_cpu(cpu)
		for (base = 0; base < NR_BASES; base++)
			if (!is_deferrable(base) && holds_timers(&per_cpu(timer_bases[base], cpu)))
				return wheel(base);
	return NULL;
}
