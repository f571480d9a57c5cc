// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/linux/work/marks.h"

static unsigned long last_number;

struct asked_period period_is_asked_for(struct period_marks *marks)
{
	struct asked_period asked = { raw_smp_processor_id(), ++last_number };

	leave_mark(&marks->before[asked.cpu], asked.number);
	return asked;
}

/* Of several of one CPU the later may be over first. */
void period_is_over(struct period_marks *marks, struct asked_period asked)
{
	if (marks->after[asked.cpu] < asked.number)
		leave_mark(&marks->after[asked.cpu], asked.number);
}

static void see(const struct period_marks *marks, struct seen_periods *seen)
{
	unsigned int cpu;

	for (cpu = 0; cpu < nr_cpu_ids; cpu++) {
		seen->after[cpu] = max(seen->after[cpu], see_mark(&marks->after[cpu]));
		seen->before[cpu] = min(seen->before[cpu], see_mark(&marks->before[cpu]));
	}
}

void reader_begins_to_see(const struct period_marks *marks, struct seen_periods *seen)
{
	unsigned int cpu;

	for (cpu = 0; cpu < nr_cpu_ids; cpu++) {
		seen->after[cpu] = 0;
		seen->before[cpu] = ~0UL;
	}
	if (machine_is_weak())
		see(marks, seen);
}

void reader_has_seen(const struct period_marks *marks, struct seen_periods *seen)
{
	unsigned int cpu;

	if (!machine_is_weak())
		return;
	see(marks, seen);
	for (cpu = 0; cpu < nr_cpu_ids; cpu++)
		if (seen->after[cpu] > seen->before[cpu])
			fail("callback_too_early", machine_here(),
			     "a reader sees what came after a grace period, and not what came before it");
}
