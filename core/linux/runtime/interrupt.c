// SPDX-License-Identifier: GPL-2.0-or-later
//
// The ways into the kernel from outside: inter-processor interrupts, the timer, the NMI. Each runs
// between the kernel's own irq_enter() and irq_exit(), which runs softirqs.
#include "core/linux/runtime/runtime.h"

#include <linux/hardirq.h>
#include <linux/interrupt.h>
#include <linux/irq_work.h>
#include <linux/nmi.h>
#include <linux/smp.h>
#include <linux/timer.h>
#include <linux/tick.h>

#include <asm/irq_regs.h>


static struct pt_regs kernel_regs;

static void enter(void)
{
	machine_irqs_off_now();
	set_irq_regs(&kernel_regs);
}

/* User mode is left for good: the task goes back there by itself. */
static void enter_from_user(void)
{
	enter();
	leave_user_mode();
	irq_enter_rcu();
}

static void enter_from_kernel(void)
{
	enter();
	irq_enter();
}

static void leave(bool user)
{
	if (user)
		irq_exit_rcu();
	else
		irq_exit();
	irqs_off[acting_cpu] = 0;
}

void (*device_handler)(unsigned int cpu);

static void handle(unsigned int vector, bool user)
{
	switch (vector) {
	case MACHINE_TIMER_VECTOR:
		if (!tick_is_due())
			break;	/* a device without more to say */
		update_process_times(user);
		tick_goes_on();
		break;
	case VECTOR_CALL_FUNCTION:
	case VECTOR_CALL_FUNCTION_SINGLE:
		generic_smp_call_function_single_interrupt();
		break;
	case VECTOR_IRQ_WORK:
		irq_work_run();
		break;
	case VECTOR_DEVICE:
		device_handler(acting_cpu);
		break;
	case VECTOR_RESCHEDULE:
	case VECTOR_START:
		break;	/* the way out looks at need_resched */
	}
}

int takes_interrupt(unsigned int cpu)
{
	return !irqs_off[cpu] && !run_queues[cpu].deaf;
}

int takes_nmi(unsigned int cpu)
{
	return run_queues[cpu].up;
}

void take_interrupt(unsigned int cpu, unsigned int vector)
{
	struct balance before;
	bool user;

	cpu_wakes(vector);
	if (!run_queues[cpu].up)
		return;	/* it has been told to start; what came for the dead one is lost */
	if (vector == VECTOR_MONITOR)
		return;
	user = user_mode_now[cpu];
	if (user)
		enter_from_user();
	else
		enter_from_kernel();
	before = balance_now();
	handle(vector, user);
	check_balance(&before, "the handler of an interrupt");
	leave(user);
}

/* As the interrupted task. What has left the CPU to the machine looks at need_resched by itself. */
void leave_interrupt(unsigned int cpu)
{
	if (IS_ENABLED(CONFIG_PREEMPTION) && acting_task[cpu] && !this_queue()->in_idle &&
	    !this_queue()->computes && need_resched())
		preempt_schedule();
}

void (*nmi_handler)(unsigned int cpu);

void take_nmi(unsigned int cpu)
{
	unsigned char before = irqs_off[cpu];

	irqs_off[cpu] = 1;
	nmi_enter();
	if (nmi_handler)
		nmi_handler(cpu);
	nmi_exit();
	irqs_off[cpu] = before;
}

/* --- sending ------------------------------------------------------------------------------ */

void arch_send_call_function_single_ipi(int cpu)
{
	raise_vector(cpu, VECTOR_CALL_FUNCTION_SINGLE);
}

/* An idle CPU that polls looks at its queue when it leaves the idle loop. */
bool call_function_single_prep_ipi(int cpu)
{
	return !is_told_without_interrupt(run_queues[cpu].idle);
}

void send_call_function_single_ipi(int cpu)
{
	if (call_function_single_prep_ipi(cpu))
		arch_send_call_function_single_ipi(cpu);
}

void arch_send_call_function_ipi_mask(const struct cpumask *mask)
{
	unsigned int cpu;

	for_each_cpu(cpu, mask)
		raise_vector(cpu, VECTOR_CALL_FUNCTION);
}

void arch_irq_work_raise(void)
{
	raise_vector(acting_cpu, VECTOR_IRQ_WORK);
}
