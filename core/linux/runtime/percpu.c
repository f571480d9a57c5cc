// SPDX-License-Identifier: GPL-2.0-or-later
//
// Per-CPU memory: a copy of the section for each CPU, one after the other, each followed by room
// for what is allocated later.
#include "core/linux/runtime/runtime.h"

#include <linux/percpu.h>
#include <linux/string.h>
#include <asm/sections.h>

#define DYNAMIC_BYTES	8192UL
#define AREA_BYTES	(256UL << 10)

unsigned long __per_cpu_offset[NR_CPUS];
static unsigned char areas[AREA_BYTES] __attribute__((section(".bss..arena"), aligned(64)));
static unsigned long area_bytes, dynamic_used;
static unsigned int area_count;

void percpu_prepare(unsigned int cpus)
{
	unsigned long static_bytes = ALIGN(__per_cpu_end - __per_cpu_start, 64);
	unsigned int cpu;

	area_count = cpus;
	area_bytes = static_bytes + DYNAMIC_BYTES;
	dynamic_used = static_bytes;
	if (area_bytes * cpus > AREA_BYTES)
		fail("invariant", NULL, "the per-CPU areas are too large");
	for (cpu = 0; cpu < NR_CPUS; cpu++) {
		/* The copies of CPUs that are not possible are never looked at. */
		unsigned char *area = areas + area_bytes * (cpu < cpus ? cpu : 0);

		__per_cpu_offset[cpu] = (unsigned long)area - (unsigned long)__per_cpu_start;
		if (cpu < cpus) {
			memcpy(area, __per_cpu_start, __per_cpu_end - __per_cpu_start);
			memset(area + static_bytes, 0, DYNAMIC_BYTES);
		}
	}
}

struct guest_range percpu_range(void)
{
	return (struct guest_range) { areas, area_bytes * area_count };
}

/* Never given back within a run. */
void *machine_alloc_percpu(size_t size, size_t align)
{
	unsigned long at = ALIGN(dynamic_used, max(align, (size_t)8));
	unsigned int cpu;

	if (at + size > area_bytes)
		return NULL;
	dynamic_used = at + size;
	for (cpu = 0; cpu < area_count; cpu++)
		memset(areas + area_bytes * cpu + at, 0, size);
	return (void *)((unsigned long)__per_cpu_start + at);
}

void free_percpu(void __percpu *memory)
{
}
