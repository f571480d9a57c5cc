// SPDX-License-Identifier: GPL-2.0-or-later
//
// CPUs go offline and come back, by the kernel's own steps (kernel/cpu.c). A CPU goes between two
// of its operations, and its later ones wait until it is back: so the workload has no task that the
// kernel would have to move. Who took a CPU away brings it back in the end, where operations wait.
#include "core/linux/work/work.h"

#include <linux/cpu.h>
#include <linux/cpuhotplug.h>
#include <linux/device.h>

extern bool cpus_come_and_go;

/* A driver's part in it: a callback from each side of the moment when the CPU stops its timers. */
enum { POSTS_IN_THREAD = 1, POSTS_DYING };
static unsigned int posts[NR_CPUS];

static int driver_offline(unsigned int cpu)
{
	if (posts[cpu] & POSTS_IN_THREAD)
		do_call_rcu(0, 0);
	return 0;
}

static int driver_dying(unsigned int cpu)
{
	if (posts[cpu] & POSTS_DYING)
		do_call_rcu(0, 0);
	return 0;
}

void prepare_hotplug(void)
{
	cpuhp_setup_state_nocalls(CPUHP_AP_ONLINE_DYN, "work:online", NULL, driver_offline);
	cpuhp_setup_state_nocalls(CPUHP_AP_DUMMY_TIMER_STARTING, "work:starting", NULL,
				  driver_dying);
}

/* 0 is the CPU that boots: it stays, as on most machines. */
static bool may_go(unsigned int cpu)
{
	return cpus_come_and_go && cpu && cpu_online(cpu) && may_sleep_here();
}

static bool bring_up(unsigned int cpu)
{
	struct device device = { .id = cpu };

	if (cpu_device_up(&device))
		return false;
	if (cpu_online(cpu))
		release_cpu(cpu);
	return true;
}

bool do_cpu_down(unsigned int cpu, unsigned int how)
{
	struct device device = { .id = cpu % nr_cpu_ids };

	cpu = device.id;
	if (!may_go(cpu) || !claim_cpu(cpu))
		return false;
	posts[cpu] = how % 4;
	if (cpu_device_down(&device)) {
		release_cpu(cpu);
		return false;
	}
	if (how / 4)
		bring_up(cpu);
	return true;
}

bool do_cpu_up(unsigned int cpu, unsigned int unused)
{
	cpu %= nr_cpu_ids;
	if (cpu_online(cpu) || !may_sleep_here())
		return false;
	return bring_up(cpu);
}

void bring_back_cpus(void)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu)
		if (waits_for_me(cpu))
			bring_up(cpu);
}
