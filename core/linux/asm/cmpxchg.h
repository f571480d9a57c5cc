/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A point, and then all of it at once. */
#ifndef _ASM_CMPXCHG_H
#define _ASM_CMPXCHG_H

#include <asm/machine.h>

#define arch_xchg(ptr, new)                                                \
({                                                                         \
	typeof(ptr) __target = (ptr);                                      \
	typeof(*__target) __new_value = (typeof(*__target))(new);          \
	kernel_point(__target, MACHINE_WRITE);                            \
	typeof(*__target) __was = *(volatile typeof(*__target) *)__target; \
	*(volatile typeof(*__target) *)__target = __new_value;             \
	__was;                                                             \
})

#define arch_cmpxchg(ptr, old, new)                                        \
({                                                                         \
	typeof(ptr) __target = (ptr);                                      \
	typeof(*__target) __expected = (typeof(*__target))(old);           \
	typeof(*__target) __new_value = (typeof(*__target))(new);          \
	kernel_point(__target, MACHINE_WRITE);                            \
	typeof(*__target) __was = *(volatile typeof(*__target) *)__target; \
	if (__was == __expected)                                           \
		*(volatile typeof(*__target) *)__target = __new_value;     \
	__was;                                                             \
})

#define arch_cmpxchg_local	arch_cmpxchg
#define arch_cmpxchg64		arch_cmpxchg
#define arch_cmpxchg64_local	arch_cmpxchg
#define arch_sync_cmpxchg	arch_cmpxchg

#endif
