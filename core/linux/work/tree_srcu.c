// SPDX-License-Identifier: GPL-2.0-or-later
//
// The kernel's kernel/rcu/srcutree.c, and behind it, since its state is its own: where a callback
// is, and what it lacks there, as tree_rcu.c says it of RCU's. All accesses are plain.

/* Its parameters go by the name of the kernel's file. */
#undef KBUILD_MODNAME
#define KBUILD_MODNAME "srcutree"
#include <kernel/rcu/srcutree.c>

#include <linux/version.h>

#include "core/linux/work/segments.h"
#include "core/linux/work/where.h"

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 4, 0)
#define usage(srcu)	((srcu)->srcu_sup)
#else
#define usage(srcu)	(srcu)
#endif

static const char *size_of_structure(struct srcu_struct *srcu)
{
	int state = usage(srcu)->srcu_size_state;

	return state == SRCU_SIZE_SMALL ? "small" :
	       state == SRCU_SIZE_BIG	? "big" : "in transition";
}

static const char *period_of(struct srcu_struct *srcu)
{
	if (rcu_seq_state(usage(srcu)->srcu_gp_seq))
		return "a grace period has not ended";
	return ULONG_CMP_LT(usage(srcu)->srcu_gp_seq, usage(srcu)->srcu_gp_seq_needed) ?
	       "a grace period that is needed has not begun" : "no grace period is needed";
}

const char *where_srcu_callback_is(struct srcu_struct *srcu, struct rcu_head *head)
{
	static char text[160];
	const char *segment = NULL;
	int cpu;

	for_each_possible_cpu(cpu)
		if (!segment)
			segment = segment_of(&per_cpu_ptr(srcu->sda, cpu)->srcu_cblist, head);
	snprintf(text, sizeof(text), "%s, the structure is %s, %s",
		 segment ? segment : "in no list of a CPU", size_of_structure(srcu),
		 period_of(srcu));
	return text;
}

bool srcu_period_is_over(struct srcu_struct *srcu, unsigned long cookie)
{
	return ULONG_CMP_GE(usage(srcu)->srcu_gp_seq, cookie);
}

void ask_for_big_srcu(struct srcu_struct *srcu)
{
	if (SRCU_SIZING_IS_TORTURE())
		srcu_transition_to_big(srcu);
}
