// SPDX-License-Identifier: GPL-2.0-or-later
//
// The kernel's kernel/rcu/tree.c, and behind it, since its state is its own: where a callback is,
// and what it lacks there, in the words of a finding. They name no CPU, no number and no address:
// two runs in which a callback strands for the same reason say the same.
#include <kernel/rcu/tree.c>

#include "core/linux/work/segments.h"
#include "core/linux/work/where.h"

/* All accesses are plain, they are made when the run is over. */
static const char *list_of(struct rcu_data *rdp, struct rcu_head *head)
{
#ifdef CONFIG_RCU_NOCB_CPU
	struct rcu_head *at;

	for (at = rdp->nocb_bypass.head; at; at = at->next)
		if (at == head)
			return "in the bypass";
#endif
	return segment_of(&rdp->cblist, head);
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
	const char *segment = list_of(rdp, head);

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

/* --- what must hold of RCU's own state ---------------------------------------------------- */

#ifdef CONFIG_RCU_LAZY
/*
 * Whoever looks at the bypass trusts lazy_len, and takes all for lazy where it is the length. It
 * changes with the list, under the bypass lock. What others have posted is lazy or not.
 */
static const char *bypass_is_wrong(struct rcu_data *rdp, bool (*is_lazy)(struct rcu_head *))
{
	struct rcu_head *head;
	long lazies = 0;

	if (rdp->nocb_bypass_lock.raw_lock.owner)
		return NULL;
	for (head = rdp->nocb_bypass.head; head; head = head->next)
		lazies += is_lazy(head);
	if (rdp->lazy_len > rdp->nocb_bypass.len)
		return "more callbacks of a bypass are counted as lazy than it has";
	if (rdp->lazy_len < lazies)
		return "fewer callbacks of a bypass are counted as lazy than it has";
	return NULL;
}
#else
static const char *bypass_is_wrong(struct rcu_data *rdp, bool (*is_lazy)(struct rcu_head *))
{
	return NULL;
}
#endif

const char *lazy_callbacks_are_wrong(bool (*is_lazy)(struct rcu_head *))
{
	const char *wrong = NULL;
	int cpu;

	for_each_possible_cpu(cpu)
		if (!wrong)
			wrong = bypass_is_wrong(per_cpu_ptr(&rcu_data, cpu), is_lazy);
	return wrong;
}

bool tick_is_kept_for(unsigned int cpu, enum tick_dep_bits bit);

/*
 * For expedited periods only: one of them may also make the next interrupt keep the tick for the
 * ordinary kind (rcu_exp_need_qs(), __rcu_irq_enter_check_tick()), and that lasts until an ordinary
 * period ends.
 */
const char *tick_is_kept_in_vain(void)
{
	int cpu;

	for_each_possible_cpu(cpu)
		if (!rcu_seq_state(rcu_state.expedited_sequence) &&
		    tick_is_kept_for(cpu, TICK_DEP_BIT_RCU_EXP))
			return "an expedited grace period that is over keeps a CPU's tick on";
	return NULL;
}

/* Cookies that are not full miss periods that overlap with expedited ones: the kernel says so. */
bool polled_period_is_over(const struct rcu_gp_oldstate *full)
{
	return full->rgos_norm == RCU_GET_STATE_COMPLETED ||
	       ULONG_CMP_GE(rcu_get_root()->gp_seq, full->rgos_norm);
}

/* --- what stories may name ---------------------------------------------------------------- */

static long list_quantity(struct rcu_data *rdp, const char *name)
{
	static const char *const segments[] = { "done", "wait", "next_ready", "next" };
	int i;

	for (i = 0; i < ARRAY_SIZE(segments); i++)
		if (!strcmp(name, segments[i]))
			return rdp->cblist.seglen[i];
	return strcmp(name, "len") ? -1 : rcu_segcblist_n_cbs(&rdp->cblist);
}

/* The deferred wake-up and its timer are those of the CPU's leader. */
static long nocb_quantity(struct rcu_data *rdp, const char *name)
{
#ifdef CONFIG_RCU_NOCB_CPU
	struct rcu_data *leader = rdp->nocb_gp_rdp;

	if (!leader)
		return -1;
	if (!strcmp(name, "level"))
		return leader->nocb_defer_wakeup;
	if (!strcmp(name, "timer"))
		return timer_pending(&leader->nocb_timer);
	if (!strcmp(name, "gp_sleep"))
		return leader->nocb_gp_sleep;
	if (!strcmp(name, "cb_sleep"))
		return rdp->nocb_cb_sleep;
	if (!strcmp(name, "bypass"))
		return rcu_cblist_n_cbs(&rdp->nocb_bypass);
#endif
	return -1;
}

long rcu_quantity(const char *name, int cpu)
{
	struct rcu_data *rdp;
	long value;

	if (cpu < 0 && !strcmp(name, "gp_seq"))
		return rcu_state.gp_seq + (300UL << RCU_SEQ_CTR_SHIFT);
	if (cpu < 0)
		return strcmp(name, "gp") ? -1 : rcu_seq_state(rcu_state.gp_seq);
	rdp = per_cpu_ptr(&rcu_data, cpu);
	value = list_quantity(rdp, name);
	return value < 0 ? nocb_quantity(rdp, name) : value;
}
