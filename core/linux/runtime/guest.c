// SPDX-License-Identifier: GPL-2.0-or-later
//
// What the machine gets of the kernel: see door.h.
#include "core/linux/runtime/runtime.h"

#include <asm/sections.h>

#include "core/linux/work.h"

#include <linux/jiffies.h>
#include <linux/preempt.h>
#include <generated/utsrelease.h>

int takes_interrupt(unsigned int cpu);
int takes_nmi(unsigned int cpu);
void take_interrupt(unsigned int cpu, unsigned int vector);
void leave_interrupt(unsigned int cpu);
void take_nmi(unsigned int cpu);

extern struct machine_site __sites_begin[], __sites_end[];
extern unsigned char __image_begin[], __image_end[];
extern unsigned char __data_begin[], __data_end[];
extern unsigned char arena_freed[];
extern const struct guest_work guest_work;

/* A thread that does not run needs its stack from its stack pointer up only; where that of one that
 * runs is, nobody has saved. */
static struct guest_range stack_range(unsigned int number)
{
	struct thread *thread = thread_number(number);
	unsigned char *end = thread->stack + STACK_BYTES;

	if (is_on_cpu(thread))
		return (struct guest_range) { thread->stack, STACK_BYTES };
	return (struct guest_range) { (void *)thread->sp, (unsigned long)end - thread->sp };
}

static struct guest_range range(unsigned int number)
{
	switch (number) {
	case 0:
		return (struct guest_range) { __data_begin, __data_end - __data_begin };
	case 1:
		return percpu_range();
	case 2:
		return (struct guest_range) { arena, arena_used() };
	case 3:
		return (struct guest_range) { arena_freed, arena_used() / 16 };
	}
	number -= 4;
	if (number < thread_count())
		return stack_range(number);
	return (struct guest_range) { NULL, 0 };
}

static const char *task_name(unsigned int number)
{
	return number < thread_count() ? thread_number(number)->task.comm : "";
}

static int task_sleeps(unsigned int number)
{
	return thread_number(number)->task.__state != TASK_RUNNING;
}

static unsigned int task_of(unsigned int cpu)
{
	return thread_of(acting_task[cpu])->number;
}

static unsigned int level(void)
{
	return in_nmi() ? 3 : in_hardirq() ? 2 : in_serving_softirq() ? 1 : 0;
}

static struct guest_door guest = {
	.abi = GUEST_ABI,
	.release = UTS_RELEASE,
	.variant = MACHINE_VARIANT,
	.cpu = &acting_cpu,
	.jiffies = (unsigned long *)&jiffies,
	.weak = &machine_weak,
	.prepare = prepare_kernel,
	.unknown_parameter = unknown_parameter,
	.has_parameter = has_parameter,
	.has_booted = has_booted,
	.enter = enter_cpu,
	.takes_interrupt = takes_interrupt,
	.takes_nmi = takes_nmi,
	.interrupt = take_interrupt,
	.leave_interrupt = leave_interrupt,
	.nmi = take_nmi,
	.range = range,
	.task_name = task_name,
	.task_sleeps = task_sleeps,
	.task_of = task_of,
	.level = level,
	.work = &guest_work,
};

const struct guest_door *machine_entry(const struct machine_door *machine)
{
	door = machine;
	guest.whole.begin = __image_begin;
	guest.whole.size = __image_end - __image_begin;
	guest.sites = __sites_begin;
	guest.site_count = __sites_end - __sites_begin;
	return &guest;
}
