// SPDX-License-Identifier: GPL-2.0-or-later
//
// What updaters of SRCU do: callbacks, each once, not before the readers of its structure have
// ended, and in the end; grace periods to wait for, barriers, cookies.
#include "core/linux/work/srcu.h"
#include "core/linux/work/where.h"

#define MAX_SRCU_CALLBACKS	128

enum how { POST, POST_ANOTHER, REPLACE, BURST };
enum state { POSTING = 1, POSTED, INVOKED };

static unsigned char states[MAX_SRCU_CALLBACKS];
static struct tracked *posted[MAX_SRCU_CALLBACKS];	/* until it is invoked */
static const struct domain *posted_to[MAX_SRCU_CALLBACKS];
static unsigned int count;
static unsigned long has_done[MAX_SRCU_CALLBACKS];	/* a mark: its function has come to its end */

/* --- callbacks ---------------------------------------------------------------------------- */

static bool post(struct domain *domain, struct tracked *tracked);
static struct tracked *new_callback(struct domain *domain);

static void post_another(struct domain *domain)
{
	struct tracked *another = new_callback(domain);

	if (another)
		post(domain, another);
	turn_ends();
	domain->chains--;
}

static void invoked(struct rcu_head *head)
{
	struct tracked *tracked = container_of(head, struct tracked, head);
	struct domain *domain = tracked->domain;
	bool posts_another = tracked->posts_another;

	tell_runs("work_srcu_callback", domain - domains);
	if (states[tracked->number] == INVOKED)
		fail("callback_twice", machine_here(), "an SRCU callback is invoked a second time");
	states[tracked->number] = INVOKED;
	domain->outstanding--;
	check_srcu_readers(domain, &tracked->readers, "an SRCU callback is invoked");
	period_is_over(&domain->periods, tracked->period);
	leave_mark(&has_done[tracked->number], 1);
	kfree(tracked);
	if (posts_another)
		post_another(domain);
}

static struct tracked *new_callback(struct domain *domain)
{
	struct tracked *tracked = kzalloc(sizeof(*tracked), GFP_ATOMIC);

	if (tracked)
		tracked->domain = domain;
	return tracked;
}

static bool post(struct domain *domain, struct tracked *tracked)
{
	unsigned int number = count;

	if (number == MAX_SRCU_CALLBACKS) {
		kfree(tracked);
		return false;
	}
	count++;
	tracked->number = number;
	tracked->readers = domain->open;
	tracked->period = period_is_asked_for(&domain->periods);
	posted[number] = tracked;
	posted_to[number] = domain;
	states[number] = POSTING;
	domain->outstanding++;
	call_srcu(domain->srcu, &tracked->head, invoked);
	if (states[number] == POSTING)
		states[number] = POSTED;
	return true;
}

/* Publishes it; the one before goes when its readers have ended. */
static bool replace(struct domain *domain, struct tracked *tracked)
{
	struct tracked *before;

	tracked->content = 1;
	if (count == MAX_SRCU_CALLBACKS) {
		kfree(tracked);
		return false;
	}
	before = xchg(&domain->published, tracked);
	return !before || post(domain, before);
}

static bool post_one(struct domain *domain, unsigned int how)
{
	struct tracked *tracked = new_callback(domain);

	if (!tracked)
		return false;
	if (how == REPLACE)
		return replace(domain, tracked);
	if (how == POST_ANOTHER) {
		tracked->posts_another = true;
		domain->chains++;
	}
	return post(domain, tracked);
}

bool do_call_srcu(unsigned int n, unsigned int how)
{
	struct domain *domain = use(n);
	unsigned int times = how == BURST ? 8 : 1;
	bool done = false;

	if (!domain)
		return false;
	while (times-- && post_one(domain, how))
		done = true;
	leave(domain);
	return done;
}

/* --- waiting ------------------------------------------------------------------------------ */

bool do_synchronize_srcu(unsigned int n, unsigned int how)
{
	struct asked_period period;
	struct readers readers;
	struct domain *domain;

	if (!may_wait_for(RANK_SRCU + n))
		return false;
	domain = use(n);
	if (!domain)
		return false;
	readers = domain->open;
	period = period_is_asked_for(&domain->periods);
	domain->waiting++;
	if (how)
		synchronize_srcu_expedited(domain->srcu);
	else
		synchronize_srcu(domain->srcu);
	domain->waiting--;
	check_srcu_readers(domain, &readers, "synchronize_srcu() returns");
	period_is_over(&domain->periods, period);
	leave(domain);
	return true;
}

