// SPDX-License-Identifier: GPL-2.0-or-later
//
// Callbacks and what must hold of them: each is invoked once, not before the readers of its time
// have ended, and in the end all are.
#include "core/linux/work/marks.h"
#include "core/linux/work/where.h"
#include "core/linux/work/work.h"

#include <linux/cpu.h>
#include <linux/slab.h>
#include <linux/string.h>

#define MAX_CALLBACKS	256
#define MAX_COOKIES	NR_CPUS

/* Posted: call_rcu() has returned. */
enum state { POSTING = 1, POSTED, INVOKED };

struct tracked {
	struct rcu_head head;
	struct readers readers;
	struct asked_period period;
	unsigned int number;
	bool posts_another;
};

static unsigned char states[MAX_CALLBACKS];
static bool lazy[MAX_CALLBACKS];	/* may wait for seconds */
static struct rcu_head *heads[MAX_CALLBACKS];
static unsigned int count, outstanding;
static unsigned int waiting;	/* operations in a wait for a grace period */
static unsigned long has_done[MAX_CALLBACKS];	/* a mark: its function has come to its end */
struct period_marks rcu_periods;

unsigned int callbacks_outstanding(void)
{
	return outstanding;
}

unsigned int callbacks_invoked(void)
{
	unsigned int i, sum = 0;

	for (i = 0; i < count; i++)
		sum += states[i] == INVOKED;
	return sum;
}

static void check_readers(const struct readers *readers, const char *what)
{
	if (reader_left(readers) >= 0)
		fail("callback_too_early", machine_here(),
		     "%s although a reader that began before has not ended", what);
}

static bool post(unsigned int how);

static void invoked(struct rcu_head *head)
{
	struct tracked *tracked = container_of(head, struct tracked, head);
	bool posts_another = tracked->posts_another;

	check_watching("a callback");
	if (states[tracked->number] == INVOKED)
		fail("callback_twice", machine_here(), "a callback is invoked a second time");
	states[tracked->number] = INVOKED;
	outstanding--;
	check_readers(&tracked->readers, "a callback is invoked");
	period_is_over(&rcu_periods, tracked->period);
	leave_mark(&has_done[tracked->number], 1);
	kfree(tracked);
	if (posts_another)
		post(0);
}

static bool is_lazy(struct rcu_head *head)
{
	return head->func == invoked && lazy[container_of(head, struct tracked, head)->number];
}

void check_lazy_callbacks(void)
{
	const char *wrong;

	machine_looks_on = true;
	wrong = lazy_callbacks_are_wrong(is_lazy);
	machine_looks_on = false;
	if (wrong)
		fail("invariant", machine_here(), "%s", wrong);
}

static bool is_posted(unsigned int number)
{
	check_lazy_callbacks();
	if (states[number] == POSTING)
		states[number] = POSTED;
	return true;
}

static bool post(unsigned int how)
{
	struct tracked *tracked;
	unsigned int number;

	if (count == MAX_CALLBACKS)
		return false;
	tracked = kmalloc(sizeof(*tracked), GFP_ATOMIC);
	if (!tracked)
		return false;
	tracked->number = count++;
	tracked->posts_another = how == 2;
	number = tracked->number;
	states[number] = POSTING;
	heads[number] = &tracked->head;
	lazy[number] = IS_ENABLED(CONFIG_RCU_LAZY) && how != 1;
	outstanding++;
	readers_open_now(&tracked->readers);
	tracked->period = period_is_asked_for(&rcu_periods);
#ifdef CONFIG_RCU_LAZY
	if (how == 1) {
		call_rcu_hurry(&tracked->head, invoked);
		return is_posted(number);
	}
#endif
	call_rcu(&tracked->head, invoked);
	return is_posted(number);
}

bool do_call_rcu(unsigned int how, unsigned int unused)
{
	return post(how);
}

