// SPDX-License-Identifier: GPL-2.0-or-later
//
// SRCU: three structures, each with readers, callbacks and cookies of its own. The last is static,
// the others are made where a task uses them first, and taken down when nobody uses them; then they
// are made anew. Readers of the second are such as an NMI may be, those of the others are not.
//
// Readers sleep, and last over several operations. Who waits for a structure's grace period is not
// its reader, nor one of a later structure: see order.c.
#include "core/linux/work/srcu.h"
#include "core/linux/work/where.h"

#include <linux/timer.h>

#define MAX_NESTED		4
#define MAX_LIVES		6
#define NMI_SAFE		1
#define STATIC			(SRCU_DOMAINS - 1)

enum how { READ_HERE, READ_TO_TIMER };

struct domain domains[SRCU_DOMAINS];

DEFINE_STATIC_SRCU(static_srcu);

static enum rank rank_of(const struct domain *domain)
{
	return RANK_SRCU + (domain - domains);
}

/* --- the structures ----------------------------------------------------------------------- */

static bool make(struct domain *domain)
{
	struct srcu_struct *srcu;

	if (domain->lives == MAX_LIVES)
		return false;
	domain->changing = true;
	domain->lives++;
	srcu = kzalloc(sizeof(*srcu), GFP_KERNEL);
	if (srcu && init_srcu_struct(srcu)) {
		kfree(srcu);
		srcu = NULL;
	}
	domain->srcu = srcu;
	turn_ends();
	domain->changing = false;
	return srcu != NULL;
}

/* To ask for the context is a point, so that it comes first. */
struct domain *use(unsigned int n)
{
	struct domain *domain = &domains[n];
	bool may_make = may_sleep_here();

	if (domain->changing || (!domain->srcu && (!may_make || !make(domain))))
		return NULL;
	domain->users++;
	turn_begins();
	return domain;
}

/* As the kernel's rules have it: no readers, no calls any more, and nothing under way. */
bool do_srcu_cleanup(unsigned int n, unsigned int unused)
{
	struct domain *domain = &domains[n];

	if (n == STATIC || !may_wait_for(rank_of(domain)) || !domain->srcu || domain->changing ||
	    domain->users || domain->chains)
		return false;
	domain->changing = true;
	turn_begins();
	if (domain->outstanding)
		srcu_barrier(domain->srcu);
	if (domain->polled)
		synchronize_srcu(domain->srcu);
	cleanup_srcu_struct(domain->srcu);
	kfree(domain->srcu);
	kfree(domain->published);
	domain->srcu = NULL;
	domain->published = NULL;
	domain->polled = false;
	turn_ends();
	domain->changing = false;
	return true;
}

bool do_srcu_grow(unsigned int n, unsigned int unused)
{
	struct domain *domain = use(n);

	if (!domain)
		return false;
	ask_for_big_srcu(domain->srcu);
	leave(domain);
	return true;
}

/* --- readers ------------------------------------------------------------------------------ */

struct reader {
	struct domain *domain;
	struct tracked *found;
	struct seen_periods seen;
	unsigned int slot;
	int index;
};

static struct reader nested[NR_CPUS][MAX_NESTED];
static unsigned int depth[NR_CPUS];

void check_srcu_readers(const struct domain *domain, const struct readers *then,
			const char *what)
{
	if (first_left(then, &domain->open) >= 0)
		fail("callback_too_early", machine_here(),
		     "%s although a reader of the structure that began before has not ended", what);
}

static int lock(struct domain *domain, bool hands_over)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 4, 0)
	if (hands_over)
		return srcu_down_read(domain->srcu);
	if (domain == &domains[NMI_SAFE])
		return srcu_read_lock_nmisafe(domain->srcu);
#endif
	return srcu_read_lock(domain->srcu);
}

