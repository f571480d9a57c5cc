/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * this_cpu operations are indivisible: there is no point inside. So the generic ones for code that
 * is not interrupted do. Counters that CPUs add to and somebody sums up, as those of SRCU's and of
 * percpu_rw_semaphore's readers, have a point before: who has chosen a counter may be late.
 */
#ifndef _ASM_PERCPU_H
#define _ASM_PERCPU_H

#include <asm/machine.h>

#define __my_cpu_offset		per_cpu_offset(machine_this_cpu())

/* Not plain for the compiler. */
#define machine_slot(pcp)	(*(volatile typeof(pcp) *)raw_cpu_ptr(&(pcp)))
#define machine_to_cpu(pcp, val, op)                                                    \
do {                                                                                    \
	volatile typeof(pcp) *__slot = &machine_slot(pcp);                              \
	if (machine_is_weak()) {                                                        \
		typeof(pcp) __next = *__slot;                                           \
		__next op (val);                                                        \
		machine_will_store(*__slot, __next, MACHINE_RELAXED);                   \
	}                                                                               \
	*__slot op (val);                                                               \
} while (0)
#define this_cpu_read_1(pcp)	machine_slot(pcp)
#define this_cpu_read_2(pcp)	machine_slot(pcp)
#define this_cpu_read_4(pcp)	machine_slot(pcp)
#define this_cpu_read_8(pcp)	machine_slot(pcp)
#define machine_add_to_cpu(pcp, val)                                                    \
do {                                                                                    \
	kernel_point(raw_cpu_ptr(&(pcp)), MACHINE_WRITE);                               \
	machine_to_cpu(pcp, val, +=);                                                   \
} while (0)
#define machine_cpu_add_return(pcp, val)                                                \
({                                                                                      \
	volatile typeof(pcp) *__slot = &machine_slot(pcp);                              \
	*__slot += (val);                                                               \
	*__slot;                                                                        \
})
#define machine_cpu_xchg(pcp, val)                                                      \
({                                                                                      \
	volatile typeof(pcp) *__slot = &machine_slot(pcp);                              \
	typeof(pcp) __was = *__slot;                                                    \
	*__slot = (val);                                                                \
	__was;                                                                          \
})
#define machine_cpu_cmpxchg(pcp, old, new)                                              \
({                                                                                      \
	volatile typeof(pcp) *__slot = &machine_slot(pcp);                              \
	typeof(pcp) __was = *__slot;                                                    \
	if (__was == (old))                                                             \
		*__slot = (new);                                                        \
	__was;                                                                          \
})
#define this_cpu_write_1(pcp, val)		machine_to_cpu(pcp, val, =)
#define this_cpu_write_2(pcp, val)		machine_to_cpu(pcp, val, =)
#define this_cpu_write_4(pcp, val)		machine_to_cpu(pcp, val, =)
#define this_cpu_write_8(pcp, val)		machine_to_cpu(pcp, val, =)
#define this_cpu_add_1(pcp, val)		machine_to_cpu(pcp, val, +=)
#define this_cpu_add_2(pcp, val)		machine_to_cpu(pcp, val, +=)
#define this_cpu_add_4(pcp, val)		machine_add_to_cpu(pcp, val)
#define this_cpu_add_8(pcp, val)		machine_add_to_cpu(pcp, val)
#define this_cpu_and_1(pcp, val)		machine_to_cpu(pcp, val, &=)
#define this_cpu_and_2(pcp, val)		machine_to_cpu(pcp, val, &=)
#define this_cpu_and_4(pcp, val)		machine_to_cpu(pcp, val, &=)
#define this_cpu_and_8(pcp, val)		machine_to_cpu(pcp, val, &=)
#define this_cpu_or_1(pcp, val)			machine_to_cpu(pcp, val, |=)
#define this_cpu_or_2(pcp, val)			machine_to_cpu(pcp, val, |=)
#define this_cpu_or_4(pcp, val)			machine_to_cpu(pcp, val, |=)
#define this_cpu_or_8(pcp, val)			machine_to_cpu(pcp, val, |=)
#define this_cpu_add_return_1(pcp, val)		machine_cpu_add_return(pcp, val)
#define this_cpu_add_return_2(pcp, val)		machine_cpu_add_return(pcp, val)
#define this_cpu_add_return_4(pcp, val)		machine_cpu_add_return(pcp, val)
#define this_cpu_add_return_8(pcp, val)		machine_cpu_add_return(pcp, val)
#define this_cpu_xchg_1(pcp, val)		machine_cpu_xchg(pcp, val)
#define this_cpu_xchg_2(pcp, val)		machine_cpu_xchg(pcp, val)
#define this_cpu_xchg_4(pcp, val)		machine_cpu_xchg(pcp, val)
#define this_cpu_xchg_8(pcp, val)		machine_cpu_xchg(pcp, val)
#define this_cpu_cmpxchg_1(pcp, old, new)	machine_cpu_cmpxchg(pcp, old, new)
#define this_cpu_cmpxchg_2(pcp, old, new)	machine_cpu_cmpxchg(pcp, old, new)
#define this_cpu_cmpxchg_4(pcp, old, new)	machine_cpu_cmpxchg(pcp, old, new)
#define this_cpu_cmpxchg_8(pcp, old, new)	machine_cpu_cmpxchg(pcp, old, new)

#include <asm-generic/percpu.h>

#undef per_cpu_offset
#define per_cpu_offset(cpu)	machine_peek(__per_cpu_offset[cpu])

#endif
