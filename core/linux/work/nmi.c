// SPDX-License-Identifier: GPL-2.0-or-later
//
// Non-maskable interrupts: they come between any two steps of a CPU, with interrupts off and in the
// idle loop too. RCU watches in each, and after it as before.
#include "core/linux/work/work.h"

#include <linux/context_tracking.h>
#include <linux/hardirq.h>
#include <linux/smp.h>

extern void (*nmi_handler)(unsigned int cpu);

enum does { NMI_READS = 1, NMI_QUEUES_IRQ_WORK = 2, NMI_TRACES = 4 };

static unsigned int asked[NR_CPUS];	/* enum does, of the NMI that is to come */

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 12, 0)
#define CT_RCU_WATCHING RCU_DYNTICKS_IDX
#endif

/* Plainly. All that is not the idle loop or a user's relies on it. */
void check_watching(const char *who)
{
	if (!(raw_cpu_ptr(&context_tracking)->state.counter & CT_RCU_WATCHING))
		fail("invariant", machine_here(), "%s runs where RCU does not watch", who);
}

static void handle_nmi(unsigned int cpu)
{
	unsigned int does = asked[cpu];

	asked[cpu] = 0;
	check_watching("the handler of an NMI");
	if (does & NMI_READS)
		do_read_lock(0, 0);
	if (does & NMI_QUEUES_IRQ_WORK)
		do_irq_work(cpu, 0);
	if (does & NMI_TRACES)
		do_trace(1, 0);
}

/* To a CPU that is online, as those who watch over hung CPUs or profile them do. */
bool do_nmi(unsigned int cpu, unsigned int does)
{
	bool done;

	preempt_disable();
	cpu %= nr_cpu_ids;
	done = cpu_online(cpu);
	if (done) {
		asked[cpu] |= does;
		door->raise_nmi(cpu);
	}
	preempt_enable();
	return done;
}

void prepare_nmis(void)
{
	nmi_handler = handle_nmi;
}
