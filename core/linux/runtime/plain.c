// SPDX-License-Identifier: GPL-2.0-or-later
//
// Plain accesses of the kernel's code as points. The compiler calls the functions below before each
// of them (-fsanitize=thread, as for the kernel's KCSAN); nothing of its own runtime is there. They
// do nothing unless the run asks for it.
#include "core/linux/runtime/runtime.h"

#include <linux/init.h>
#include <linux/string.h>
#include <asm/sections.h>

extern unsigned char __image_end[];

static bool plain_points;

static int __init set_plain_points(char *text)
{
	plain_points = true;
	return 1;
}
__setup("machine_plain_points", set_plain_points);

/*
 * What nobody else writes or looks at: constant data, the stack of who acts, and its preempt count,
 * to which an interrupt adds what it takes away again.
 */
static bool is_private(unsigned long address)
{
	const struct thread *self = thread_of(current);

	return address < (unsigned long)__per_cpu_start || address >= (unsigned long)__image_end ||
	       address - (unsigned long)self->stack < STACK_BYTES ||
	       address == (unsigned long)&self->task.thread_info.preempt_count;
}

static noinline void plain_access(void *object, unsigned int access, const void *code)
{
	if (is_private((unsigned long)object))
		return;
	machine_point_at(object, access, door->site_at((unsigned long)code));
}

#define CALLED_HERE(object, access)                                                     \
	do {                                                                            \
		if (unlikely(plain_points))                                             \
			plain_access(object, access, __builtin_return_address(0));      \
	} while (0)

/* Each function of the compiler's, by its name without "__tsan_". */
#define CALLED_BEFORE(name, access)                                                     \
	void __tsan_##name(void *object);                                               \
	void __tsan_##name(void *object)                                                \
	{                                                                               \
		CALLED_HERE(object, access);                                            \
	}
#define NOT_PLAIN(name)                                                                 \
	void __tsan_##name(void *object);                                               \
	void __tsan_##name(void *object)                                                \
	{                                                                               \
	}
#define EACH_SIZE(bytes)                                                                \
	CALLED_BEFORE(read##bytes, MACHINE_READ)                                        \
	CALLED_BEFORE(write##bytes, MACHINE_WRITE)                                      \
	CALLED_BEFORE(unaligned_read##bytes, MACHINE_READ)                              \
	CALLED_BEFORE(unaligned_write##bytes, MACHINE_WRITE)                            \
	CALLED_BEFORE(read_write##bytes, MACHINE_WRITE)                                 \
	NOT_PLAIN(volatile_read##bytes)                                                 \
	NOT_PLAIN(volatile_write##bytes)                                                \
	NOT_PLAIN(unaligned_volatile_read##bytes)                                       \
	NOT_PLAIN(unaligned_volatile_write##bytes)
EACH_SIZE(1)
EACH_SIZE(2)
EACH_SIZE(4)
EACH_SIZE(8)
EACH_SIZE(16)

void __tsan_read_range(void *object, size_t size);
void __tsan_read_range(void *object, size_t size)
{
	CALLED_HERE(object, MACHINE_READ);
}

void __tsan_write_range(void *object, size_t size);
void __tsan_write_range(void *object, size_t size)
{
	CALLED_HERE(object, MACHINE_WRITE);
}

/* clang has these called instead of the functions themselves. */
void *__tsan_memcpy(void *to, const void *from, size_t size);
void *__tsan_memcpy(void *to, const void *from, size_t size)
{
	CALLED_HERE((void *)from, MACHINE_READ);
	CALLED_HERE(to, MACHINE_WRITE);
	return memcpy(to, from, size);
}

void *__tsan_memmove(void *to, const void *from, size_t size);
void *__tsan_memmove(void *to, const void *from, size_t size)
{
	CALLED_HERE((void *)from, MACHINE_READ);
	CALLED_HERE(to, MACHINE_WRITE);
	return memmove(to, from, size);
}

void *__tsan_memset(void *to, int value, size_t size);
void *__tsan_memset(void *to, int value, size_t size)
{
	CALLED_HERE(to, MACHINE_WRITE);
	return memset(to, value, size);
}

void __tsan_func_entry(void *caller);
void __tsan_func_entry(void *caller)
{
}

void __tsan_func_exit(void);
void __tsan_func_exit(void)
{
}

void __tsan_init(void);
void __tsan_init(void)
{
}
