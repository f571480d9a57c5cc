// SPDX-License-Identifier: GPL-2.0-or-later
//
// Kernel threads: work of a kthread_worker runs once it is queued, is over when a flush returns,
// and is not under way when a cancel does; a parked thread stays where it is until it is unparked,
// and goes on then; one that is stopped says what it returned.
#include "core/linux/work/work.h"

#include <linux/cpu.h>
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/timer.h>

#define WORKS		3	/* the last is delayed work */
#define DELAYED		(WORKS - 1)
#define MAX_STOPPED	6
#define RESULT		7

enum work_how { QUEUE, FLUSH, CANCEL, MOVE };

static struct kthread_worker *worker;

static struct own_work {
	struct kthread_delayed_work delayed;
	unsigned int queued, inserted, ran;	/* serial numbers */
	bool runs, busy;
} works[WORKS];

static void work_runs(struct kthread_work *work)
{
	struct own_work *own = container_of(work, struct own_work, delayed.work);
	int i;

	tell_runs("work_kthread_work", own - works);
	if (own->runs)
		fail("callback_twice", machine_here(), "a work runs twice at the same time");
	own->runs = true;
	own->ran = own->queued;
	for (i = 0; i < 3; i++)
		kernel_point(own, MACHINE_READ);
	own->runs = false;
}

static bool queue(struct own_work *own)
{
	unsigned int serial = ++own->queued;

	if (own == &works[DELAYED])
		kthread_queue_delayed_work(worker, &own->delayed, 2);
	else
		kthread_queue_work(worker, &own->delayed.work);
	own->inserted = max(own->inserted, serial);
	return true;
}

static void flush(struct own_work *own)
{
	unsigned int before = own->inserted;

	if (own == &works[DELAYED]) {
		kthread_flush_worker(worker);
		return;
	}
	kthread_flush_work(&own->delayed.work);
	if (own->ran < before)
		fail("lost_call", machine_here(), "a flush returns before the work has run");
}

static void cancel(struct own_work *own)
{
	unsigned int before = own->queued;

	if (own == &works[DELAYED])
		kthread_cancel_delayed_work_sync(&own->delayed);
	else
		kthread_cancel_work_sync(&own->delayed.work);
	if (own->runs && own->queued == before)
		fail("invariant", machine_here(), "a work runs although it has been cancelled");
	own->ran = own->queued;
}

bool do_kthread_work(unsigned int n, unsigned int how)
{
	struct own_work *own = &works[n];
	bool may_sleep = may_sleep_here();

	if (how == QUEUE)
		return queue(own);
	if (how == MOVE && n == DELAYED) {
		++own->queued;
		kthread_mod_delayed_work(worker, &own->delayed, 1);
		return true;
	}
	if (!may_sleep || own->busy || how == MOVE)
		return false;
	own->busy = true;
	turn_begins();
	if (how == FLUSH)
		flush(own);
	else
		cancel(own);
	turn_ends();
	own->busy = false;
	return true;
}

/* --- a thread that is parked -------------------------------------------------------------- */

static struct task_struct *parkee;
static bool parked, changing, kicked;

static int parkee_main(void *unused)
{
	for (;;) {
		if (kthread_should_park())
			kthread_parkme();
		if (parked)
			fail("invariant", machine_here(), "a thread runs although it is parked");
		set_current_state(TASK_INTERRUPTIBLE);
		if (!kicked && !kthread_should_park())
			schedule();
		__set_current_state(TASK_RUNNING);
		kicked = false;
	}
	return 0;
}

bool do_kthread_park(unsigned int unparks, unsigned int unused)
{
	if (!may_sleep_here() || changing || parked != unparks)
		return false;
	changing = true;
	turn_begins();
	if (unparks) {
		parked = false;
		kthread_unpark(parkee);
		kicked = true;
		wake_up_process(parkee);
	} else {
		parked = kthread_park(parkee) == 0;
	}
	turn_ends();
	changing = false;
	return true;
}

/* --- one that is stopped ------------------------------------------------------------------ */

static unsigned int stopped;

static int stoppee_main(void *ran)
{
	*(bool *)ran = true;
	while (!kthread_should_stop()) {
		set_current_state(TASK_INTERRUPTIBLE);
		if (!kthread_should_stop())
			schedule();
		__set_current_state(TASK_RUNNING);
	}
	enter_trampoline();
	return RESULT;
}

/* One that belongs to this CPU, as a driver may have it. */
static struct task_struct *create_bound(bool *ran)
{
	unsigned int cpu = raw_smp_processor_id();
	struct task_struct *task = kthread_create_on_cpu(stoppee_main, ran, cpu, "stoppee/%u");

	if (IS_ERR(task))
		return task;
	kthread_set_per_cpu(task, cpu);
	wake_up_process(task);
	return task;
}

/* One that has not begun yet never does. */
static bool create_and_stop(bool bound)
{
	bool ran = false;
	struct task_struct *task = bound ? create_bound(&ran) :
					   kthread_run(stoppee_main, &ran, "stoppee");
	int result;

	if (IS_ERR(task))
		return false;
	result = kthread_stop(task);
	if (result != (ran ? RESULT : -EINTR))
		fail("wrong_data", machine_here(), "a thread that is stopped returns something else");
	return true;
}

bool do_kthread_stop(unsigned int bound, unsigned int unused)
{
	bool done;

	if (!may_sleep_here() || stopped == MAX_STOPPED)
		return false;
	stopped++;
	cpus_read_lock();
	done = create_and_stop(bound);
	cpus_read_unlock();
	return done;
}

/* --- at the end --------------------------------------------------------------------------- */

void judge_kthreads(void)
{
	unsigned int n;

	for (n = 0; n < WORKS; n++)
		if (works[n].ran != works[n].queued && !works[n].busy) {
			judged("lost_call", machine_here(), "a work of a kthread_worker never runs");
			return;
		}
	if (kicked && !parked && !changing)
		judged("lost_call", machine_here(), "a thread that is unparked does not go on");
}

/* At boot, after all other threads: their numbers are in plans. */
void start_late_workload_threads(void)
{
	unsigned int n;

	for (n = 0; n < WORKS; n++)
		kthread_init_delayed_work(&works[n].delayed, work_runs);
	worker = kthread_create_worker(0, "worker");
	parkee = kthread_run(parkee_main, NULL, "parkee");
}
