// SPDX-License-Identifier: GPL-2.0-or-later
//
// Callbacks and grace periods of Tasks RCU, the classic and the tracing flavour; no readers.
#include "core/linux/confirm/confirm.h"

#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/rcupdate.h>
#include <linux/rcupdate_trace.h>
#include <linux/slab.h>

#if defined(CONFIG_TASKS_RCU) && defined(CONFIG_TASKS_TRACE_RCU)

enum flavor { CLASSIC, TRACING, FLAVORS };

static const char *const names[FLAVORS] = { "RCU Tasks", "RCU Tasks Trace" };

struct posted {
	struct rcu_head head;
	enum flavor flavor;
	bool posts_another;
};

static atomic_t posted[FLAVORS], invoked[FLAVORS];

static bool post(enum flavor flavor, bool posts_another);

static void callback(struct rcu_head *head)
{
	struct posted *own = container_of(head, struct posted, head);

	if (own->posts_another)
		post(own->flavor, false);
	atomic_inc(&invoked[own->flavor]);
	kfree(own);
}

static bool post(enum flavor flavor, bool posts_another)
{
	struct posted *own = kzalloc(sizeof(*own), GFP_ATOMIC);

	if (!own)
		return false;
	own->flavor = flavor;
	own->posts_another = posts_another;
	if (flavor == TRACING)
		call_rcu_tasks_trace(&own->head, callback);
	else
		call_rcu_tasks(&own->head, callback);
	atomic_inc(&posted[flavor]);
	return true;
}

static bool do_tasks_call_rcu(unsigned int flavor, unsigned int how)
{
	unsigned int times = how == 2 ? 8 : 1;
	bool done = false;

	while (flavor < FLAVORS && times-- && post(flavor, how == 1))
		done = true;
	return done;
}

static bool do_tasks_synchronize_rcu(unsigned int flavor, unsigned int unused)
{
	if (flavor == TRACING)
		synchronize_rcu_tasks_trace();
	else if (flavor == CLASSIC)
		synchronize_rcu_tasks();
	return flavor < FLAVORS;
}

static bool do_tasks_rcu_barrier(unsigned int flavor, unsigned int unused)
{
	int before;

	if (flavor >= FLAVORS)
		return false;
	before = atomic_read(&posted[flavor]);
	if (flavor == TRACING)
		rcu_barrier_tasks_trace();
	else
		rcu_barrier_tasks();
	if (atomic_read(&invoked[flavor]) < before)
		wrong("barrier_too_short", "a barrier of %s returns before a callback has run",
		      names[flavor]);
	return true;
}

void judge_tasks(void)
{
	unsigned long end = jiffies + wait_seconds * HZ;
	unsigned int i;

	for (i = 0; i < FLAVORS; i++) {
		while (atomic_read(&invoked[i]) < atomic_read(&posted[i]) &&
		       time_before(jiffies, end)) {
			msleep(20);
			tell_alive();
		}
		if (atomic_read(&invoked[i]) < atomic_read(&posted[i]))
			wrong("stranded_callback", "a callback of %s is not invoked within %u s",
			      names[i], wait_seconds);
	}
}

#else

static bool do_tasks_call_rcu(unsigned int a, unsigned int b) { return false; }
static bool do_tasks_synchronize_rcu(unsigned int a, unsigned int b) { return false; }
static bool do_tasks_rcu_barrier(unsigned int a, unsigned int b) { return false; }
void judge_tasks(void) { }

#endif

const struct operation tasks_operations[] = {
	{ "tasks_call_rcu", do_tasks_call_rcu },
	{ "tasks_synchronize_rcu", do_tasks_synchronize_rcu },
	{ "tasks_rcu_barrier", do_tasks_rcu_barrier },
	{}
};
