/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What one has done, others see who have come to know that it is done: that is what a grace period,
 * a barrier or a call promises beyond that it waits. Under weak memory it is more. Marks are
 * variables with marked accesses; they come to no point, so that who looks at them is not in the
 * way, and each lies in a word of its own.
 */
#ifndef RCUFUZZ_LINUX_WORK_MARKS_H
#define RCUFUZZ_LINUX_WORK_MARKS_H

#include "core/linux/work/work.h"

static __always_inline void leave_mark(unsigned long *mark, unsigned long value)
{
	machine_will_store(*mark, value, MACHINE_RELAXED);
	*mark = value;
}

static __always_inline unsigned long see_mark(const unsigned long *mark)
{
	return machine_load(*mark, MACHINE_RELAXED);
}

/*
 * Of the grace periods that CPUs have asked for: the number of the last one, stored before it, and
 * after one of that number is over. A reader that sees the one sees the other; that it ends first,
 * or begins later, is what it was waited for.
 */
struct period_marks {
	unsigned long before[NR_CPUS], after[NR_CPUS];
};

struct asked_period {
	unsigned int cpu;
	unsigned long number;
};

/* What a reader has seen of them so far: the oldest of the first kind, the newest of the second. */
struct seen_periods {
	unsigned long before[NR_CPUS], after[NR_CPUS];
};

struct asked_period period_is_asked_for(struct period_marks *marks);
void period_is_over(struct period_marks *marks, struct asked_period asked);
/* When the reader has begun, and before it ends. */
void reader_begins_to_see(const struct period_marks *marks, struct seen_periods *seen);
void reader_has_seen(const struct period_marks *marks, struct seen_periods *seen);

#endif
