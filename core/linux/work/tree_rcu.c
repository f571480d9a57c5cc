// SPDX-License-Identifier: GPL-2.0-or-later
//
// The kernel's kernel/rcu/tree.c, and behind it, since its state is its own: where a callback is,
// and what it lacks there, in the words of a finding. They name no CPU, no number and no address:
// two runs in which a callback strands for the same reason say the same.
#include <kernel/rcu/tree.c>

#include "core/linux/work/where.h"

/* All accesses are plain, they are made when the run is over. */
static bool is_in(struct rcu_head *from, struct rcu_head **end, struct rcu_head *head)
{
	for (; from; from = from->next) {
		if (from == head)
			return true;
		if (&from->next == end)
			break;
	}
	return false;
}

static const char *segment_of(struct rcu_data *rdp, struct rcu_head *head)
{
	static const char *const names[] = {
		[RCU_DONE_TAIL] = "in the segment done",
		[RCU_WAIT_TAIL] = "in the segment wait",
		[RCU_NEXT_READY_TAIL] = "in the segment next-ready",
		[RCU_NEXT_TAIL] = "in the segment next",
	};
	struct rcu_segcblist *list = &rdp->cblist;
	struct rcu_head **from = &list->head;
	int i;

#ifdef CONFIG_RCU_NOCB_CPU
	if (is_in(rdp->nocb_bypass.head, NULL, head))
		return "in the bypass";
#endif
	for (i = RCU_DONE_TAIL; i <= RCU_NEXT_TAIL; i++) {
		if (from != list->tails[i] && is_in(*from, list->tails[i], head))
			return names[i];
		from = list->tails[i];
	}
	return NULL;
}

static const char *period_of(struct rcu_data *rdp, const char *segment)
{
	int i = strstr(segment, "wait")	     ? RCU_WAIT_TAIL :
		strstr(segment, "next-ready") ? RCU_NEXT_READY_TAIL : -1;

	if (i < 0)
		return "";
	return ULONG_CMP_GE(rdp->mynode->gp_seq, rdp->cblist.gp_seq[i]) ?
	       ", whose grace period is over," : ", whose grace period has not ended,";
}

#ifdef CONFIG_RCU_NOCB_CPU
static const char *wakeup_of(struct rcu_data *rdp)
{
	struct rcu_data *leader = rdp->nocb_gp_rdp;

	if (!(rdp->cblist.flags & SEGCBLIST_OFFLOADED))
		return " of a CPU that is not offloaded";
	if (timer_pending(&leader->nocb_timer))
		return " of an offloaded CPU, a timer is armed";
	if (leader->nocb_defer_wakeup || rdp->nocb_defer_wakeup)
		return " of an offloaded CPU, a wake-up is deferred and no timer armed";
	return " of an offloaded CPU, no wake-up is deferred";
}
#else
static const char *wakeup_of(struct rcu_data *rdp)
{
	return "";
}
#endif

static const char *where_on(struct rcu_data *rdp, struct rcu_head *head)
{
	static char text[160];
	const char *segment = segment_of(rdp, head);

	if (!segment)
		return NULL;
	snprintf(text, sizeof(text), "%s%s%s", segment, period_of(rdp, segment), wakeup_of(rdp));
	return text;
}

const char *where_callback_is(struct rcu_head *head)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		const char *where = where_on(per_cpu_ptr(&rcu_data, cpu), head);

		if (where)
			return where;
	}
	return "in no list of a CPU";
}

const char *where_a_callback_is_left(void)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		struct rcu_data *rdp = per_cpu_ptr(&rcu_data, cpu);
		struct rcu_head *head = rdp->cblist.head;

#ifdef CONFIG_RCU_NOCB_CPU
		if (!head)
			head = rdp->nocb_bypass.head;
#endif
		if (head)
			return where_on(rdp, head);
	}
	return NULL;
}
