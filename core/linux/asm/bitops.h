/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Everything is the generic one; the atomic ones rest on atomic.h. */
#ifndef _ASM_BITOPS_H
#define _ASM_BITOPS_H

#include <asm-generic/bitops.h>
#include <asm/machine.h>

/* The generic one is a plain read of what others change. */
static __always_inline bool machine_test_bit(unsigned long nr, const volatile unsigned long *addr)
{
	kernel_point(addr + BIT_WORD(nr), MACHINE_READ);
	return machine_load(addr[BIT_WORD(nr)], MACHINE_RELAXED) >> (nr % BITS_PER_LONG) & 1;
}
#undef arch_test_bit
#define arch_test_bit machine_test_bit

#endif
