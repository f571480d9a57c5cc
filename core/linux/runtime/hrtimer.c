// SPDX-License-Identifier: GPL-2.0-or-later
//
// High-resolution timers where nothing is finer than a jiffy: one that is started is over with the
// next tick of its CPU, as in a kernel whose clock events are ticks.
#include "core/linux/runtime/runtime.h"

#include <linux/hrtimer.h>

#define STARTED 4

static struct hrtimer *started[NR_CPUS][STARTED];

void hrtimer_init(struct hrtimer *timer, clockid_t clock, enum hrtimer_mode mode)
{
	memset(timer, 0, sizeof(*timer));
}

void hrtimer_start_range_ns(struct hrtimer *timer, ktime_t time, u64 range,
			    const enum hrtimer_mode mode)
{
	struct hrtimer **slot = started[acting_cpu];
	unsigned int i;

	for (i = 0; i < STARTED; i++)
		if (slot[i] == timer)
			return;
	for (i = 0; i < STARTED && slot[i]; i++)
		;
	if (i == STARTED)
		fail("invariant", NULL, "more high-resolution timers than the runtime can carry");
	slot[i] = timer;
}

/* From the tick, in its interrupt. */
void hrtimer_run_queues(void)
{
	struct hrtimer **slot = started[acting_cpu], *timer;
	unsigned int i;

	for (i = 0; i < STARTED; i++) {
		timer = slot[i];
		slot[i] = NULL;
		if (timer && timer->function(timer) == HRTIMER_RESTART)
			slot[i] = timer;
	}
}

/* At once or never. */
u64 hrtimer_get_next_event(void)
{
	unsigned int i;

	for (i = 0; i < STARTED; i++)
		if (started[acting_cpu][i])
			return 0;
	return KTIME_MAX;
}
