// SPDX-License-Identifier: GPL-2.0-or-later
//
// The kernel's own waiting, which is written to be included into one file of its scheduler.
#include <linux/completion.h>
#include <linux/hashtable.h>
#include <linux/kthread.h>
#include <linux/poll.h>
#include <linux/sched/debug.h>
#include <linux/sched/isolation.h>
#include <linux/sched/nohz.h>
#include <linux/sched/signal.h>
#include <linux/swait.h>
#include <linux/wait_bit.h>

#include <kernel/sched/sched.h>

#include <kernel/sched/swait.c>
#include <kernel/sched/completion.c>
#include <kernel/sched/wait.c>
#include <kernel/sched/wait_bit.c>
