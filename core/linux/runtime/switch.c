// SPDX-License-Identifier: GPL-2.0-or-later
//
// Threads and their stacks, which lie one beside the other in memory of the kernel's own. A CPU
// runs on the stack of its current thread; when it idles it goes back to the machine's stack.
#include "core/linux/runtime/runtime.h"

#include <linux/init_task.h>
#include <linux/string.h>

struct run_queue run_queues[NR_CPUS];

static struct thread *threads[MAX_THREADS];
static unsigned int count;

unsigned char thread_stacks[MAX_THREADS][STACK_BYTES]
	__attribute__((section(".bss..stacks"), aligned(64)));

/* Saves what a call must keep, leaves the stack pointer at *save and goes on at `load`. */
void machine_switch_stacks(unsigned long *save, unsigned long load);
asm(".pushsection .text, \"ax\"\n"
    ".globl machine_switch_stacks\n"
    ".type machine_switch_stacks, @function\n"
    "machine_switch_stacks:\n"
    "push %rbp; push %rbx; push %r12; push %r13; push %r14; push %r15\n"
    "mov %rsp, (%rdi)\n"
    "mov %rsi, %rsp\n"
    "pop %r15; pop %r14; pop %r13; pop %r12; pop %rbx; pop %rbp\n"
    "ret\n"
    ".size machine_switch_stacks, . - machine_switch_stacks\n"
    ".popsection");

unsigned int thread_count(void)
{
	return count;
}

struct thread *thread_number(unsigned int number)
{
	return threads[number];
}

/* The first thing that a new thread does, as schedule_tail(): it ends the switch that led to it. */
static void thread_main(void)
{
	struct thread *self = thread_of(current);
	int result;

	machine_orders(MACHINE_MB);
	sched_preempt_enable_no_resched();
	local_irq_enable();
	preempt_enable();
	result = self->fn(self->arg);
	do_exit(result);
}

static void build_first_frame(struct thread *thread)
{
	unsigned long *top = (unsigned long *)(thread->stack + STACK_BYTES);

	/* thread_main() finds the stack as after a call: a return address above a multiple of 16. */
	*--top = 0;
	*--top = (unsigned long)thread_main;
	top -= 6;
	memset(top, 0, 6 * sizeof(*top));
	thread->sp = (unsigned long)top;
}

void restart_thread(struct thread *thread)
{
	thread->task.thread_info.preempt_count = FORK_PREEMPT_COUNT;
	build_first_frame(thread);
}

struct thread *new_thread(int (*fn)(void *), void *arg, const char *name)
{
	struct thread *thread = arena_take(sizeof(*thread), 64);

	if (count >= MAX_THREADS)
		fail("invariant", NULL, "more threads than the runtime can carry");
	memset(thread, 0, sizeof(*thread));
	thread->number = count;
	thread->stack = thread_stacks[count];
	threads[count++] = thread;
	thread->fn = fn;
	thread->arg = arg;
	INIT_LIST_HEAD(&thread->queued);
	build_first_frame(thread);
	strscpy(thread->task.comm, name, sizeof(thread->task.comm));
	return thread;
}

void switch_threads(struct thread *from, struct thread *to)
{
	acting_task[acting_cpu] = &to->task;
	door->task_is(to->number);
	task_switches();
	machine_switch_stacks(&from->sp, to->sp);
}

void leave_cpu(struct thread *self)
{
	this_queue()->on_thread = false;
	machine_switch_stacks(&self->sp, this_queue()->host_sp);
}

/* Its stack pointer is the CPU's. */
bool is_on_cpu(const struct thread *thread)
{
	unsigned int cpu = task_cpu(&thread->task);

	return acting_task[cpu] == &thread->task && run_queues[cpu].on_thread;
}

void enter_cpu(unsigned int cpu)
{
	struct task_struct *task = acting_task[cpu];

	if (!task || !run_queues[cpu].started)
		return;
	door->task_is(thread_of(task)->number);
	run_queues[cpu].on_thread = true;
	machine_switch_stacks(&run_queues[cpu].host_sp, thread_of(task)->sp);
}
