/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef _ASM_PROCESSOR_H
#define _ASM_PROCESSOR_H

#include <asm/machine.h>
#include <asm/page.h>
#include <asm/ptrace.h>

struct task_struct;
struct thread_struct {
	unsigned long unused;
};
#define INIT_THREAD	{ 0 }

#define TASK_SIZE		(1UL << 46)
#define STACK_TOP		TASK_SIZE
#define STACK_TOP_MAX		TASK_SIZE
#define TASK_UNMAPPED_BASE	(TASK_SIZE / 3)
#define KSTK_EIP(task)		((void)(task), 0UL)
#define KSTK_ESP(task)		((void)(task), 0UL)
#define task_pt_regs(task)	((struct pt_regs *)((void)(task), NULL))

#ifdef MACHINE_NO_POINTS
#define cpu_relax()		barrier()
#else
#define cpu_relax()		kernel_relax()
#endif

static inline void start_thread(struct pt_regs *regs, unsigned long pc, unsigned long sp) { }
static inline unsigned long __get_wchan(struct task_struct *task) { return 0; }

#endif
