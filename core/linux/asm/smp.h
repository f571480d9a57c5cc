/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef _ASM_SMP_H
#define _ASM_SMP_H

#include <asm/machine.h>

#define raw_smp_processor_id()	machine_this_cpu()
#define __smp_processor_id()	machine_this_cpu()

struct cpumask;
extern void arch_send_call_function_single_ipi(int cpu);
extern void arch_send_call_function_ipi_mask(const struct cpumask *mask);

#endif
