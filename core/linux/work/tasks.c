// SPDX-License-Identifier: GPL-2.0-or-later
//
// The flavours of Tasks RCU, each with its readers: a task is one of the classic flavour's while it
// is in a trampoline, and leaves that by a switch that it wants; those of the tracing flavour say
// when they begin and end, and may sleep; those of the rude one are where no task is switched.
// Callbacks of each: once, not before such readers have ended, and in the end.
#include "core/linux/work/tasks.h"
#include "core/linux/work/work.h"

#ifdef CONFIG_TASKS_RCU_GENERIC

#include <linux/rcupdate_trace.h>
#include <linux/slab.h>
#include <linux/string.h>

#define MAX_TASKS_CALLBACKS	96
#define MAX_NESTED		4

static const char *const names[FLAVORS] = { "RCU Tasks", "RCU Tasks Trace", "RCU Tasks Rude" };

/* --- readers ------------------------------------------------------------------------------ */

static struct readers in_trampoline, tracing;
static struct task_struct *tasks[MAX_READERS];	/* by slot of in_trampoline */
static unsigned int nested[NR_CPUS][MAX_NESTED], depth[NR_CPUS];

static struct readers *open_readers(enum flavor flavor)
{
	return flavor == CLASSIC ? &in_trampoline :
	       flavor == TRACING ? &tracing : &unswitched_readers;
}

static void check_readers(enum flavor flavor, const struct readers *then, const char *what)
{
	if (first_left(then, open_readers(flavor)) >= 0)
		fail("callback_too_early", machine_here(),
		     "%s of %s %s although a reader that began before has not ended",
		     what, names[flavor], what[0] == 'a' ? "is invoked" : "is over");
}

static int slot_of(const struct task_struct *task)
{
	unsigned int slot;

	for (slot = 0; slot < MAX_READERS; slot++)
		if (in_trampoline.serial[slot] && tasks[slot] == task)
			return slot;
	return -1;
}

/* The runtime's, at each switch that a task wants. */
void leaves_trampoline(struct task_struct *task)
{
	int slot = slot_of(task);

	if (slot >= 0)
		forget_reader(&in_trampoline, slot);
}

void enter_trampoline(void)
{
	unsigned int slot;

	if (slot_of(current) >= 0)
		return;
	slot = note_reader(&in_trampoline);
	if (slot < MAX_READERS)
		tasks[slot] = current;
}

bool do_trampoline(unsigned int jiffies_there, unsigned int stays)
{
	enter_trampoline();
	if (jiffies_there && !irqs_disabled())
		compute_in_kernel_until(jiffies + jiffies_there);
	else
		kernel_point(&in_trampoline, MACHINE_READ);
	if (!stays)
		leaves_trampoline(current);
	return true;
}

static bool short_reader(void)
{
	unsigned int slot;
	int i;

	rcu_read_lock_trace();
	slot = note_reader(&tracing);
	for (i = 0; i < 3; i++)
		kernel_point(&tracing, MACHINE_READ);
	forget_reader(&tracing, slot);
	rcu_read_unlock_trace();
	return true;
}

bool do_trace_read_lock(unsigned int unused, unsigned int unused2)
{
	unsigned int cpu = raw_smp_processor_id();

	if (in_hardirq() || in_serving_softirq())
		return short_reader();
	if (depth[cpu] == MAX_NESTED)
		return false;
	rcu_read_lock_trace();
	nested[cpu][depth[cpu]++] = note_reader(&tracing);
	holds(RANK_TRACING);
	return true;
}

bool do_trace_read_unlock(unsigned int unused, unsigned int unused2)
{
	unsigned int cpu = raw_smp_processor_id();

	if (!depth[cpu] || in_hardirq() || in_serving_softirq())
		return false;
	forget_reader(&tracing, nested[cpu][--depth[cpu]]);
	rcu_read_unlock_trace();
	holds_no_longer(RANK_TRACING);
	return true;
}

void close_trace_readers(void)
{
	while (do_trace_read_unlock(0, 0))
		;
	leaves_trampoline(current);
}

/* --- callbacks ---------------------------------------------------------------------------- */

enum state { POSTING = 1, POSTED, INVOKED };

struct tracked {
	struct rcu_head head;
	struct readers readers;
	enum flavor flavor;
	unsigned int number;
	bool posts_another;
};

static unsigned char states[MAX_TASKS_CALLBACKS];
static enum flavor flavors[MAX_TASKS_CALLBACKS];
static unsigned int count, waiting[FLAVORS];

static bool post(enum flavor flavor, bool posts_another);

static void invoked(struct rcu_head *head)
{
	struct tracked *tracked = container_of(head, struct tracked, head);
	enum flavor flavor = tracked->flavor;
	bool posts_another = tracked->posts_another;

	tell_runs("work_tasks_callback", 0);
	if (states[tracked->number] == INVOKED)
		fail("callback_twice", machine_here(), "a callback of %s is invoked a second time",
		     names[flavor]);
	states[tracked->number] = INVOKED;
	check_readers(flavor, &tracked->readers, "a callback");
	kfree(tracked);
	if (posts_another)
		post(flavor, false);
}

