/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The flag is the interrupt flag of the CPU; enabling is a point, where what pends may come. */
#ifndef _ASM_IRQFLAGS_H
#define _ASM_IRQFLAGS_H

#include <asm/machine.h>

extern void machine_irqs_off_now(void);
extern void machine_irqs_on_now(const struct machine_site *site);

#define ARCH_IRQ_DISABLED	1UL
#define ARCH_IRQ_ENABLED	0UL

static __always_inline unsigned long arch_local_save_flags(void)
{
	return machine_peek(irqs_off[machine_this_cpu()]);
}

static __always_inline int arch_irqs_disabled_flags(unsigned long flags)
{
	return flags != ARCH_IRQ_ENABLED;
}

static __always_inline int arch_irqs_disabled(void)
{
	return machine_peek(irqs_off[machine_this_cpu()]);
}

static __always_inline void arch_local_irq_disable(void)
{
	if (!machine_peek(irqs_off[machine_this_cpu()]))
		machine_irqs_off_now();
}

static __always_inline void arch_local_irq_enable(void)
{
	if (machine_peek(irqs_off[machine_this_cpu()]))
		machine_irqs_on_now(machine_here());
}

static __always_inline unsigned long arch_local_irq_save(void)
{
	unsigned long flags = arch_local_save_flags();

	arch_local_irq_disable();
	return flags;
}

static __always_inline void arch_local_irq_restore(unsigned long flags)
{
	if (arch_irqs_disabled_flags(flags))
		arch_local_irq_disable();
	else
		arch_local_irq_enable();
}

static inline void arch_safe_halt(void) { }

#endif
