/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RCUFUZZ_LINUX_WORK_WHERE_H
#define RCUFUZZ_LINUX_WORK_WHERE_H

#include <linux/types.h>

/*
 * When a run is over: "in the segment wait, whose grace period is over, of a CPU that ...". Valid
 * until the next call.
 */
const char *where_callback_is(struct rcu_head *head);
/* The same of the first callback of anybody that is left; NULL: there is none. */
const char *where_a_callback_is_left(void);

/* A number that stories may name, of a CPU or, with -1, of none; -1: there is none of that name. */
long rcu_quantity(const char *name, int cpu);

/* What must hold of RCU's own state and does not, plainly; NULL: it holds. */
const char *lazy_callbacks_are_wrong(bool (*is_lazy)(struct rcu_head *));
const char *tick_is_kept_in_vain(void);	/* when a run is over */
struct rcu_gp_oldstate;
bool polled_period_is_over(const struct rcu_gp_oldstate *full);

/* When a run is over: the wheel in which a timer is left that should fire; NULL: there is none. */
const char *where_a_timer_is_left(void);

struct srcu_struct;
/* The same of an SRCU callback. */
const char *where_srcu_callback_is(struct srcu_struct *srcu, struct rcu_head *head);
/* Plainly: the grace period of a cookie is over. */
bool srcu_period_is_over(struct srcu_struct *srcu, unsigned long cookie);
/* As rcutorture asks for it with srcutree.convert_to_big=2; otherwise nothing. */
void ask_for_big_srcu(struct srcu_struct *srcu);

#endif
