// SPDX-License-Identifier: GPL-2.0-or-later
//
// Plain accesses of the kernel's code as points. The compiler calls the functions below before each
// access (-fsanitize=thread, as for the kernel's KCSAN); nothing of its own runtime is there. They
// do nothing unless the run asks for it, or the kernel is configured with KCSAN.
#include "core/linux/runtime/runtime.h"

#include <linux/init.h>
#include <linux/kcsan-checks.h>
#include <linux/string.h>
#include <asm/sections.h>

#include "core/linux/runtime/kcsan.h"

extern unsigned char __image_end[];

static bool plain_points;

static int __init set_plain_points(char *text)
{
	plain_points = true;
	return 1;
}
__setup("machine_plain_points", set_plain_points);

/*
 * What nobody else writes or looks at: constant data, and the preempt count of who acts, to which
 * an interrupt adds what it takes away again. A stack is not: others look at what waits on it.
 */
static bool is_private(unsigned long address)
{
	return address < (unsigned long)__per_cpu_start || address >= (unsigned long)__image_end ||
	       address == (unsigned long)&current->thread_info.preempt_count;
}

static noinline void plain_access(const volatile void *object, size_t size, int type,
				  const void *code)
{
	struct kcsan_watch watch;
	const struct machine_site *site;

	if (is_private((unsigned long)object))
		return;
	site = door->site_at((unsigned long)code);
	kcsan_begin(&watch, object, size, type, site);
	machine_point_at(object, type & KCSAN_ACCESS_WRITE ? MACHINE_WRITE : MACHINE_READ, site);
	kcsan_end(&watch);
}

#define PLAIN(object, size, type)                                                       \
	do {                                                                            \
		if (unlikely(plain_points || kcsan_enabled))                            \
			plain_access(object, size, type, __builtin_return_address(0));  \
	} while (0)

/* Of READ_ONCE() and the like: its point comes before it. */
#define MARKED(object, size, type)                                                      \
	do {                                                                            \
		if (kcsan_enabled)                                                      \
			kcsan_marked(object, size, type,                                \
				     (unsigned long)__builtin_return_address(0));       \
	} while (0)

/* Each function of the compiler's, by its name without "__tsan_". */
#define CALLED_BEFORE(name, kind, bytes, type)                                          \
	void __tsan_##name##bytes(void *object);                                        \
	void __tsan_##name##bytes(void *object)                                         \
	{                                                                               \
		kind(object, bytes, type);                                              \
	}
#define EACH_SIZE(bytes)                                                                \
	CALLED_BEFORE(read, PLAIN, bytes, 0)                                            \
	CALLED_BEFORE(write, PLAIN, bytes, KCSAN_ACCESS_WRITE)                          \
	CALLED_BEFORE(unaligned_read, PLAIN, bytes, 0)                                  \
	CALLED_BEFORE(unaligned_write, PLAIN, bytes, KCSAN_ACCESS_WRITE)                \
	CALLED_BEFORE(volatile_read, MARKED, bytes, 0)                                  \
	CALLED_BEFORE(volatile_write, MARKED, bytes, KCSAN_ACCESS_WRITE)                \
	CALLED_BEFORE(unaligned_volatile_read, MARKED, bytes, 0)                        \
	CALLED_BEFORE(unaligned_volatile_write, MARKED, bytes, KCSAN_ACCESS_WRITE)
EACH_SIZE(1)
EACH_SIZE(2)
EACH_SIZE(4)
EACH_SIZE(8)
EACH_SIZE(16)

void __tsan_read_range(void *object, size_t size);
void __tsan_read_range(void *object, size_t size)
{
	PLAIN(object, size, 0);
}

void __tsan_write_range(void *object, size_t size);
void __tsan_write_range(void *object, size_t size)
{
	PLAIN(object, size, KCSAN_ACCESS_WRITE);
}

/* clang has these called instead of the functions themselves. */
void *__tsan_memcpy(void *to, const void *from, size_t size);
void *__tsan_memcpy(void *to, const void *from, size_t size)
{
	PLAIN(from, size, 0);
	PLAIN(to, size, KCSAN_ACCESS_WRITE);
	return memcpy(to, from, size);
}

void *__tsan_memmove(void *to, const void *from, size_t size);
void *__tsan_memmove(void *to, const void *from, size_t size)
{
	PLAIN(from, size, 0);
	PLAIN(to, size, KCSAN_ACCESS_WRITE);
	return memmove(to, from, size);
}

void *__tsan_memset(void *to, int value, size_t size);
void *__tsan_memset(void *to, int value, size_t size)
{
	PLAIN(to, size, KCSAN_ACCESS_WRITE);
	return memset(to, value, size);
}

#ifdef CONFIG_KCSAN
/* The kernel's own, where the compiler sees no access: in atomics and in assertions. */
void __kcsan_check_access(const volatile void *object, size_t size, int type)
{
	if (type & KCSAN_ACCESS_ATOMIC)
		MARKED(object, size, type);
	else
		PLAIN(object, size, type);
}
#endif

void __tsan_init(void);
void __tsan_init(void)
{
}
