// SPDX-License-Identifier: GPL-2.0-or-later
//
// One total order: a counter says which step is next. Whoever comes to his step waits until it is
// his turn. If somebody waits too long, everybody is let go, and the answer is that this order
// cannot be had, or that a place was not reached.
#include "core/linux/confirm/confirm.h"

#include <linux/delay.h>
#include <linux/timekeeping.h>

struct step {
	enum step_kind kind;
	unsigned int number, settle;
};

static struct step steps[MAX_STEPS];
static unsigned int count;
static atomic_t next = ATOMIC_INIT(0);
static atomic_t given_up = ATOMIC_INIT(0);
static const char *missed;
static unsigned int stuck_at = MAX_STEPS, stuck_for;
unsigned int order_patience = 8000;

static const char *const words[] = { "begin", "end", "arrive", "leave" };

bool order_add(enum step_kind kind, unsigned int number, unsigned int settle)
{
	if (count == MAX_STEPS)
		return false;
	steps[count++] = (struct step){ kind, number, settle };
	return true;
}

static unsigned int find(enum step_kind kind, unsigned int number)
{
	unsigned int i;

	for (i = 0; i < count; i++)
		if (steps[i].kind == kind && steps[i].number == number)
			break;
	return i;
}

bool order_is_next(enum step_kind kind, unsigned int number)
{
	return atomic_read(&next) == find(kind, number) && !atomic_read(&given_up);
}

#define SPIN_US 20

/* Who spins may be the one whose tick moves the clock: his time is that of his own loops. */
static u64 spin(void)
{
	udelay(SPIN_US);
	return SPIN_US * 1000;
}

static void pause_ms(unsigned int ms, bool may_sleep)
{
	u64 spent = 0;

	if (may_sleep) {
		msleep(ms);
		return;
	}
	while (spent < ms * 1000000ull && !atomic_read(&given_up))
		spent += spin();
}

static void give_up(unsigned int awaited, unsigned int waits, const char *why)
{
	if (atomic_cmpxchg(&given_up, 0, 1))
		return;
	stuck_at = awaited;
	stuck_for = waits;
	missed = why;
}

void order_come(enum step_kind kind, unsigned int number, bool may_sleep)
{
	unsigned int own = find(kind, number);
	u64 start = ktime_get_mono_fast_ns(), spent = 0, patience = order_patience * 1000000ull;

	if (own == count)
		return;
	while (atomic_read_acquire(&next) < own && !atomic_read(&given_up)) {
		if (max(spent, ktime_get_mono_fast_ns() - start) > patience)
			give_up(atomic_read(&next), own, NULL);
		if (may_sleep)
			usleep_range(50, 200);
		else
			spent += spin();
	}
	if (steps[own].settle && !atomic_read(&given_up))
		pause_ms(steps[own].settle, may_sleep);
	/* Who was let go is no step that was made. */
	if (!atomic_read(&given_up))
		atomic_set_release(&next, own + 1);
}

/* As before the run. Nobody of the last one is under way any more. */
void order_reset(void)
{
	atomic_set(&next, 0);
	atomic_set(&given_up, 0);
	missed = NULL;
	stuck_at = stuck_for = MAX_STEPS;
}

void order_missed(enum step_kind kind, unsigned int number, const char *why)
{
	unsigned int step = find(kind, number);

	if (step < count && atomic_read(&next) <= step)
		give_up(step, step, why);
}

static void tell_step(const char *what, unsigned int step)
{
	pr_info("rcufuzz: %s step %u: %s %u\n", what, step, words[steps[step].kind],
		steps[step].number);
}

bool order_gave_up(void)
{
	return atomic_read(&given_up);
}

void order_tell(void)
{
	pr_info("rcufuzz: order %u of %u steps\n", atomic_read(&next), count);
	if (stuck_at >= count)
		return;
	tell_step(missed ? "missed" : "awaited", stuck_at);
	if (missed)
		pr_info("rcufuzz: why: %s\n", missed);
	else if (stuck_for < count)
		tell_step("waited for by", stuck_for);
}
