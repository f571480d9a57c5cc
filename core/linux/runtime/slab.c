// SPDX-License-Identifier: GPL-2.0-or-later
//
// Memory: an arena that only grows in a run, so that a freed object stays freed. A shadow knows of
// each 16 bytes whether they are freed, and every point looks there. Objects lie between red zones;
// a freed one holds poison, so that what is read without a point leads nowhere.
#include "core/linux/runtime/runtime.h"

#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>

#define ARENA_BYTES	(16UL << 20)
#define UNIT		16UL
#define POISON_FREED	0x6b
#define RED_ZONE	0xbbbbbbbbcccccccdUL

struct object {
	unsigned long size;
	unsigned long freed;
	const struct machine_site *freed_at;
	unsigned long red_zone;
};

unsigned char arena[ARENA_BYTES] __attribute__((section(".bss..arena"), aligned(4096)));
unsigned char arena_freed[ARENA_BYTES / UNIT]
	__attribute__((section(".bss..arena"), aligned(4096)));
static unsigned long used = UNIT;
bool allocations_may_fail;

unsigned long arena_used(void)
{
	return used;
}

/* What lies beyond the used part may stem from an earlier run. */
void *arena_take(unsigned long size, unsigned long align)
{
	unsigned long at = ALIGN(used, max(align, UNIT));

	size = ALIGN(size, UNIT);
	if (at + size > ARENA_BYTES)
		fail("invariant", NULL, "the kernel takes more memory than the arena has");
	memset(arena_freed + used / UNIT, 0, (at + size - used) / UNIT);
	used = at + size;
	return arena + at;
}

static void *take_object(unsigned long size, unsigned long align)
{
	unsigned long head = ALIGN(sizeof(struct object), align);
	unsigned char *begin = arena_take(head + ALIGN(size, 8) + 8, align);
	struct object *object = (struct object *)(begin + head) - 1;

	object->size = size;
	object->freed = 0;
	object->freed_at = NULL;
	object->red_zone = RED_ZONE;
	*(unsigned long *)(begin + head + ALIGN(size, 8)) = RED_ZONE;
	return begin + head;
}

static bool in_arena(unsigned long address)
{
	return address - (unsigned long)arena < used;
}

void check_address(unsigned long address, const struct machine_site *site)
{
	unsigned long offset = address - (unsigned long)arena;

	if (offset < used && unlikely(arena_freed[offset / UNIT]))
		fail("use_after_free", site, "memory is used that was freed before");
}

/* For oracles: of an object's beginning. */
bool is_freed(const void *memory)
{
	return arena_freed[((unsigned long)memory - (unsigned long)arena) / UNIT];
}

static void *allocate(size_t size, gfp_t flags, unsigned long align)
{
	void *memory;

	if (allocations_may_fail && !(flags & __GFP_NOFAIL) &&
	    door->choose(MACHINE_ALLOCATION_FAILS, 2, NULL))
		return NULL;
	memory = take_object(size, align);
	memset(memory, flags & __GFP_ZERO ? 0 : 0x5a, size);
	return memory;
}

static void release(const void *memory)
{
	struct object *object = (struct object *)memory - 1;
	unsigned long offset = (unsigned long)memory - (unsigned long)arena;

	if (!memory || ZERO_OR_NULL_PTR(memory))
		return;
	if (!in_arena((unsigned long)memory) || object->red_zone != RED_ZONE)
		fail("oops", machine_here(), "what is freed was never allocated");
	if (object->freed)
		fail("double_free", machine_here(), "memory is freed that was freed before");
	if (*(unsigned long *)(memory + ALIGN(object->size, 8)) != RED_ZONE)
		fail("oops", machine_here(), "an object was written beyond its end");
	object->freed = 1;
	memset((void *)memory, POISON_FREED, object->size);
	memset(arena_freed + offset / UNIT, 1, DIV_ROUND_UP(object->size, UNIT));
}

/* --- the kernel's names ------------------------------------------------------------------- */

/* Referenced by inline code for its index only. */
#undef kmalloc_caches
#if IS_6_2_OR_LATER
kmem_buckets kmalloc_caches[NR_KMALLOC_TYPES];
#else
struct kmem_cache *kmalloc_caches[NR_KMALLOC_TYPES][KMALLOC_SHIFT_HIGH + 1];
#endif

void *machine_kmalloc(size_t size, gfp_t flags)
{
	return allocate(size, flags, UNIT);
}

void kfree(const void *memory)
{
	release(memory);
}

void kvfree(const void *memory)
{
	release(memory);
}

void vfree(const void *memory)
{
	release(memory);
}

void kmem_cache_free_bulk(struct kmem_cache *cache, size_t count, void **objects)
{
	while (count--)
		release(objects[count]);
}

bool kmem_dump_obj(void *object)
{
	return true;
}

unsigned long machine_get_free_pages(gfp_t flags, unsigned int order)
{
	return (unsigned long)allocate(PAGE_SIZE << order, flags, PAGE_SIZE);
}

void free_pages(unsigned long address, unsigned int order)
{
	release((void *)address);
}
