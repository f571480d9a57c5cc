// SPDX-License-Identifier: GPL-2.0-or-later
//
// Marked accesses under weak memory: the machine keeps what others may still see of each word, and
// says what a load observes. The kernel's memory itself always holds what is newest.
#include "core/linux/runtime/runtime.h"

#include <linux/string.h>

unsigned char machine_weak;

/*
 * Variables on stacks hold what is newest for everybody, and are as strong as can be: what was
 * there before, of another function, would be an older value of theirs.
 */
static bool is_on_stack(const volatile void *object)
{
	return (unsigned long)object - (unsigned long)thread_stacks < sizeof(thread_stacks);
}

static unsigned long *word_of(const volatile void *object)
{
	return (unsigned long *)((unsigned long)object & ~7UL);
}

static unsigned int shift_of(const volatile void *object)
{
	return 8 * ((unsigned long)object & 7);
}

static unsigned long mask_of(unsigned int size)
{
	return size < 8 ? (1UL << 8 * size) - 1 : ~0UL;
}

/* The word, with this field changed. */
static unsigned long word_with(const volatile void *object, unsigned int size, unsigned long value)
{
	const unsigned long mask = mask_of(size) << shift_of(object);

	return (*word_of(object) & ~mask) | ((value << shift_of(object)) & mask);
}

unsigned long machine_load_at(const volatile void *object, unsigned int size, unsigned int order,
			      const struct machine_site *site)
{
	unsigned long *word = word_of(object);
	unsigned long seen = *word;

	if (!machine_looks_on)
		seen = door->load(word, seen, is_on_stack(object) ? MACHINE_NEWEST : order, site);
	return seen >> shift_of(object) & mask_of(size);
}

void machine_store_at(const volatile void *object, unsigned int size, unsigned long value,
		      unsigned int order)
{
	if (!machine_looks_on)
		door->store(word_of(object), *word_of(object), word_with(object, size, value),
			    is_on_stack(object) ? MACHINE_RELEASE : order);
}

void machine_update_at(const volatile void *object, unsigned int size, unsigned long value,
		       unsigned int order)
{
	if (!machine_looks_on)
		door->update(word_of(object), *word_of(object), word_with(object, size, value), order);
}

void machine_fence(unsigned int kind)
{
	if (!machine_looks_on)
		door->fence(kind);
}

void machine_lock_changes(const arch_spinlock_t *lock, int taken)
{
	if (!machine_looks_on)
		door->lock(lock, taken);
}
