/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Locks that sleep, of several kinds, as those who contend for them see them. */
#ifndef RCUFUZZ_LINUX_WORK_LOCKS_H
#define RCUFUZZ_LINUX_WORK_LOCKS_H

#include "core/linux/work/work.h"

/* In the order in which tasks may wait for them; the last comes after SRCU's structures. */
enum lock_kind { MUTEX, RWSEM, PERCPU_RWSEM, LAST_MUTEX, LOCKS };

enum lock_how { LOCK_WRITE, LOCK_READ, TRY_WRITE, TRY_READ };

static inline bool only_tries(enum lock_how how)
{
	return how >= TRY_WRITE;
}

/* False: it does not have it, as it was not to be had or the task was killed. */
bool take_lock(enum lock_kind kind, enum lock_how how, bool killable);
void release_lock(enum lock_kind kind, bool writes);
/* The kinds for which reading is writing have one holder at most. */
bool is_writing(enum lock_kind kind, enum lock_how how);

void judge_lockers(void);
bool lockers_rest(void);

#endif
