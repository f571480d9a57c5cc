/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef _ASM_PTRACE_H
#define _ASM_PTRACE_H

struct pt_regs {
	unsigned long pc;
	int user;
};
#define user_mode(regs)			((regs)->user)
#define instruction_pointer(regs)	((regs)->pc)
#define profile_pc(regs)		((regs)->pc)
#define user_stack_pointer(regs)	0UL
#define kernel_stack_pointer(regs)	0UL
#define instruction_pointer_set(regs, value)	((regs)->pc = (value))
#define regs_return_value(regs)		0L

#endif
