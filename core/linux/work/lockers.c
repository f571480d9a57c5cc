// SPDX-License-Identifier: GPL-2.0-or-later
//
// Tasks that take a lock when an operation asks for it, stay with it for a while, and give it back;
// so more than one task of a CPU contends. They hold one lock at a time. Those that wait so that
// they may be killed are, by an operation.
#include "core/linux/work/locks.h"

#include <linux/kthread.h>
#include <linux/sched/signal.h>

#define LOCKERS 2

static struct locker {
	struct task_struct *task;
	unsigned int kind, how;
	bool asked, killable;
} lockers[LOCKERS];

/* Some stay for a few steps, and some sleep. */
static void stay(unsigned int how)
{
	unsigned int i;

	for (i = 0; i < 4; i++)
		kernel_point(lockers, MACHINE_READ);
	if (how & 1)
		schedule_timeout_uninterruptible(2);
}

static void survive(void)
{
	sigdelset(&current->pending.signal, SIGKILL);
	clear_tsk_thread_flag(current, TIF_SIGPENDING);
}

static void serve(struct locker *self)
{
	if (take_lock(self->kind, self->how, self->killable)) {
		stay(self->kind ^ self->how);
		release_lock(self->kind, is_writing(self->kind, self->how));
	}
	survive();
	self->asked = false;
}

static int locker_main(void *arg)
{
	struct locker *self = arg;

	for (;;) {
		set_current_state(TASK_UNINTERRUPTIBLE);
		if (!self->asked) {
			schedule();
			continue;
		}
		__set_current_state(TASK_RUNNING);
		serve(self);
	}
	return 0;
}

/* Bit 0 of n says which locker, bit 1 that it reads, bit 2 that it may be killed meanwhile. */
bool do_locker(unsigned int n, unsigned int kind)
{
	struct locker *locker = &lockers[n % LOCKERS];

	if (locker->asked)
		return false;
	locker->kind = kind;
	locker->how = n / LOCKERS % 2 ? LOCK_READ : LOCK_WRITE;
	locker->killable = n / LOCKERS / 2;
	locker->asked = true;
	wake_up_process(locker->task);
	return true;
}

/* As a signal from elsewhere arrives. */
bool do_kill_locker(unsigned int n, unsigned int unused)
{
	struct locker *locker = &lockers[n % LOCKERS];

	if (!locker->asked || !locker->killable)
		return false;
	sigaddset(&locker->task->pending.signal, SIGKILL);
	set_tsk_thread_flag(locker->task, TIF_SIGPENDING);
	wake_up_state(locker->task, TASK_INTERRUPTIBLE | TASK_WAKEKILL);
	return true;
}

/* What another holds for ever is a find of him who holds it. */
void judge_lockers(void)
{
	unsigned int i;

	for (i = 0; i < LOCKERS; i++)
		if (lockers[i].asked) {
			judge_waiting("a task never gets a lock");
			return;
		}
}

bool lockers_rest(void)
{
	unsigned int i;

	for (i = 0; i < LOCKERS; i++)
		if (lockers[i].asked)
			return false;
	return true;
}

void prepare_lockers(void)
{
	unsigned int i;

	for (i = 0; i < LOCKERS; i++) {
		lockers[i].task = kthread_create_on_node(locker_main, &lockers[i], -1, "locker/%u",
							 i);
		wake_up_process(lockers[i].task);
	}
}
