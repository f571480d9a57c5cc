// SPDX-License-Identifier: GPL-2.0-or-later
//
// Points, locks, busy waits and the interrupt flag: where kernel code meets the machine.
#include "core/linux/runtime/runtime.h"

#include <linux/kthread.h>

const struct machine_door *door;
unsigned int acting_cpu;
unsigned char irqs_off[NR_CPUS];
unsigned int spinlocks_held[NR_CPUS];
struct task_struct *acting_task[NR_CPUS];

/* The runtime calls a function of the kernel's in the middle of a step of its own. */
static bool no_points;

bool is_per_cpu_thread(struct task_struct *task)
{
	bool is;

	no_points = true;
	is = kthread_is_per_cpu(task);
	no_points = false;
	return is;
}

void machine_point_at(const volatile void *object, unsigned int access,
		      const struct machine_site *site)
{
	if (no_points)
		return;
	check_address((unsigned long)object, site);
	door->point(object, access, site);
	check_address((unsigned long)object, site);
}

void machine_relax_at(const struct machine_site *site)
{
	door->relax(site);
}

void machine_spin_lock_at(volatile unsigned int *owner, const struct machine_site *site)
{
	machine_point_at(owner, MACHINE_LOCK, site);
	while (*owner) {
		if (*owner == acting_cpu + 1)
			fail("deadlock", site, "a CPU waits for a spinlock that it holds itself");
		machine_relax_at(site);
	}
	check_address((unsigned long)owner, site);
	*owner = acting_cpu + 1;
	spinlocks_held[acting_cpu]++;
}

void machine_irqs_off_now(void)
{
	irqs_off[acting_cpu] = 1;
	door->changed(acting_cpu);
}

void machine_irqs_on_now(const struct machine_site *site)
{
	irqs_off[acting_cpu] = 0;
	door->changed(acting_cpu);
	door->point(0, MACHINE_IRQ, site);
}

void machine_static_call_point(const void *key)
{
	machine_point_at(key, MACHINE_READ, machine_here());
}
