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

/* What is the machine's own is no plain access of the kernel's: the compiler does not see it. */
#define machine_peek(variable)                                      \
({                                                                  \
	typeof(variable) __seen;                                    \
	asm("mov %1, %0" : "=r" (__seen) : "m" (variable));         \
	__seen;                                                     \
})
#define machine_this_cpu()		machine_peek(acting_cpu)

#endif
#endif
