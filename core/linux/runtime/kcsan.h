/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Data races of the kernel's code, by the rule of its own detector (kernel/kcsan/core.c, v6.12),
 * with CONFIG_KCSAN_STRICT, as kvm.sh of rcutorture has it. KCSAN lets a CPU wait before a plain
 * access and looks who comes by; here the schedule does that, at the point before each of them. Two
 * accesses to one object are a data race where the second comes while the first waits, one of
 * them writes, and the first is not marked. data_race(), sections that count as atomic, and the
 * assertions ASSERT_EXCLUSIVE_*() are as there.
 *
 * Left out: ASSERT_EXCLUSIVE_BITS(), which looks at values; and scoped assertions look at their
 * beginning only.
 */
#ifndef RCUFUZZ_LINUX_RUNTIME_KCSAN_H
#define RCUFUZZ_LINUX_RUNTIME_KCSAN_H

#include <linux/types.h>

#include "core/linux/door.h"

/* The run asks for it, and the kernel has it. */
extern bool kcsan_enabled;

struct kcsan_watch {
	struct kcsan_watch *next;
	const volatile void *object; /* NULL: it is not watched */
	size_t size;		/* bytes */
	int type;		/* KCSAN_ACCESS_* */
	const struct machine_site *site;
};

#ifdef CONFIG_KCSAN
/* Before and behind the point of a plain access, or of an assertion. A race ends the run. */
void kcsan_begin(struct kcsan_watch *watch, const volatile void *object, size_t size, int type,
		 const struct machine_site *site);
void kcsan_end(struct kcsan_watch *watch);
/* One that needs no order. `code` is what the call before it returns to. */
void kcsan_marked(const volatile void *object, size_t size, int type, unsigned long code);
#else
static inline void kcsan_begin(struct kcsan_watch *watch, const volatile void *object, size_t size,
			       int type, const struct machine_site *site)
{
}
static inline void kcsan_end(struct kcsan_watch *watch)
{
}
static inline void kcsan_marked(const volatile void *object, size_t size, int type,
				unsigned long code)
{
}
#endif

#endif
