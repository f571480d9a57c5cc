// SPDX-License-Identifier: GPL-2.0-or-later
//
// What the kernel says: its log, its warnings, its last words.
#include "core/linux/runtime/runtime.h"

#include <linux/kernel.h>
#include <linux/panic.h>
#include <linux/printk.h>
#include <linux/refcount.h>
#include <linux/string.h>

#define LINE_BYTES 512

void fail(const char *verdict, const struct machine_site *site, const char *fmt, ...)
{
	static char text[LINE_BYTES];
	va_list args;

	va_start(args, fmt);
	format(text, sizeof(text), fmt, args);
	va_end(args);
	door->fail(verdict, text, site);
	__builtin_unreachable();
}

int _printk(const char *fmt, ...)
{
	char text[LINE_BYTES];
	va_list args;

	va_start(args, fmt);
	format(text, sizeof(text), fmt, args);
	va_end(args);
	/* A level stands before the text: a control character and a digit. */
	door->print(text[0] == '\001' && text[1] ? text + 2 : text);
	return 0;
}

void judged(const char *verdict, const struct machine_site *site, const char *fmt, ...)
{
	char text[LINE_BYTES];
	va_list args;

	va_start(args, fmt);
	format(text, sizeof(text), fmt, args);
	va_end(args);
	door->judged(verdict, text, site);
}

/* A warning ends the run: nothing that comes after it can be trusted. */
void machine_warn_at(const struct machine_site *site, const char *fmt, ...)
{
	char text[LINE_BYTES];
	va_list args;

	text[0] = 0;
	if (fmt) {
		va_start(args, fmt);
		format(text, sizeof(text), fmt, args);
		va_end(args);
	}
	fail("kernel_warning", site, "the kernel warns%s%s", text[0] ? ": " : "", text);
}

void machine_bug_at(const struct machine_site *site)
{
	fail("kernel_warning", site, "the kernel's BUG() says that this cannot be");
}

void panic(const char *fmt, ...)
{
	char text[LINE_BYTES];
	va_list args;

	va_start(args, fmt);
	format(text, sizeof(text), fmt, args);
	va_end(args);
	fail("kernel_warning", machine_here(), "the kernel panics: %s", text);
}

void refcount_warn_saturate(refcount_t *refcount, enum refcount_saturation_type kind)
{
	fail("kernel_warning", machine_here(), "a reference count is misused");
}

void dump_stack(void)
{
}

/* --- of tasks and CPUs -------------------------------------------------------------------- */

void show_tasks(void)
{
	unsigned int i, cpu;

	for (i = 0; i < thread_count(); i++) {
		struct task_struct *task = &thread_number(i)->task;

		printk("task %u %s: state %x, on cpu %u%s%s, preempt_count %x\n", i, task->comm,
		       task->__state, task_cpu(task), task->on_rq ? ", ready" : "",
		       task_curr(task) ? ", runs" : "", task->thread_info.preempt_count);
	}
	for_each_possible_cpu(cpu)
		printk("cpu %u: irqs %s, tick %s, %s\n", cpu, irqs_off[cpu] ? "off" : "on",
		       run_queues[cpu].tick_stopped ? "stopped" : "on",
		       run_queues[cpu].in_idle ? "idle" : user_mode_now[cpu] ? "in user mode" : "busy");
}
