// SPDX-License-Identifier: GPL-2.0-or-later
//
// Where code must not sleep, and what code that is called has to leave as it found it: the preempt
// count, the interrupt flag, spinlocks, how deep readers of RCU are nested. The kernel has such
// checks with CONFIG_DEBUG_ATOMIC_SLEEP, in its timers and in its work queues.
#include "core/linux/runtime/runtime.h"

#include <linux/preempt.h>
#include <linux/rcupdate.h>

struct balance balance_now(void)
{
	return (struct balance) {
		.preempt = preempt_count(),
		.readers = rcu_preempt_depth(),
		.spinlocks = spinlocks_held[acting_cpu],
		.irqs_off = irqs_off[acting_cpu],
	};
}

const char *what_is_left(const struct balance *before)
{
	const struct balance now = balance_now();

	if (now.spinlocks != before->spinlocks)
		return "leaves with other spinlocks than it came with";
	if (now.irqs_off != before->irqs_off)
		return now.irqs_off ? "leaves interrupts disabled" : "leaves interrupts enabled";
	if (now.readers != before->readers)
		return "leaves with another nesting of RCU readers than it came with";
	if (now.preempt != before->preempt)
		return "leaves with another preempt_count than it came with";
	return NULL;
}

void check_balance(const struct balance *before, const char *who)
{
	const char *left = what_is_left(before);

	if (left)
		fail("lock_misuse", NULL, "%s %s", who, left);
}

/* As the current task gives its CPU away. */
void check_may_sleep(struct task_struct *task)
{
	if (spinlocks_held[acting_cpu])
		fail("lock_misuse", NULL, "%s sleeps with a spinlock held", task->comm);
	if (irqs_off[acting_cpu] && task->__state != TASK_DEAD)
		fail("lock_misuse", NULL, "%s sleeps with interrupts disabled", task->comm);
}

/* --- might_sleep() ------------------------------------------------------------------------ */

/* Low bits: the preempt count that the caller has on purpose, above: the nesting of readers. */
static void check_might_sleep(unsigned int expected)
{
	unsigned int found = preempt_count() + (rcu_preempt_depth() << 8);

	if (system_state < SYSTEM_SCHEDULING || is_idle_task(current))
		return;
	if (found != expected || irqs_off[acting_cpu] ||
	    (!expected && spinlocks_held[acting_cpu] && !IS_ENABLED(CONFIG_PREEMPT_COUNT)))
		fail("lock_misuse", NULL, "%s comes where it might sleep, and must not: %s",
		     current->comm, spinlocks_held[acting_cpu] ? "it holds a spinlock" :
		     irqs_off[acting_cpu] ? "interrupts are disabled" :
		     rcu_preempt_depth() ? "it is a reader of RCU" : "preemption is disabled");
}

void __might_resched(const char *file, int line, unsigned int offsets)
{
	check_might_sleep(offsets);
}

void __might_sleep(const char *file, int line)
{
	check_might_sleep(0);
}

void __cant_sleep(const char *file, int line, int preempt_offset) { }
void __cant_migrate(const char *file, int line) { }
