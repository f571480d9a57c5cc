// SPDX-License-Identifier: GPL-2.0-or-later
//
// Objects that kfree_rcu() takes. They are of a cache of our own, which poisons what is freed, so
// that one can see whether an object still is what it was.
#include "core/linux/confirm/confirm.h"

#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#ifndef kvfree_rcu_mightsleep
#define kvfree_rcu_mightsleep(object)	kvfree_rcu(object)
#endif

#define MAX_TAKEN	1024
#define CONTENT		0x72637566757a7a21ul

struct object {
	struct rcu_head head;
	unsigned long content[4];
};

static struct kmem_cache *cache;
static struct object *published;
static const struct object *taken[MAX_TAKEN];
static atomic_t taken_count;

static bool make_cache(void)
{
	static DEFINE_MUTEX(mutex);

	mutex_lock(&mutex);
	if (!cache)
		cache = kmem_cache_create("rcufuzz_object", sizeof(struct object), 0,
					  SLAB_POISON | SLAB_RED_ZONE, NULL);
	mutex_unlock(&mutex);
	return cache;
}

static bool is_freed(const struct object *object)
{
	unsigned long content;

	return copy_from_kernel_nofault(&content, &object->content[1], sizeof(content)) ||
	       content != CONTENT;
}

static bool publish_another(bool without_head)
{
	struct object *object = kmem_cache_alloc(cache, GFP_ATOMIC), *before;
	unsigned int number;

	if (!object)
		return false;
	object->content[1] = CONTENT;
	before = xchg(&published, object);
	if (!before)
		return true;
	if (without_head)
		kvfree_rcu_mightsleep(before);
	else
		kfree_rcu(before, head);
	number = atomic_inc_return(&taken_count) - 1;
	if (number < MAX_TAKEN)
		taken[number] = before;
	return true;
}

static bool do_kfree_rcu(unsigned int count, unsigned int how)
{
	unsigned int i;

	if (!cache && (in_interrupt() || irqs_disabled() || !make_cache()))
		return false;
	for (i = 0; i < count; i++)
		if (!publish_another(how))
			break;
	return i != 0;
}

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 12, 0)
static bool do_kfree_barrier(unsigned int unused, unsigned int unused2)
{
	unsigned int before = min(atomic_read(&taken_count), MAX_TAKEN), i, early = 0;

	kvfree_rcu_barrier();
	for (i = 0; i < before; i++)
		if (taken[i] && !is_freed(taken[i]))
			early++;
	if (early)
		wrong("barrier_too_short",
		      "kvfree_rcu_barrier() returns before %u of %u objects are freed", early, before);
	return true;
}
#else
static bool do_kfree_barrier(unsigned int unused, unsigned int unused2)
{
	return false;
}
#endif

/* All shrinkers, as /proc/sys/vm/drop_caches asks them. */
static bool do_shrink(unsigned int unused, unsigned int unused2)
{
	void (*drop_slab)(void) = kernel_symbol("drop_slab");

	if (!drop_slab)
		return false;
	drop_slab();
	return true;
}

const struct operation object_operations[] = {
	{ "kfree_rcu", do_kfree_rcu },
	{ "kfree_barrier", do_kfree_barrier },
	{ "shrink", do_shrink },
	{}
};
