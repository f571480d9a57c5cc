// SPDX-License-Identifier: GPL-2.0-or-later
//
// An object that readers find, and that kfree_rcu() takes when another has come in its place. A
// reader looks at what it has found once more before it ends: a point in freed memory is a finding.
#include "core/linux/work/work.h"

#include <linux/slab.h>

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

bool do_kfree_rcu(unsigned int unused, unsigned int unused2)
{
	struct object *object = kmalloc(sizeof(*object), GFP_ATOMIC), *before;

	if (!object)
		return false;
	object->content = 1;
	before = xchg(&published, object);
	if (before)
		kfree_rcu(before, head);
	return true;
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
	slow_registered = on;
	if (on)
		rcu_gp_slow_register(&slow_counter);
	else
		rcu_gp_slow_unregister(&slow_counter);
	slow_busy = false;
	return true;
}
