// SPDX-License-Identifier: GPL-2.0-or-later
//
// An object that readers find, and that kfree_rcu() takes when another has come in its place. A
// reader looks at what it has found once more before it ends: a point in freed memory is a finding.
#include "core/linux/work/work.h"

#include <linux/shrinker.h>
#include <linux/slab.h>

/* Older versions have it under the name of the other. */
#ifndef kvfree_rcu_mightsleep
#define kvfree_rcu_mightsleep(object)	kvfree_rcu(object)
#endif

struct object {
	struct rcu_head head;
	unsigned long content;
};

static struct object *published;

const void *find_object(void)
{
	return published ? READ_ONCE(published) : NULL;
}

void look_at_object(const void *found)
{
	if (found)
		(void)READ_ONCE(((const struct object *)found)->content);
}

/* Those that kfree_rcu() has taken. */
#define MAX_TAKEN 256
static const void *taken[MAX_TAKEN];
static unsigned int taken_count;

static bool publish_another(bool without_head)
{
	struct object *object = kmalloc(sizeof(*object), GFP_ATOMIC), *before;

	if (!object)
		return false;
	object->content = 1;
	before = xchg(&published, object);
	if (!before)
		return true;
	if (without_head)
		kvfree_rcu_mightsleep(before);
	else
		kfree_rcu(before, head);
	if (taken_count < MAX_TAKEN)
		taken[taken_count++] = before;
	return true;
}

bool do_kfree_rcu(unsigned int count, unsigned int how)
{
	unsigned int i;

	if (how && !may_sleep_here())
		return false;
	for (i = 0; i < count; i++)
		if (!publish_another(how))
			break;
	return i != 0;
}

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 12, 0)
bool is_freed(const void *memory);

bool do_kfree_barrier(unsigned int unused, unsigned int unused2)
{
	unsigned int before = taken_count, i;

	if (!may_sleep_here())
		return false;
	kvfree_rcu_barrier();
	for (i = 0; i < before; i++)
		if (!is_freed(taken[i]))
			fail("barrier_too_short", machine_here(),
			     "kvfree_rcu_barrier() returns before an object is freed that was given earlier");
	return true;
}
#else
bool do_kfree_barrier(unsigned int unused, unsigned int unused2)
{
	return false;
}
#endif

/* --- memory is short ---------------------------------------------------------------------- */

extern struct shrinker *registered_shrinkers[];	/* the last is NULL */

bool do_shrink(unsigned int unused, unsigned int unused2)
{
	struct shrink_control control = { .gfp_mask = GFP_KERNEL };
	struct shrinker **shrinker;
	bool any = false;

	if (!may_sleep_here())
		return false;
	for (shrinker = registered_shrinkers; *shrinker; shrinker++) {
		control.nr_to_scan = (*shrinker)->count_objects(*shrinker, &control);
		if (!control.nr_to_scan || control.nr_to_scan == SHRINK_EMPTY)
			continue;
		(*shrinker)->scan_objects(*shrinker, &control);
		check_lazy_callbacks();
		any = true;
	}
	return any;
}

/* --- the counter that keeps grace periods from being slow --------------------------------- */

/* As rcutorture uses them; kernel/rcu/rcu.h is not for others. */
void rcu_gp_slow_register(atomic_t *counter);
void rcu_gp_slow_unregister(atomic_t *counter);

static atomic_t slow_counter;
static bool slow_busy, slow_registered;

bool do_gp_slow(unsigned int on, unsigned int unused)
{
	if (slow_busy || (on && slow_registered))
		return false;
	slow_busy = true;
	turn_begins();
	slow_registered = on;
	if (on)
		rcu_gp_slow_register(&slow_counter);
	else
		rcu_gp_slow_unregister(&slow_counter);
	turn_ends();
	slow_busy = false;
	return true;
}
