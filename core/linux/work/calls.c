// SPDX-License-Identifier: GPL-2.0-or-later
//
// Calls of functions on other CPUs, and irq_work: each call runs once, on the right CPU, with its
// own data, and before a caller that waits goes on.
#include "core/linux/work/marks.h"

#include <linux/irq_work.h>
#include <linux/smp.h>

#define MAX_CALLS 128

struct call {
	unsigned int cpus, ran;	/* bits */
	bool on_any;	/* of these CPUs one */
	unsigned long asked, answered[NR_CPUS];	/* marks */
};

static struct call calls[MAX_CALLS];
static unsigned int count;

static struct call *new_call(unsigned int cpus)
{
	if (count == MAX_CALLS)
		return NULL;
	calls[count].cpus = cpus;
	leave_mark(&calls[count].asked, 1);
	return &calls[count++];
}

static void call_runs(void *info)
{
	struct call *call = info;
	unsigned int bit = 1u << raw_smp_processor_id();

	if (call < calls || call >= calls + count)
		fail("wrong_data", machine_here(), "a call runs with data that is no call's");
	if (!(call->cpus & bit))
		fail("wrong_cpu_or_incarnation", machine_here(), "a call runs on a CPU that is not asked");
	if (call->on_any ? call->ran : call->ran & bit)
		fail("callback_twice", machine_here(), "a call runs twice");
	if (!see_mark(&call->asked))
		fail("wrong_data", machine_here(), "a call does not see what its caller did before");
	tell_runs("work_call", 0);
	call->ran |= bit;
	leave_mark(&call->answered[raw_smp_processor_id()], 1);
}

static bool has_run(const struct call *call)
{
	return call->on_any ? call->ran != 0 : call->ran == call->cpus;
}

static void check_over(const struct call *call)
{
	unsigned int cpu;

	if (!has_run(call))
		fail("lost_call", machine_here(), "a call that waits returns before all have run");
	for (cpu = 0; cpu < nr_cpu_ids; cpu++)
		if (call->ran >> cpu & 1 && !see_mark(&call->answered[cpu]))
			fail("lost_call", machine_here(),
			     "who waits for a call does not see what it has done");
}

/* It stays online where preemption or interrupts are off. */
static unsigned int online_cpu(unsigned int cpu)
{
	cpu %= nr_cpu_ids;
	return cpu_online(cpu) ? cpu : 0;
}

bool do_call_single(unsigned int cpu, unsigned int wait)
{
	struct call *call;

	cpu = online_cpu(cpu);
	if (irqs_disabled())
		return false;
	call = new_call(1u << cpu);
	if (!call)
		return false;
	if (smp_call_function_single(cpu, call_runs, call, wait)) {
		call->cpus = 0;	/* the CPU has gone meanwhile */
		return false;
	}
	if (wait)
		check_over(call);
	return true;
}

bool do_call_many(unsigned int mask, unsigned int wait)
{
	struct cpumask cpus;
	struct call *call;

	if (irqs_disabled())
		return false;
	preempt_disable();
	cpumask_clear(&cpus);
	cpumask_bits(&cpus)[0] = mask;
	cpumask_and(&cpus, &cpus, cpu_online_mask);
	call = new_call(cpumask_bits(&cpus)[0] & ~(1u << smp_processor_id()));
	if (call) {
		smp_call_function_many(&cpus, call_runs, call, wait);
		if (wait)
			check_over(call);
	}
	preempt_enable();
	return call != NULL;
}

static bool wants_call(int cpu, void *info)
{
	const struct call *call = info;

	kernel_point(call, MACHINE_READ);
	return call->cpus >> cpu & 1;
}

static void call_any(struct call *call, bool wait)
{
	struct cpumask cpus;

	call->on_any = true;
	cpumask_clear(&cpus);
	cpumask_bits(&cpus)[0] = call->cpus;
	if (smp_call_function_any(&cpus, call_runs, call, wait))
		fail("lost_call", machine_here(), "none of several CPUs that are online is called");
}

bool do_call_chosen(unsigned int mask, unsigned int how)
{
	bool wait = how & 1;
	struct call *call;

	if (irqs_disabled())
		return false;
	preempt_disable();
	mask &= cpumask_bits(cpu_online_mask)[0];
	call = mask ? new_call(mask) : NULL;
	if (call) {
		if (how / 2)
			on_each_cpu_cond_mask(wants_call, call_runs, call, wait, cpu_online_mask);
		else
			call_any(call, wait);
		if (wait)
			check_over(call);
	}
	preempt_enable();
	return call != NULL;
}

/* --- with an element of one's own --------------------------------------------------------- */

static call_single_data_t own_csds[NR_CPUS][2];

/*
 * As its owner may, as soon as it is unlocked: that may be before its function has run, so that the
 * call before and this one are under way at once.
 */
bool do_call_async(unsigned int cpu, unsigned int which)
{
	call_single_data_t *csd = &own_csds[raw_smp_processor_id()][which];
	unsigned long flags;
	struct call *call;
	bool done = false;

	local_irq_save(flags);
	cpu = online_cpu(cpu);
	kernel_point(csd, MACHINE_READ);
	if (!(csd->node.u_flags & CSD_FLAG_LOCK) && (call = new_call(1u << cpu))) {
		INIT_CSD(csd, call_runs, call);
		if (smp_call_function_single_async(cpu, csd))
			fail("lost_call", machine_here(), "an idle element is said to be busy");
		done = true;
	}
	local_irq_restore(flags);
	return done;
}

/* --- irq_work ----------------------------------------------------------------------------- */

static struct own_work {
	struct irq_work work;
	unsigned long queued;	/* a mark: how often */
	unsigned long ran;	/* of these, how many its function has seen */
} own_works[NR_CPUS][NR_CPUS];

static void irq_work_runs(struct irq_work *work)
{
	struct own_work *own = container_of(work, struct own_work, work);

	/* Those of a CPU that goes offline are run before it is too late, those of others by a CPU
	 * that polls as it leaves the idle loop. */
	if (!in_hardirq() && !is_idle_task(current) && cpu_online(raw_smp_processor_id()))
		fail("wrong_cpu_or_incarnation", machine_here(), "irq_work runs outside of an interrupt");
	own->ran = max(own->ran, see_mark(&own->queued));
	tell_runs("work_irq_work", 0);
}

bool do_irq_work(unsigned int cpu, unsigned int as_elsewhere)
{
	struct own_work *own;
	bool done;

	preempt_disable();
	cpu = online_cpu(cpu);
	own = &own_works[smp_processor_id()][cpu];
	leave_mark(&own->queued, own->queued + 1);
	done = cpu == smp_processor_id() && !as_elsewhere ? irq_work_queue(&own->work) :
							    irq_work_queue_on(&own->work, cpu);
	preempt_enable();
	return done;
}

void judge_calls(void)
{
	unsigned int i, cpu, to;

	for (i = 0; i < count; i++)
		if (!has_run(&calls[i])) {
			judged("lost_call", machine_here(), "a call never runs on a CPU that is asked");
			return;
		}
	for (cpu = 0; cpu < nr_cpu_ids; cpu++)
		for (to = 0; to < nr_cpu_ids; to++)
			if (own_works[cpu][to].ran != own_works[cpu][to].queued) {
				judged("lost_call", machine_here(),
				       "an irq_work that was queued never runs");
				return;
			}
}

void prepare_calls(void)
{
	unsigned int cpu, to;

	for (cpu = 0; cpu < nr_cpu_ids; cpu++)
		for (to = 0; to < nr_cpu_ids; to++)
			init_irq_work(&own_works[cpu][to].work, irq_work_runs);
}
