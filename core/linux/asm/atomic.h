/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A point, and then all of it at once. Everything else follows from these by the kernel's rules. */
#ifndef _ASM_ATOMIC_H
#define _ASM_ATOMIC_H

#include <linux/types.h>
#include <asm/barrier.h>
#include <asm/cmpxchg.h>
#include <asm/rwonce.h>

#define ATOMIC64_INIT(i)	{ (i) }
#define arch_atomic_read(v)	READ_ONCE((v)->counter)
#define arch_atomic_set(v, i)	WRITE_ONCE((v)->counter, (i))
#define arch_atomic64_read(v)	READ_ONCE((v)->counter)
#define arch_atomic64_set(v, i)	WRITE_ONCE((v)->counter, (i))

/* They order nothing by themselves: the kernel's generic code makes the other forms of these. */
#define MACHINE_ATOMIC(type, prefix, value, name, expression)                       \
static __always_inline void prefix##_##name(value i, type *v)                       \
{                                                                                   \
	kernel_point(&v->counter, MACHINE_WRITE);                                  \
	value old = *(volatile value *)&v->counter;                                 \
	machine_will_update(v->counter, (value)(expression), MACHINE_RELAXED);      \
	*(volatile value *)&v->counter = (expression);                              \
}                                                                                   \
static __always_inline value prefix##_fetch_##name##_relaxed(value i, type *v)      \
{                                                                                   \
	kernel_point(&v->counter, MACHINE_WRITE);                                  \
	value old = *(volatile value *)&v->counter;                                 \
	machine_will_update(v->counter, (value)(expression), MACHINE_RELAXED);      \
	*(volatile value *)&v->counter = (expression);                              \
	return old;                                                                 \
}

#define MACHINE_ATOMIC_RETURN(type, prefix, value, name, expression)                \
static __always_inline value prefix##_##name##_return_relaxed(value i, type *v)     \
{                                                                                   \
	kernel_point(&v->counter, MACHINE_WRITE);                                  \
	value old = *(volatile value *)&v->counter;                                 \
	machine_will_update(v->counter, (value)(expression), MACHINE_RELAXED);      \
	return *(volatile value *)&v->counter = (expression);                       \
}

#define MACHINE_ATOMICS(type, prefix, value)                                        \
	MACHINE_ATOMIC(type, prefix, value, add, old + i)                           \
	MACHINE_ATOMIC(type, prefix, value, sub, old - i)                           \
	MACHINE_ATOMIC(type, prefix, value, and, old & i)                           \
	MACHINE_ATOMIC(type, prefix, value, andnot, old & ~i)                       \
	MACHINE_ATOMIC(type, prefix, value, or, old | i)                            \
	MACHINE_ATOMIC(type, prefix, value, xor, old ^ i)                           \
	MACHINE_ATOMIC_RETURN(type, prefix, value, add, old + i)                    \
	MACHINE_ATOMIC_RETURN(type, prefix, value, sub, old - i)

MACHINE_ATOMICS(atomic_t, arch_atomic, int)
MACHINE_ATOMICS(atomic64_t, arch_atomic64, s64)

#define arch_atomic_andnot		arch_atomic_andnot
#define arch_atomic_add_return_relaxed	arch_atomic_add_return_relaxed
#define arch_atomic_sub_return_relaxed	arch_atomic_sub_return_relaxed
#define arch_atomic_fetch_add_relaxed	arch_atomic_fetch_add_relaxed
#define arch_atomic_fetch_sub_relaxed	arch_atomic_fetch_sub_relaxed
#define arch_atomic_fetch_and_relaxed	arch_atomic_fetch_and_relaxed
#define arch_atomic_fetch_andnot_relaxed	arch_atomic_fetch_andnot_relaxed
#define arch_atomic_fetch_or_relaxed	arch_atomic_fetch_or_relaxed
#define arch_atomic_fetch_xor_relaxed	arch_atomic_fetch_xor_relaxed
#define arch_atomic64_andnot		arch_atomic64_andnot
#define arch_atomic64_add_return_relaxed	arch_atomic64_add_return_relaxed
#define arch_atomic64_sub_return_relaxed	arch_atomic64_sub_return_relaxed
#define arch_atomic64_fetch_add_relaxed	arch_atomic64_fetch_add_relaxed
#define arch_atomic64_fetch_sub_relaxed	arch_atomic64_fetch_sub_relaxed
#define arch_atomic64_fetch_and_relaxed	arch_atomic64_fetch_and_relaxed
#define arch_atomic64_fetch_andnot_relaxed	arch_atomic64_fetch_andnot_relaxed
#define arch_atomic64_fetch_or_relaxed	arch_atomic64_fetch_or_relaxed
#define arch_atomic64_fetch_xor_relaxed	arch_atomic64_fetch_xor_relaxed

#define arch_atomic_xchg_relaxed(v, new)		arch_xchg_relaxed(&(v)->counter, new)
#define arch_atomic_cmpxchg_relaxed(v, old, new)	arch_cmpxchg_relaxed(&(v)->counter, old, new)
#define arch_atomic64_xchg_relaxed(v, new)		arch_xchg_relaxed(&(v)->counter, new)
#define arch_atomic64_cmpxchg_relaxed(v, old, new)	arch_cmpxchg_relaxed(&(v)->counter, old, new)

#endif
