/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Under sequential consistency the compiler alone has to be held back. */
#ifndef _ASM_BARRIER_H
#define _ASM_BARRIER_H

#include <asm/machine.h>

#define mb()		machine_orders(MACHINE_MB)
#define rmb()		machine_orders(MACHINE_RMB)
#define wmb()		machine_orders(MACHINE_WMB)

#define __smp_mb__before_atomic()	machine_orders(MACHINE_MB_BEFORE_ATOMIC)
#define __smp_mb__after_atomic()	machine_orders(MACHINE_MB_AFTER_ATOMIC)
#define smp_mb__after_spinlock()	machine_orders(MACHINE_MB_AFTER_SPINLOCK)

#define __smp_store_release(p, v)                                          \
do {                                                                       \
	typeof(*(p)) __released = (v);                                     \
	kernel_point(p, MACHINE_WRITE);                                    \
	machine_will_store(*(p), __released, MACHINE_RELEASE);             \
	*(volatile typeof(*(p)) *)(p) = __released;                        \
} while (0)

#define __smp_load_acquire(p)                                              \
({                                                                         \
	kernel_point(p, MACHINE_READ);                                     \
	(typeof(*(p)))machine_load(*(p), MACHINE_ACQUIRE);                 \
})

#include <asm-generic/barrier.h>

#endif
