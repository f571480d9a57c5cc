/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The points of kernel code: before everything that others could see. Each place in the code,
 * inlined copies included, has a record of its own in the section `sites`, which begins as the
 * address of the code; the build looks up file, function and line of each.
 *
 * The runtime is compiled with MACHINE_NO_POINTS: nothing may come between two steps of it.
 */
#ifndef _ASM_MACHINE_H
#define _ASM_MACHINE_H

#ifndef __ASSEMBLY__

#include "core/linux/door.h"

#define machine_here()                                              \
({                                                                  \
	const struct machine_site *__here;                          \
	asm volatile("movl $771f, %k0\n"                            \
		     ".pushsection sites, \"aw\"\n"                 \
		     "771: .quad 772f, 0, 0\n"                      \
		     ".popsection\n"                                \
		     "772:" : "=r" (__here));                       \
	__here;                                                     \
})

extern void machine_point_at(const volatile void *object, unsigned int access,
			     const struct machine_site *site);
extern void machine_relax_at(const struct machine_site *site);
/* One of the kernel's trace events, with its arguments, which are long. */
extern void machine_told(const char *event, unsigned int count, ...);

#ifdef MACHINE_NO_POINTS
#define kernel_point(object, access)	do { (void)(object); } while (0)
#else
#define kernel_point(object, access)	machine_point_at(object, access, machine_here())
#endif
#define kernel_relax()			machine_relax_at(machine_here())

extern const struct machine_door *door;
extern unsigned int acting_cpu;	/* who acts now */
extern unsigned char irqs_off[];	/* by CPU */
extern unsigned int spinlocks_held[];	/* the same: how many it holds */
/*
 * Code of the kernel runs for the machine, and not as part of the run: in the middle of a step, or
 * for an oracle, or for a story. It has no points.
 */
extern _Bool machine_looks_on;

extern unsigned char machine_weak;	/* memory is, in this run */
extern unsigned long machine_load_at(const volatile void *object, unsigned int size,
				     unsigned int order, const struct machine_site *site);
extern void machine_store_at(const volatile void *object, unsigned int size, unsigned long value,
			     unsigned int order);
extern void machine_update_at(const volatile void *object, unsigned int size, unsigned long value,
			      unsigned int order);
extern void machine_fence(unsigned int kind);

/* What is the machine's own is no plain access of the kernel's: the compiler does not see it. */
#define machine_peek(variable)                                      \
({                                                                  \
	typeof(variable) __seen;                                    \
	asm("mov %1, %0" : "=r" (__seen) : "m" (variable));         \
	__seen;                                                     \
})
#define machine_this_cpu()		machine_peek(acting_cpu)
#define machine_is_weak()		__builtin_expect(machine_peek(machine_weak), 0)

/* A step of the runtime sees what is newest, and what it stores is ordered. */
#ifdef MACHINE_NO_POINTS
#define machine_load_order(order)	MACHINE_NEWEST
#define machine_store_order(order)	MACHINE_RELEASE
#define machine_load_site()		((const struct machine_site *)0)
#else
#define machine_load_order(order)	(order)
#define machine_store_order(order)	(order)
#define machine_load_site()		machine_here()
#endif

#define machine_bits(value)                                         \
({                                                                  \
	union {                                                     \
		unsigned long __as_bits;                            \
		typeof(value) __as_it_is;                           \
	} __both = { 0 };                                           \
	__builtin_memcpy(&__both.__as_it_is, &(typeof(value)){ value }, sizeof(value)); \
	__both.__as_bits;                                           \
})

/* The value of a variable that a marked access observes, behind its point. */
#define machine_load(x, order)                                                          \
({                                                                                      \
	union __seen {                                                                  \
		unsigned long __as_bits;                                                \
		__unqual_scalar_typeof(x) __as_it_is;                                   \
	};                                                                              \
	machine_is_weak() && sizeof(x) <= sizeof(long) ?                                \
		((union __seen){ machine_load_at(&(x), sizeof(x),                       \
			machine_load_order(order), machine_load_site()) }).__as_it_is : \
		*(const volatile __unqual_scalar_typeof(x) *)&(x);                      \
})

/* Before the variable is given this value. */
#define machine_will_store(x, value, order)                                             \
do {                                                                                    \
	if (machine_is_weak() && sizeof(x) <= sizeof(long))                             \
		machine_store_at(&(x), sizeof(x), machine_bits(value),                  \
				 machine_store_order(order));                           \
} while (0)
#define machine_will_update(x, value, order)                                            \
do {                                                                                    \
	if (machine_is_weak())                                                          \
		machine_update_at(&(x), sizeof(x), machine_bits(value), order);         \
} while (0)
/* A read-modify-write that changes nothing. */
#define machine_sees_newest(x)                                                          \
do {                                                                                    \
	if (machine_is_weak())                                                          \
		machine_load_at(&(x), sizeof(x), MACHINE_FAILED, 0);                    \
} while (0)

#define machine_orders(kind)                                                            \
do {                                                                                    \
	asm volatile("" : : : "memory");                                                \
	if (machine_is_weak())                                                          \
		machine_fence(kind);                                                    \
} while (0)

#endif
#endif
