/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The value to write is computed before the point: what it reads is older than the store. */
#ifndef _ASM_RWONCE_H
#define _ASM_RWONCE_H

#include <linux/compiler_types.h>
#include <asm/machine.h>

#define __READ_ONCE(x)                                                     \
({                                                                         \
	kernel_point(&(x), MACHINE_READ);                                 \
	machine_load(x, MACHINE_RELAXED);                                  \
})

#include <asm-generic/rwonce.h>

/* Which the generic header defines whether or not an architecture has. */
#undef __WRITE_ONCE
#define __WRITE_ONCE(x, val)                                               \
do {                                                                       \
	typeof(x) __value = (val);                                         \
	kernel_point(&(x), MACHINE_WRITE);                                \
	machine_will_store(x, __value, MACHINE_RELAXED);                   \
	*(volatile typeof(x) *)&(x) = __value;                             \
} while (0)

#endif
