/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A point, and then all of it at once. It orders nothing by itself; those of the own CPU's do. */
#ifndef _ASM_CMPXCHG_H
#define _ASM_CMPXCHG_H

#include <asm/machine.h>

#define arch_xchg_relaxed(ptr, new)                                        \
({                                                                         \
	typeof(ptr) __target = (ptr);                                      \
	typeof(*__target) __new_value = (typeof(*__target))(new);          \
	kernel_point(__target, MACHINE_WRITE);                            \
	typeof(*__target) __was = *(volatile typeof(*__target) *)__target; \
	machine_will_update(*__target, __new_value, MACHINE_RELAXED);      \
	*(volatile typeof(*__target) *)__target = __new_value;             \
	__was;                                                             \
})

#define machine_cmpxchg(ptr, old, new, order)                              \
({                                                                         \
	typeof(ptr) __target = (ptr);                                      \
	typeof(*__target) __expected = (typeof(*__target))(old);           \
	typeof(*__target) __new_value = (typeof(*__target))(new);          \
	kernel_point(__target, MACHINE_WRITE);                            \
	typeof(*__target) __was = *(volatile typeof(*__target) *)__target; \
	if (__was == __expected) {                                         \
		machine_will_update(*__target, __new_value, order);        \
		*(volatile typeof(*__target) *)__target = __new_value;     \
	} else {                                                           \
		machine_sees_newest(*__target);                            \
	}                                                                  \
	__was;                                                             \
})

#define arch_cmpxchg_relaxed(ptr, old, new)	machine_cmpxchg(ptr, old, new, MACHINE_RELAXED)
#define arch_cmpxchg64_relaxed	arch_cmpxchg_relaxed
#define arch_cmpxchg_local(ptr, old, new)	machine_cmpxchg(ptr, old, new, MACHINE_FULL)
#define arch_cmpxchg64_local	arch_cmpxchg_local
#define arch_sync_cmpxchg	arch_cmpxchg_local

#endif
