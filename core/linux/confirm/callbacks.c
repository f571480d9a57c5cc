// SPDX-License-Identifier: GPL-2.0-or-later
//
// Callbacks: each is invoked, once, and soon if it asks for that.
#include "core/linux/confirm/confirm.h"

#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>

#define MAX_CALLBACKS 512

struct tracked {
	struct rcu_head head;
	bool hurried, posts_another;
	atomic_t invoked;
	unsigned long posted_at, invoked_at;
};

static struct tracked *tracked[MAX_CALLBACKS];
static atomic_t posted;

static void callback(struct rcu_head *head)
{
	struct tracked *own = container_of(head, struct tracked, head);

	own->invoked_at = jiffies;
	atomic_inc(&own->invoked);
	if (own->posts_another)
		post_callback(0);
}

bool post_callback(unsigned int how)
{
	struct tracked *own = kzalloc(sizeof(*own), GFP_ATOMIC);
	unsigned int number = atomic_inc_return(&posted) - 1;

	if (!own || number >= MAX_CALLBACKS)
		return false;
	own->hurried = how == 1;
	own->posts_another = how == 2;
	own->posted_at = jiffies;
	tracked[number] = own;
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 2, 0)
	if (own->hurried)
		call_rcu_hurry(&own->head, callback);
	else
#endif
		call_rcu(&own->head, callback);
	return true;
}

static unsigned int left(void)
{
	unsigned int i, count = 0;

	for (i = 0; i < MAX_CALLBACKS && i < atomic_read(&posted); i++)
		if (tracked[i] && !atomic_read(&tracked[i]->invoked))
			count++;
	return count;
}

static void judge_one(const struct tracked *own)
{
	unsigned int ms = jiffies_to_msecs(own->invoked_at - own->posted_at);

	if (atomic_read(&own->invoked) > 1)
		wrong("callback_twice", "a callback is invoked %d times", atomic_read(&own->invoked));
	if (own->hurried && atomic_read(&own->invoked) && ms >= 4000)
		wrong("latency_exceeded", "a hurried callback is invoked after %u ms", ms);
}

/* All have been invoked. */
void forget_callbacks(void)
{
	unsigned int i;

	rcu_barrier();
	for (i = 0; i < MAX_CALLBACKS; i++) {
		kfree(tracked[i]);
		tracked[i] = NULL;
	}
	atomic_set(&posted, 0);
}

void judge_callbacks(void)
{
	unsigned long end = jiffies + wait_seconds * HZ;
	unsigned int i;

	while (left() && time_before(jiffies, end)) {
		msleep(20);
		tell_alive();
	}
	if (left())
		wrong("stranded_callback", "%u of %d callbacks are not invoked within %u s", left(),
		      atomic_read(&posted), wait_seconds);
	for (i = 0; i < MAX_CALLBACKS && i < atomic_read(&posted); i++)
		if (tracked[i])
			judge_one(tracked[i]);
}

/* --- operations ----------------------------------------------------------------------------- */

static bool do_call_rcu(unsigned int how, unsigned int unused)
{
	return post_callback(how);
}

static bool do_burst(unsigned int times, unsigned int unused)
{
	unsigned int i;

	for (i = 0; i < 8 * times; i++)
		if (!post_callback(0))
			break;
	return i != 0;
}

static bool do_synchronize_rcu(unsigned int expedited, unsigned int unused)
{
	if (expedited)
		synchronize_rcu_expedited();
	else
		synchronize_rcu();
	return true;
}

static bool do_rcu_barrier(unsigned int unused, unsigned int unused2)
{
	unsigned int before = min(atomic_read(&posted), MAX_CALLBACKS), i;
	bool *due = kcalloc(MAX_CALLBACKS, sizeof(*due), GFP_KERNEL);

	for (i = 0; due && i < before; i++)
		due[i] = tracked[i] != NULL;
	rcu_barrier();
	for (i = 0; due && i < before; i++)
		if (due[i] && !atomic_read(&tracked[i]->invoked))
			wrong("barrier_too_short", "rcu_barrier() returns before a callback has run");
	kfree(due);
	return true;
}

static unsigned long cookies[CPUS];
static bool taken[CPUS];

static bool do_get_state(unsigned int how, unsigned int unused)
{
	unsigned int cpu = raw_smp_processor_id();

	cookies[cpu] = how & 1 ? start_poll_synchronize_rcu() : get_state_synchronize_rcu();
	taken[cpu] = true;
	return true;
}

static bool do_poll_state(unsigned int unused, unsigned int unused2)
{
	if (!taken[raw_smp_processor_id()])
		return false;
	(void)poll_state_synchronize_rcu(cookies[raw_smp_processor_id()]);
	return true;
}

static bool do_cond_synchronize(unsigned int unused, unsigned int unused2)
{
	if (!taken[raw_smp_processor_id()])
		return false;
	cond_synchronize_rcu(cookies[raw_smp_processor_id()]);
	return true;
}

const struct operation callback_operations[] = {
	{ "call_rcu", do_call_rcu },
	{ "burst", do_burst },
	{ "synchronize_rcu", do_synchronize_rcu },
	{ "rcu_barrier", do_rcu_barrier },
	{ "get_state", do_get_state },
	{ "poll_state", do_poll_state },
	{ "cond_synchronize", do_cond_synchronize },
	{}
};