bool do_burst(unsigned int times, unsigned int unused)
{
	unsigned int i;

	for (i = 0; i < 8 * times; i++)
		if (!post(0))
			break;
	return i != 0;
}

void judge_stranded(const char *where)
{
	judged("stranded_callback", machine_here(), "a callback is never invoked: it is %s", where);
}

static void judge_cookies(void);

void judge_callbacks(bool lazy_too)
{
	unsigned int i;

	for (i = 0; i < count; i++)
		if (states[i] && states[i] != INVOKED && (lazy_too || !lazy[i])) {
			judge_stranded(where_callback_is(heads[i]));
			return;
		}
	judge_cookies();
	if (tick_is_kept_in_vain())
		judged("invariant", machine_here(), "%s", tick_is_kept_in_vain());
}

static bool prompt_outstanding(void)
{
	unsigned int i;

	for (i = 0; i < count; i++)
		if (states[i] == POSTED && !lazy[i])
			return true;
	return false;
}

/* All CPUs have slept for so long, with no interrupt under way. */
void machine_was_quiet(unsigned long ticks)
{
	struct readers readers;

	if (ticks <= LONG_SLEEP)
		return;
	if (srcu_waits() || tasks_rcu_waits())
		fail("latency_exceeded", machine_here(), "%s, and all CPUs sleep for %lu jiffies",
		     srcu_waits() ? srcu_waits() : tasks_rcu_waits(), ticks);
	if (!waiting && !prompt_outstanding())
		return;
	readers_open_now(&readers);
	if (reader_left(&readers) < 0)
		fail("latency_exceeded", machine_here(), "%s, and all CPUs sleep for %lu jiffies", waiting ?
		     "somebody waits for a grace period" : "a callback that is not lazy waits", ticks);
}

void judge_quiet_kernel(void)
{
	struct readers readers;
	unsigned int i;

	readers_open_now(&readers);
	if (reader_left(&readers) >= 0)
		return;
	for (i = 0; i < count; i++)
		if (states[i] == POSTED && !lazy[i])
			fail("stranded_callback", machine_here(),
			     "a callback waits while a CPU stays in the kernel and nothing else happens: "
			     "it is %s", where_callback_is(heads[i]));
}

/* --- waiting for grace periods ------------------------------------------------------------ */

bool may_sleep_here(void)
{
	return !reader_open_here() && !irqs_disabled() && !in_interrupt();
}

void wait_for_readers(bool expedited)
{
	struct asked_period period = period_is_asked_for(&rcu_periods);
	struct readers readers;

	readers_open_now(&readers);
	waiting++;
	if (expedited)
		synchronize_rcu_expedited();
	else
		synchronize_rcu();
	waiting--;
	check_readers(&readers, "synchronize_rcu() returns");
	period_is_over(&rcu_periods, period);
}

bool do_synchronize_rcu(unsigned int how, unsigned int unused)
{
	if (!may_sleep_here())
		return false;
	wait_for_readers(how);
	return true;
}

bool do_rcu_barrier(unsigned int unused, unsigned int unused2)
{
	unsigned char before[MAX_CALLBACKS];
	unsigned int i;

	if (!may_sleep_here())
		return false;
	memcpy(before, states, sizeof(before));
	waiting++;
	rcu_barrier();
	waiting--;
	for (i = 0; i < MAX_CALLBACKS; i++)
		if (before[i] == POSTED && states[i] == POSTED)
			fail("barrier_too_short", machine_here(),
			     "rcu_barrier() returns before a callback that was posted earlier has run");
	for (i = 0; i < MAX_CALLBACKS; i++)
		if (before[i] == POSTED && !see_mark(&has_done[i]))
			fail("barrier_too_short", machine_here(),
			     "who returns from rcu_barrier() does not see what a callback has done");
	return true;
}

/* --- cookies ------------------------------------------------------------------------------ */

static struct cookie {
	bool taken, full, started;
	unsigned long state;
	struct rcu_gp_oldstate full_state;
	struct readers readers;
} cookies[MAX_COOKIES];