bool do_srcu_barrier(unsigned int n, unsigned int unused)
{
	unsigned char before[MAX_SRCU_CALLBACKS];
	struct domain *domain;
	unsigned int i;

	if (!may_wait_for(RANK_SRCU + n))
		return false;
	domain = use(n);
	if (!domain)
		return false;
	memcpy(before, states, sizeof(before));
	domain->waiting++;
	srcu_barrier(domain->srcu);
	domain->waiting--;
	for (i = 0; i < count; i++)
		if (before[i] == POSTED && states[i] == POSTED && posted[i]->domain == domain)
			fail("barrier_too_short", machine_here(),
			     "srcu_barrier() returns before a callback that was posted earlier has run");
	for (i = 0; i < count; i++)
		if (before[i] == POSTED && posted_to[i] == domain && !see_mark(&has_done[i]))
			fail("barrier_too_short", machine_here(),
			     "who returns from srcu_barrier() does not see what a callback has done");
	leave(domain);
	return true;
}

/* --- cookies ------------------------------------------------------------------------------ */

static struct cookie {
	struct domain *domain;	/* NULL: none was taken */
	unsigned int life;
	unsigned long state;
	struct readers readers;
	bool started;
} cookies[NR_CPUS];

/* Kept when it is complete: an interrupt may take another one in the middle. */
bool do_srcu_get_state(unsigned int n, unsigned int how)
{
	struct domain *domain = use(n);
	struct cookie cookie;

	if (!domain)
		return false;
	cookie.readers = domain->open;
	cookie.started = how;
	if (how) {
		domain->polled = true;
		cookie.state = start_poll_synchronize_srcu(domain->srcu);
	} else {
		cookie.state = get_state_synchronize_srcu(domain->srcu);
	}
	cookie.life = domain->lives;
	cookie.domain = domain;
	cookies[raw_smp_processor_id()] = cookie;
	leave(domain);
	return true;
}

static bool is_valid(const struct cookie *cookie)
{
	const struct domain *domain = cookie->domain;

	return domain && domain->srcu && !domain->changing && cookie->life == domain->lives;
}

bool do_srcu_poll_state(unsigned int unused, unsigned int unused2)
{
	struct cookie cookie = cookies[raw_smp_processor_id()];

	if (!is_valid(&cookie))
		return false;
	cookie.domain->users++;
	if (poll_state_synchronize_srcu(cookie.domain->srcu, cookie.state))
		check_srcu_readers(cookie.domain, &cookie.readers,
			      "the grace period of an SRCU cookie is said to be over");
	leave(cookie.domain);
	return true;
}

/* --- in the end --------------------------------------------------------------------------- */

static bool any_open(const struct domain *domain)
{
	return first_left(&domain->open, &domain->open) >= 0;
}

static bool callback_waits(const struct domain *domain)
{
	unsigned int i;

	for (i = 0; i < count; i++)
		if (states[i] == POSTED && posted[i]->domain == domain)
			return true;
	return false;
}

const char *srcu_waits(void)
{
	unsigned int n;

	for (n = 0; n < SRCU_DOMAINS; n++) {
		if (any_open(&domains[n]))
			continue;
		if (domains[n].waiting)
			return "somebody waits for a grace period of SRCU";
		if (callback_waits(&domains[n]))
			return "an SRCU callback waits";
	}
	return NULL;
}

static void judge_cookies(void)
{
	unsigned int cpu;

	for (cpu = 0; cpu < nr_cpu_ids; cpu++) {
		const struct cookie *cookie = &cookies[cpu];

		if (is_valid(cookie) && cookie->started && !any_open(cookie->domain) &&
		    !srcu_period_is_over(cookie->domain->srcu, cookie->state))
			judged("stranded_callback", machine_here(),
			       "a grace period of SRCU that was asked for never ends");
	}
}

void judge_srcu(void)
{
	unsigned int i;

	judge_handed_readers();
	for (i = 0; i < count; i++)
		if (states[i] == POSTING || states[i] == POSTED) {
			struct domain *domain = posted[i]->domain;

			/* A reader is in an operation that never returns. */
			if (any_open(domain))
				continue;
			judged("stranded_callback", machine_here(),
			       "an SRCU callback is never invoked: it is %s",
			       where_srcu_callback_is(domain->srcu, &posted[i]->head));
			return;
		}
	judge_cookies();
}
