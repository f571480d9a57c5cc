// SPDX-License-Identifier: GPL-2.0-or-later
//
// Tasks that belong to no CPU of the workload and do one thing when an operation asks for it. They
// compute, as rcutorture's rcu_torture_preempt() does, so that readers stay preempted. They are
// readers themselves, several on one CPU, which go on elsewhere where theirs goes offline. And
// many of them wait for one grace period, more than the workload has CPUs.
#include "core/linux/work/work.h"

#include <linux/jiffies.h>
#include <linux/kthread.h>

/* One more than what rcu_sr_normal_gp_cleanup() wakes by itself (v6.12). */
#define OTHERS 6

enum job { NOTHING, COMPUTES, READS, WAITS };
enum unlocked { PLAINLY, IRQS_OFF, PREEMPTION_OFF, SOFTIRQS_OFF };

static struct other {
	struct task_struct *task;
	enum job job;
	unsigned int how, ticks;
} others[OTHERS];

static void stay(unsigned int ticks)
{
	unsigned long end = jiffies + ticks;
	unsigned int i;

	for (i = 0; i < 4; i++)
		kernel_point(others, MACHINE_READ);
	while (time_before(jiffies, end))
		cpu_relax();
}

/* What it disables ends after the reader has: what remains to be done for RCU is put off. */
static void end_reader(enum unlocked how)
{
	unsigned long flags;

	switch (how) {
	case PLAINLY:
		rcu_read_unlock();
		break;
	case IRQS_OFF:
		local_irq_save(flags);
		rcu_read_unlock();
		kernel_point(others, MACHINE_READ);
		local_irq_restore(flags);
		break;
	case PREEMPTION_OFF:
		preempt_disable();
		rcu_read_unlock();
		kernel_point(others, MACHINE_READ);
		preempt_enable();
		break;
	case SOFTIRQS_OFF:
		local_bh_disable();
		rcu_read_unlock();
		kernel_point(others, MACHINE_READ);
		local_bh_enable();
		break;
	}
}

static void read(enum unlocked how, unsigned int ticks)
{
	unsigned int slot;
	const void *found;

	rcu_read_lock();
	slot = note_rcu_reader();
	found = find_object();
	stay(ticks);
	look_at_object(found);
	forget_rcu_reader(slot);
	end_reader(how);
}

static void serve(struct other *self)
{
	switch (self->job) {
	case NOTHING:
		break;
	case COMPUTES:
		stay(self->ticks);
		break;
	case READS:
		read(self->how, self->ticks);
		break;
	case WAITS:
		wait_for_readers(self->how);
		break;
	}
	set_cpus_allowed_ptr(current, cpu_possible_mask);
	self->job = NOTHING;
}

static int other_main(void *arg)
{
	struct other *self = arg;

	for (;;) {
		set_current_state(TASK_UNINTERRUPTIBLE);
		if (self->job == NOTHING) {
			schedule();
			continue;
		}
		__set_current_state(TASK_RUNNING);
		serve(self);
	}
	return 0;
}

/* NULL: all have something to do. */
static struct other *idle_one(void)
{
	unsigned int i;

	for (i = 0; i < OTHERS; i++)
		if (others[i].job == NOTHING && !others[i].task->on_rq)
			return &others[i];
	return NULL;
}

static void ask(struct other *other, enum job job, unsigned int how, unsigned int ticks)
{
	other->how = how;
	other->ticks = ticks;
	other->job = job;
}

/* To ask whether the CPU is active is a point, and nobody may ask for the same task meanwhile. */
static struct other *ask_on(unsigned int cpu, enum job job, unsigned int how, unsigned int ticks)
{
	bool active = cpu_active(cpu);
	struct other *other = idle_one();

	if (!active || !other)
		return NULL;
	ask(other, job, how, ticks);
	set_cpus_allowed_ptr(other->task, cpumask_of(cpu));
	return other;
}

/* As a task of higher priority that is woken there. */
bool preempt_there(unsigned int cpu, unsigned int ticks)
{
	struct other *other = ask_on(cpu, COMPUTES, 0, ticks);

	if (!other)
		return false;
	preempt_disable();
	wake_up_process(other->task);
	resched_cpu(cpu);
	preempt_enable();
	return true;
}

bool do_preempt(unsigned int cpu, unsigned int ticks)
{
	return preempt_there(cpu % nr_cpu_ids, ticks);
}

bool do_other_reader(unsigned int cpu, unsigned int how)
{
	struct other *other = ask_on(cpu % nr_cpu_ids, READS, how % 4, how / 4);

	return other && wake_up_process(other->task);
}

bool do_waiters(unsigned int count, unsigned int how)
{
	struct other *other;
	bool asked = false;

	while (count-- && (other = idle_one())) {
		ask(other, WAITS, how, 0);
		wake_up_process(other->task);
		asked = true;
	}
	return asked;
}

void judge_others(void)
{
	unsigned int i;

	for (i = 0; i < OTHERS; i++)
		if (others[i].job == WAITS) {
			judge_waiting("a task waits for a grace period for ever");
			return;
		}
}

void prepare_others(void)
{
	unsigned int i;

	for (i = 0; i < OTHERS; i++) {
		others[i].task = kthread_create_on_node(other_main, &others[i], -1, "other/%u", i);
		wake_up_process(others[i].task);
	}
}
