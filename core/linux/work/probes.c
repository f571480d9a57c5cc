// SPDX-License-Identifier: GPL-2.0-or-later
//
// A trace point with up to four probes, each with data of its own that is freed after the probe has
// been taken away and no trace can be in it any more: a probe meets its own data only, and alive.
// Probes of higher priority come first, so that a new one may become the first of the array.
#include "core/linux/work/work.h"

#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/tracepoint.h>

#define PROBES 4

DECLARE_TRACE(machine_trace, TP_PROTO(unsigned long serial), TP_ARGS(serial));

static int regfunc_balance;

static int machine_regfunc(void)
{
	tell_runs("work_regfunc", 0);
	regfunc_balance++;
	return 0;
}

static void machine_unregfunc(void)
{
	tell_runs("work_unregfunc", 0);
	regfunc_balance--;
}

DEFINE_TRACE_FN(machine_trace, machine_regfunc, machine_unregfunc,
		TP_PROTO(unsigned long serial), TP_ARGS(serial));

struct probe_data {
	unsigned int probe;
	struct probe_data *next;
};

static struct probe_data *registered[PROBES];
static struct probe_data *taken_away;	/* and nobody has waited since */
static unsigned int busy[PROBES];

static void check(void *data, unsigned int probe)
{
	struct probe_data *own = data;

	tell_runs("work_probe", probe);
	if (READ_ONCE(own->probe) != probe)
		fail("wrong_data", machine_here(), "a probe is called with data of another");
}

#define PROBE(n) static void probe_##n(void *data, unsigned long serial) { check(data, n); }
PROBE(0)
PROBE(1)
PROBE(2)
PROBE(3)

static void (*const probes[PROBES])(void *, unsigned long) = {
	probe_0, probe_1, probe_2, probe_3
};

bool do_probe_register(unsigned int probe, unsigned int higher)
{
	struct probe_data *data;
	bool done = false;

	if (reader_open_here() || irqs_disabled() || busy[probe] || registered[probe])
		return false;
	busy[probe] = 1;
	turn_begins();
	data = kmalloc(sizeof(*data), GFP_KERNEL);
	if (data) {
		data->probe = probe;
		done = register_trace_prio_machine_trace(probes[probe], data,
							 TRACEPOINT_DEFAULT_PRIO + higher) == 0;
		if (done)
			registered[probe] = data;
		else
			kfree(data);
	}
	turn_ends();
	busy[probe] = 0;
	return done;
}

/* As a user of trace points must: wait for those who are in one before the data goes. */
static void wait_and_free(void)
{
	struct probe_data *data = taken_away, *next;

	taken_away = NULL;
	tracepoint_synchronize_unregister();
	for (; data; data = next) {
		next = data->next;
		kfree(data);
	}
}

/* Who takes several away waits once for them all. */
bool do_probe_unregister(unsigned int probe, unsigned int leaves_waiting)
{
	struct probe_data *data = registered[probe];

	if (reader_open_here() || irqs_disabled() || busy[probe] || !data)
		return false;
	busy[probe] = 1;
	turn_begins();
	registered[probe] = NULL;
	unregister_trace_machine_trace(probes[probe], data);
	data->next = taken_away;
	taken_away = data;
	if (!leaves_waiting)
		wait_and_free();
	turn_ends();
	busy[probe] = 0;
	return true;
}

bool do_trace(unsigned int times, unsigned int unused)
{
	while (times--)
		trace_machine_trace(times);
	return true;
}

void judge_probes(void)
{
	unsigned int probe, any = 0;

	/* An operation that has not come back is another find. */
	for (probe = 0; probe < PROBES; probe++) {
		if (busy[probe])
			return;
		any |= registered[probe] != NULL;
	}
	if (regfunc_balance != !!any)
		judged("invariant", machine_here(),
		       "the calls of regfunc and unregfunc do not match the probes");
}
