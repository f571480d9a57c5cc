// SPDX-License-Identifier: GPL-2.0-or-later
//
// Completions: a wait that succeeds has a complete() of its own, and none is lost. One is shared by
// all CPUs, and waits for it end by themselves; for others somebody completes for certain, and the
// waiter frees it at once; one is a gate that a timer opens to all.
#include "core/linux/work/work.h"

#include <linux/completion.h>
#include <linux/irq_work.h>
#include <linux/slab.h>
#include <linux/timer.h>
#include <linux/workqueue.h>

enum shared_how { COMPLETE, WAIT, TRY_WAIT };
enum by { BY_TIMER, BY_IRQ_WORK, BY_WORK, BY_RCU, BYS };

static DECLARE_COMPLETION(shared);
static unsigned int completed, taken;	/* begun; waits that have succeeded */
static unsigned int under_way;

static bool took(bool success)
{
	if (!success)
		return false;
	if (++taken > completed)
		fail("invariant", machine_here(), "a wait succeeds that nobody has completed");
	return true;
}

bool do_completion(unsigned int how, unsigned int ticks)
{
	if (how == COMPLETE) {
		under_way++;
		completed++;
		complete(&shared);
		under_way--;
		return true;
	}
	if (how == TRY_WAIT)
		return took(try_wait_for_completion(&shared));
	if (!may_sleep_here())
		return false;
	under_way++;
	took(wait_for_completion_timeout(&shared, ticks) != 0);
	under_way--;
	return true;
}

/* --- one's own ---------------------------------------------------------------------------- */

struct own {
	struct completion done;
	struct timer_list timer;
	struct irq_work irq_work;
	struct work_struct work;
	struct rcu_head head;
	bool is_done;
};

static void finish(struct own *own)
{
	own->is_done = true;
	complete(&own->done);
}

static void by_timer(struct timer_list *timer)
{
	finish(container_of(timer, struct own, timer));
}

static void by_irq_work(struct irq_work *work)
{
	finish(container_of(work, struct own, irq_work));
}

static void by_work(struct work_struct *work)
{
	finish(container_of(work, struct own, work));
}

static void by_rcu(struct rcu_head *head)
{
	finish(container_of(head, struct own, head));
}

static void have_completed(struct own *own, unsigned int by, unsigned int cpu)
{
	switch (by) {
	case BY_TIMER:
		timer_setup(&own->timer, by_timer, 0);
		mod_timer(&own->timer, jiffies + cpu % 3);
		break;
	case BY_IRQ_WORK:
		init_irq_work(&own->irq_work, by_irq_work);
		preempt_disable();
		if (cpu == smp_processor_id() || !cpu_online(cpu))
			irq_work_queue(&own->irq_work);
		else
			irq_work_queue_on(&own->irq_work, cpu);
		preempt_enable();
		break;
	case BY_WORK:
		INIT_WORK(&own->work, by_work);
		schedule_work_on(cpu_online(cpu) ? cpu : WORK_CPU_UNBOUND, &own->work);
		break;
	case BY_RCU:
#ifdef CONFIG_RCU_LAZY
		call_rcu_hurry(&own->head, by_rcu);
#else
		call_rcu(&own->head, by_rcu);
#endif
		break;
	}
}

static void poll_until_done(struct own *own)
{
	while (!completion_done(&own->done))
		schedule_timeout_uninterruptible(1);
}

bool do_completion_by(unsigned int by, unsigned int cpu)
{
	bool polls = by / BYS;
	struct own *own;

	by %= BYS;

	if (!may_sleep_here())
		return false;
	own = kzalloc(sizeof(*own), GFP_KERNEL);
	if (!own)
		return false;
	cpu %= nr_cpu_ids;
	init_completion(&own->done);
	have_completed(own, by, cpu);
	if (polls)
		poll_until_done(own);
	else
		wait_for_completion(&own->done);
	if (!own->is_done)
		fail("invariant", machine_here(), "a wait succeeds that nobody has completed");
	if (by == BY_IRQ_WORK)
		irq_work_sync(&own->irq_work);
	kfree(own);
	return true;
}

/* --- the gate ----------------------------------------------------------------------------- */

static DECLARE_COMPLETION(gate);
static struct timer_list gate_timer;
static unsigned int waiting;	/* for it to open */
static bool opens, open;

static void open_gate(struct timer_list *timer)
{
	open = true;
	complete_all(&gate);
	opens = false;
}

/* Everybody waits until it is open; who finds nobody there shuts it again. */
bool do_completion_gate(unsigned int shuts, unsigned int unused)
{
	if (!may_sleep_here())
		return false;
	if (shuts) {
		if (waiting || opens || !open)
			return false;
		open = false;
		reinit_completion(&gate);
		return true;
	}
	waiting++;
	if (!open && !opens) {
		opens = true;
		mod_timer(&gate_timer, jiffies + 2);
	}
	wait_for_completion(&gate);
	if (!open)
		fail("invariant", machine_here(), "a wait for complete_all() is over before it");
	waiting--;
	return true;
}

/* Plain accesses: the run is over. */
void judge_completions(void)
{
	if (!under_way && shared.done != completed - taken)
		judged("invariant", machine_here(), "a completion does not count as it should");
}

void prepare_completions(void)
{
	timer_setup(&gate_timer, open_gate, 0);
}