static void unlock(struct domain *domain, int index, bool handed_over)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 4, 0)
	if (handed_over) {
		srcu_up_read(domain->srcu, index);
		return;
	}
	if (domain == &domains[NMI_SAFE]) {
		srcu_read_unlock_nmisafe(domain->srcu, index);
		return;
	}
#endif
	srcu_read_unlock(domain->srcu, index);
}

static void begin(struct reader *reader, struct domain *domain, bool hands_over)
{
	reader->domain = domain;
	reader->index = lock(domain, hands_over);
	reader->slot = note_reader(&domain->open);
	reader_begins_to_see(&domain->periods, &reader->seen);
	reader->found = srcu_dereference(domain->published, domain->srcu);
}

static void end(struct reader *reader, bool handed_over)
{
	struct domain *domain = reader->domain;

	if (reader->found)
		(void)READ_ONCE(reader->found->content);
	reader_has_seen(&domain->periods, &reader->seen);
	forget_reader(&domain->open, reader->slot);
	unlock(domain, reader->index, handed_over);
	leave(domain);
}

static bool short_reader(struct domain *domain)
{
	struct reader reader;
	int i;

	begin(&reader, domain, false);
	for (i = 0; i < 3; i++)
		kernel_point(domain, MACHINE_READ);
	end(&reader, false);
	return true;
}

/* --- readers that a timer ends ------------------------------------------------------------ */

static struct handed {
	struct timer_list timer;
	struct reader reader;
	bool busy;
} handed[NR_CPUS];

static void timer_ends_reader(struct timer_list *timer)
{
	struct handed *own = container_of(timer, struct handed, timer);

	end(&own->reader, true);
	turn_ends();
	own->busy = false;
}

static bool reader_to_timer(struct domain *domain)
{
	struct handed *own = &handed[raw_smp_processor_id()];

	/* Those who mix both kinds of readers are warned. */
	if (own->busy || domain == &domains[NMI_SAFE])
		return short_reader(domain);
	own->busy = true;
	turn_begins();
	begin(&own->reader, domain, true);
	mod_timer(&own->timer, jiffies + 2);
	return true;
}

bool do_srcu_read_lock(unsigned int n, unsigned int how)
{
	unsigned int cpu = raw_smp_processor_id();
	bool is_short = in_hardirq() || in_serving_softirq();
	struct domain *domain;

	if (depth[cpu] == MAX_NESTED && !is_short)
		return false;
	domain = use(n);
	if (!domain)
		return false;
	if (how == READ_TO_TIMER)
		return reader_to_timer(domain);
	if (is_short)
		return short_reader(domain);
	begin(&nested[cpu][depth[cpu]], domain, false);
	depth[cpu]++;
	holds(rank_of(domain));
	return true;
}

/* They need not nest. */
bool do_srcu_read_unlock(unsigned int first, unsigned int unused)
{
	unsigned int cpu = raw_smp_processor_id();
	struct reader reader;

	if (!depth[cpu] || in_hardirq() || in_serving_softirq())
		return false;
	reader = nested[cpu][first ? 0 : depth[cpu] - 1];
	depth[cpu]--;
	if (first)
		memmove(&nested[cpu][0], &nested[cpu][1], depth[cpu] * sizeof(reader));
	end(&reader, false);
	holds_no_longer(rank_of(reader.domain));
	return true;
}

void close_srcu_readers(void)
{
	while (do_srcu_read_unlock(0, 0))
		;
}

/* --- in the end --------------------------------------------------------------------------- */

void judge_handed_readers(void)
{
	unsigned int cpu;

	for (cpu = 0; cpu < nr_cpu_ids; cpu++)
		if (handed[cpu].busy)
			judged("lost_call", machine_here(),
			       "a timer that ends a reader of SRCU never fires");
}

void prepare_srcu(void)
{
	unsigned int cpu;

	domains[STATIC].srcu = &static_srcu;
	for (cpu = 0; cpu < nr_cpu_ids; cpu++)
		timer_setup(&handed[cpu].timer, timer_ends_reader, 0);
}
