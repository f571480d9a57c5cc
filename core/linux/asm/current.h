/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef _ASM_CURRENT_H
#define _ASM_CURRENT_H

#include <asm/machine.h>

struct task_struct;
extern struct task_struct *acting_task[];	/* by CPU */

#define get_current()	machine_peek(acting_task[machine_this_cpu()])
#define current		get_current()

#endif
