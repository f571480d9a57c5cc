// SPDX-License-Identifier: GPL-2.0-or-later
//
// What a CPU's task holds over several operations, and for what it may wait meanwhile: only for
// what is of a higher rank than all of that. So the workload cannot bring about a deadlock of its
// own: somebody who waits for a rank is held up by holders of that rank, who wait for higher ones.
#include "core/linux/work/work.h"

static unsigned char held[NR_CPUS][RANKS];

void holds(enum rank rank)
{
	held[raw_smp_processor_id()][rank]++;
}

void holds_no_longer(enum rank rank)
{
	held[raw_smp_processor_id()][rank]--;
}

bool holds_something(unsigned int cpu)
{
	unsigned int i;

	for (i = 0; i < RANKS; i++)
		if (held[cpu][i])
			return true;
	return false;
}

bool may_wait_for(enum rank rank)
{
	unsigned int cpu = raw_smp_processor_id(), i;

	if (!may_sleep_here())
		return false;
	for (i = rank; i < RANKS; i++)
		if (held[cpu][i])
			return false;
	return true;
}

bool holds_nothing(void)
{
	return may_wait_for(0);
}
