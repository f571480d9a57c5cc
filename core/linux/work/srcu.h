/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the two files of SRCU's operations share: the structures, and who reads under them. */
#ifndef RCUFUZZ_LINUX_WORK_SRCU_H
#define RCUFUZZ_LINUX_WORK_SRCU_H

#include <linux/slab.h>
#include <linux/srcu.h>

#include "core/linux/work/marks.h"

struct tracked {
	struct rcu_head head;
	struct readers readers;
	struct domain *domain;
	struct asked_period period;
	unsigned int number, content;
	bool posts_another;
};

struct domain {
	struct srcu_struct *srcu;	/* NULL: there is none */
	struct readers open;
	struct period_marks periods;
	struct tracked *published;	/* what its readers find */
	unsigned int lives;
	unsigned int users;	/* operations under way, and readers */
	unsigned int outstanding, chains;	/* callbacks; those that post another */
	unsigned int waiting;	/* operations that wait for a grace period */
	bool changing;	/* is being made or taken down */
	bool polled;	/* a grace period was asked for */
};
extern struct domain domains[SRCU_DOMAINS];

/* Whoever gets it leaves it again, and until then it stays. NULL: it cannot be used now. */
struct domain *use(unsigned int n);
static inline void leave(struct domain *domain)
{
	turn_ends();
	domain->users--;
}

void check_srcu_readers(const struct domain *domain, const struct readers *then,
			const char *what);
void judge_handed_readers(void);

#endif
