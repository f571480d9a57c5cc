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

bool machine_looks_on;

bool is_per_cpu_thread(struct task_struct *task)
{
	bool is;

	machine_looks_on = true;
	is = kthread_is_per_cpu(task);
	machine_looks_on = false;
	return is;
}

void machine_point_at(const volatile void *object, unsigned int access,
		      const struct machine_site *site)
{
	if (machine_looks_on)
		return;
	check_address((unsigned long)object, site);
	door->point(object, access, site);
	check_address((unsigned long)object, site);
}

void machine_relax_at(const struct machine_site *site)
{
	door->relax(site);
}

void machine_told(const char *event, unsigned int count, ...)
{
	long args[9];
	va_list list;

	if (!door->tells)
		return;
	va_start(list, count);
	for (unsigned int i = 0; i < count; i++)
		args[i] = va_arg(list, long);
	va_end(list);
	door->told(event, args);
}

/*
 * The kernel's locks go to those who wait in their order (kernel/locking/qspinlock.c). Here whoever
 * comes takes a free one, so that a run needs no queues; but nobody is passed over for ever by one
 * that takes it again and again, as a CPU does that expires another's timers. (Readers and writers
 * of an rwlock may be.) Who is next is not waited for without end: at the end of a run it does not
 * act any more, and the oracles look at what locks guard.
 */
void machine_spin_lock_at(arch_spinlock_t *lock, const struct machine_site *site)
{
	const unsigned int patience = 32, me = acting_cpu + 1;
	unsigned int tries = 0;

	machine_point_at(lock, MACHINE_LOCK, site);
	while (lock->owner || (lock->next && lock->next != me && tries < 8 * patience)) {
		if (lock->owner == me)
			fail("deadlock", site, "a CPU waits for a spinlock that it holds itself");
		if (++tries >= patience && !lock->next)
			lock->next = me;
		machine_relax_at(site);
	}
	check_address((unsigned long)lock, site);
	if (lock->next == me)
		lock->next = 0;
	lock->owner = me;
	machine_lock_orders(lock, 1);
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
