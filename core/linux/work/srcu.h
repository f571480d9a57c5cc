/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the two files of SRCU's operations share: the structures, and who reads under them. */
#ifndef RCUFUZZ_LINUX_WORK_SRCU_H
#define RCUFUZZ_LINUX_WORK_SRCU_H

#include <linux/slab.h>
#include <linux/srcu.h>

#include "core/linux/work/work.h"

#define MAX_SRCU_READERS	16

/* The readers of a structure that were open at a moment, by serial number; 0: none. */
struct srcu_readers {
	unsigned int serial[MAX_SRCU_READERS];
};

struct tracked {
	struct rcu_head head;
	struct srcu_readers readers;
	struct domain *domain;
	unsigned int number, content;
	bool posts_another;
};

struct domain {
	struct srcu_struct *srcu;	/* NULL: there is none */
	struct srcu_readers open;
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
	domain->users--;
}

bool any_left(const struct domain *domain, const struct srcu_readers *then);
void check_srcu_readers(const struct domain *domain, const struct srcu_readers *then,
			const char *what);
void judge_handed_readers(void);

#endif