/* Kept when it is complete: an interrupt may take another one in the middle. */
bool do_get_state(unsigned int how, unsigned int unused)
{
	struct cookie cookie = { .taken = true, .full = how >= 2, .started = how & 1 };

	readers_open_now(&cookie.readers);
	if (how == 0)
		cookie.state = get_state_synchronize_rcu();
	else if (how == 1)
		cookie.state = start_poll_synchronize_rcu();
	else if (how == 2)
		get_state_synchronize_rcu_full(&cookie.full_state);
	else
		start_poll_synchronize_rcu_full(&cookie.full_state);
	cookies[raw_smp_processor_id()] = cookie;
	return true;
}

static void judge_cookies(void)
{
	unsigned int cpu;

	for (cpu = 0; cpu < nr_cpu_ids; cpu++) {
		const struct cookie *cookie = &cookies[cpu];

		if (cookie->taken && cookie->started && cookie->full &&
		    !polled_period_is_over(&cookie->full_state))
			judged("stranded_callback", machine_here(),
			       "a grace period that was asked for never ends");
	}
}

bool do_poll_state(unsigned int unused, unsigned int unused2)
{
	struct cookie cookie = cookies[raw_smp_processor_id()];
	bool over;

	if (!cookie.taken)
		return false;
	over = cookie.full ? poll_state_synchronize_rcu_full(&cookie.full_state) :
			     poll_state_synchronize_rcu(cookie.state);
	if (over)
		check_readers(&cookie.readers, "a cookie's grace period is said to be over");
	return true;
}

bool do_cond_synchronize(unsigned int unused, unsigned int unused2)
{
	struct cookie cookie = cookies[raw_smp_processor_id()];

	if (!cookie.taken || !may_sleep_here())
		return false;
	waiting++;
	if (cookie.full)
		cond_synchronize_rcu_full(&cookie.full_state);
	else
		cond_synchronize_rcu(cookie.state);
	waiting--;
	check_readers(&cookie.readers, "cond_synchronize_rcu() returns");
	return true;
}

/* A full cookie does not miss a period. No CPU comes or goes meanwhile, as in rcutorture. */
bool do_synchronize_and_poll(unsigned int how, unsigned int unused)
{
	struct rcu_gp_oldstate cookie;

	if (!may_sleep_here())
		return false;
	cpus_read_lock();
	get_state_synchronize_rcu_full(&cookie);
	do_synchronize_rcu(how, 0);
	if (!poll_state_synchronize_rcu_full(&cookie))
		fail("invariant", machine_here(), "a full cookie's grace period is not over after one that "
		     "began later");
	cpus_read_unlock();
	return true;
}

/* --- time passes -------------------------------------------------------------------------- */

bool do_sleep(unsigned int ticks, unsigned int unused)
{
	if (!may_sleep_here())
		return false;
	schedule_timeout_uninterruptible(ticks);
	return true;
}

static void poll_in_kernel(unsigned long ticks)
{
	unsigned long end = jiffies + ticks;

	while (time_before(jiffies, end)) {
		if (may_sleep_here())
			cond_resched();
		cpu_relax();
	}
}

bool do_spin(unsigned int ticks, unsigned int how)
{
	if (irqs_disabled())
		return false;
	if (how)
		poll_in_kernel(ticks);
	else
		compute_in_kernel_until(jiffies + ticks);
	return true;
}

/*
 * User mode: a tick that comes then is a quiescent state, and so is what preempts. Nobody goes
 * there with a lock or as a reader.
 */
bool do_user(unsigned int ticks, unsigned int unused)
{
	if (!holds_nothing())
		return false;
	leaves_trampoline(current);
	run_in_user_mode(ticks);
	return true;
}

bool do_cond_resched(unsigned int unused, unsigned int unused2)
{
	if (!may_sleep_here())
		return false;
	cond_resched();
	return true;
}
