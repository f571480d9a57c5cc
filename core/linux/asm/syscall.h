/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef _ASM_SYSCALL_H
#define _ASM_SYSCALL_H
static inline int syscall_get_arch(struct task_struct *task) { return 0; }
#endif
