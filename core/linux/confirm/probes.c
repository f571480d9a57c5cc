// SPDX-License-Identifier: GPL-2.0-or-later
//
// A trace point of our own with up to four probes: each meets its own data.
#include "core/linux/confirm/confirm.h"

#include <linux/slab.h>
#include <linux/tracepoint.h>

#define PROBES 4

/*
 * A place for a hold: who comes through the trace point has the data of the first probe, and calls
 * next. In the program of scripts/confirm it stands for the simulation's point there.
 */
noinline void rcufuzz_static_call_point(void);
noinline void rcufuzz_static_call_point(void)
{
	barrier();
}

#undef static_call
#define static_call(name)						\
({									\
	rcufuzz_static_call_point();					\
	__static_call(name);						\
})

DECLARE_TRACE(rcufuzz_confirm, TP_PROTO(unsigned long serial), TP_ARGS(serial));

static atomic_t regfunc_balance;

static int count_regfunc(void)
{
	atomic_inc(&regfunc_balance);
	return 0;
}

static void count_unregfunc(void)
{
	atomic_dec(&regfunc_balance);
}

DEFINE_TRACE_FN(rcufuzz_confirm, count_regfunc, count_unregfunc, TP_PROTO(unsigned long serial),
		TP_ARGS(serial));

struct probe_data {
	unsigned int probe, dead;
	struct probe_data *next;
};

static struct probe_data *registered[PROBES], *taken_away;
static unsigned int busy[PROBES];
static atomic_t mismatches;

static void check(void *data, unsigned int probe)
{
	const struct probe_data *own = data;

	if (!own || READ_ONCE(own->probe) != probe || READ_ONCE(own->dead))
		atomic_inc(&mismatches);
}

#define PROBE(n) static void probe_##n(void *data, unsigned long serial) { check(data, n); }
PROBE(0)
PROBE(1)
PROBE(2)
PROBE(3)

static void (*const probes[PROBES])(void *, unsigned long) = {
	probe_0, probe_1, probe_2, probe_3
};

static bool do_probe_register(unsigned int probe, unsigned int higher)
{
	struct probe_data *data;
	bool done = false;

	if (busy[probe] || registered[probe])
		return false;
	busy[probe] = 1;
	data = kmalloc(sizeof(*data), GFP_KERNEL);
	if (data) {
		data->probe = probe;
		data->dead = 0;
		done = register_trace_prio_rcufuzz_confirm(probes[probe], data,
							   TRACEPOINT_DEFAULT_PRIO + higher) == 0;
		if (done)
			registered[probe] = data;
		else
			kfree(data);
	}
	busy[probe] = 0;
	return done;
}

/* What is dead stays there to be seen; a module's few bytes. */
static void wait_and_bury(void)
{
	struct probe_data *data = taken_away;

	taken_away = NULL;
	tracepoint_synchronize_unregister();
	for (; data; data = data->next)
		data->dead = 1;
}

static bool do_probe_unregister(unsigned int probe, unsigned int leaves_waiting)
{
	struct probe_data *data = registered[probe];

	if (busy[probe] || !data)
		return false;
	busy[probe] = 1;
	registered[probe] = NULL;
	unregister_trace_rcufuzz_confirm(probes[probe], data);
	data->next = taken_away;
	taken_away = data;
	if (!leaves_waiting)
		wait_and_bury();
	busy[probe] = 0;
	return true;
}

static bool do_trace(unsigned int times, unsigned int unused)
{
	while (times--)
		trace_rcufuzz_confirm(times);
	return true;
}

void judge_probes(void)
{
	unsigned int probe, any = 0;

	for (probe = 0; probe < PROBES; probe++)
		any |= registered[probe] != NULL;
	if (atomic_read(&mismatches))
		wrong("wrong_data", "a probe is called with data that is not its own, %d times",
		      atomic_read(&mismatches));
	if (atomic_read(&regfunc_balance) != !!any)
		wrong("invariant", "regfunc and unregfunc are off by %d with %s probe",
		      atomic_read(&regfunc_balance) - !!any, any ? "a" : "no");
	/* The functions go with the module. */
	for (probe = 0; probe < PROBES; probe++)
		do_probe_unregister(probe, 1);
	tracepoint_synchronize_unregister();
}

const struct operation probe_operations[] = {
	{ "probe_register", do_probe_register },
	{ "probe_unregister", do_probe_unregister },
	{ "trace", do_trace },
	{}
};