static bool has_callbacks(enum flavor flavor)
{
	return flavor != RUDE || RUDE_HAS_CALLBACKS;
}

static void call(enum flavor flavor, struct rcu_head *head)
{
	if (flavor == CLASSIC)
		call_rcu_tasks(head, invoked);
	else if (flavor == TRACING)
		call_rcu_tasks_trace(head, invoked);
#if RUDE_HAS_CALLBACKS
	else
		call_rcu_tasks_rude(head, invoked);
#endif
}

static bool post(enum flavor flavor, bool posts_another)
{
	struct tracked *tracked;
	unsigned int number;

	if (!has_callbacks(flavor) || count == MAX_TASKS_CALLBACKS)
		return false;
	tracked = kmalloc(sizeof(*tracked), GFP_ATOMIC);
	if (!tracked)
		return false;
	number = count++;
	tracked->number = number;
	tracked->flavor = flavor;
	tracked->posts_another = posts_another;
	states[number] = POSTING;
	flavors[number] = flavor;
	tracked->readers = *open_readers(flavor);
	call(flavor, &tracked->head);
	if (states[number] == POSTING)
		states[number] = POSTED;
	return true;
}

bool do_tasks_call_rcu(unsigned int flavor, unsigned int how)
{
	unsigned int times = how == 2 ? 8 : 1;
	bool done = false;

	while (times-- && post(flavor, how == 1))
		done = true;
	return done;
}

/* --- waiting ------------------------------------------------------------------------------ */

/* Who waits for readers of a flavour is none himself; who sleeps leaves a trampoline. */
static bool may_wait(enum flavor flavor)
{
	return flavor == TRACING ? may_wait_for(RANK_TRACING) : may_sleep_here();
}

bool do_tasks_synchronize_rcu(unsigned int flavor, unsigned int unused)
{
	struct readers readers;

	if (!may_wait(flavor))
		return false;
	leaves_trampoline(current);
	readers = *open_readers(flavor);
	waiting[flavor]++;
	if (flavor == CLASSIC)
		synchronize_rcu_tasks();
	else if (flavor == TRACING)
		synchronize_rcu_tasks_trace();
	else
		synchronize_rcu_tasks_rude();
	waiting[flavor]--;
	check_readers(flavor, &readers, "the grace period");
	return true;
}

static void barrier_of(enum flavor flavor)
{
	if (flavor == CLASSIC)
		rcu_barrier_tasks();
	else if (flavor == TRACING)
		rcu_barrier_tasks_trace();
#if RUDE_HAS_CALLBACKS
	else
		rcu_barrier_tasks_rude();
#endif
}

bool do_tasks_rcu_barrier(unsigned int flavor, unsigned int unused)
{
	unsigned char before[MAX_TASKS_CALLBACKS];
	unsigned int i;

	if (!may_wait(flavor) || !has_callbacks(flavor))
		return false;
	leaves_trampoline(current);
	memcpy(before, states, sizeof(before));
	waiting[flavor]++;
	barrier_of(flavor);
	waiting[flavor]--;
	for (i = 0; i < count; i++)
		if (flavors[i] == flavor && before[i] == POSTED && states[i] == POSTED)
			fail("barrier_too_short", machine_here(),
			     "a barrier of %s returns before a callback that was posted earlier has run",
			     names[flavor]);
	return true;
}

/* --- in the end --------------------------------------------------------------------------- */

static bool any_open(enum flavor flavor)
{
	return first_left(open_readers(flavor), open_readers(flavor)) >= 0;
}

const char *tasks_rcu_waits(void)
{
	unsigned int i;

	for (i = 0; i < FLAVORS; i++)
		if (waiting[i] && !any_open(i))
			return "somebody waits for a grace period of Tasks RCU";
	for (i = 0; i < count; i++)
		if (states[i] == POSTED && !any_open(flavors[i]))
			return "a callback of Tasks RCU waits";
	return NULL;
}

void judge_tasks_rcu(void)
{
	unsigned int i;

	for (i = 0; i < count; i++)
		if ((states[i] == POSTING || states[i] == POSTED) && !any_open(flavors[i])) {
			judged("stranded_callback", machine_here(),
			       "a callback of %s is never invoked: its grace-period thread is in state %s",
			       names[flavors[i]], state_of_tasks_rcu(flavors[i]));
			return;
		}
}

#else

bool do_trampoline(unsigned int a, unsigned int b) { return false; }
bool do_trace_read_lock(unsigned int a, unsigned int b) { return false; }
bool do_trace_read_unlock(unsigned int a, unsigned int b) { return false; }
bool do_tasks_call_rcu(unsigned int a, unsigned int b) { return false; }
bool do_tasks_synchronize_rcu(unsigned int a, unsigned int b) { return false; }
bool do_tasks_rcu_barrier(unsigned int a, unsigned int b) { return false; }
void leaves_trampoline(struct task_struct *task) { }
void enter_trampoline(void) { }
void close_trace_readers(void) { }
const char *tasks_rcu_waits(void) { return NULL; }
void judge_tasks_rcu(void) { }

#endif
