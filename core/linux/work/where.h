/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RCUFUZZ_LINUX_WORK_WHERE_H
#define RCUFUZZ_LINUX_WORK_WHERE_H

#include <linux/types.h>

/*
 * When a run is over: "in the segment wait, whose grace period is over, of a CPU that ...". Valid
 * until the next call.
 */
const char *where_callback_is(struct rcu_head *head);
/* The same of the first callback of anybody that is left; NULL: there is none. */
const char *where_a_callback_is_left(void);

#endif
