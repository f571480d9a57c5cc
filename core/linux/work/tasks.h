/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The flavours of Tasks RCU, and what only the kernel's own file knows of them. */
#ifndef RCUFUZZ_LINUX_WORK_TASKS_H
#define RCUFUZZ_LINUX_WORK_TASKS_H

#include <linux/version.h>

enum flavor { CLASSIC, TRACING, RUDE, FLAVORS };

/* Since v6.12 the rude flavour can only be waited for. */
#define RUDE_HAS_CALLBACKS (LINUX_VERSION_CODE < KERNEL_VERSION(6, 12, 0))

/* In what its grace-period thread is, in the kernel's word; plainly. */
const char *state_of_tasks_rcu(enum flavor flavor);

#endif
