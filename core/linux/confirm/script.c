// SPDX-License-Identifier: GPL-2.0-or-later
//
// Reads the workload and its order from /proc/rcufuzz, a line each, and runs it once:
//
//   op INDEX CPU on|off|softirq|hardirq NAME A B
//   step begin|end|arrive|leave NUMBER SETTLE-MS
//   hold NUMBER CPU CONTEXT WHO OP PASS AFTER   then its places, and those before:
//   at NUMBER SYMBOL OFFSET
//   after NUMBER SYMBOL OFFSET
//   fail OP NTH
//   wait SECONDS, patience MS, repeat TIMES
//   run
#include "core/linux/confirm/confirm.h"

#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/interrupt.h>
#include <linux/irq_work.h>
#include <linux/jiffies.h>
#include <linux/kprobes.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

struct op {
	bool set, began, ended, done;
	unsigned int cpu, a, b;
	char context[10];
	const struct operation *what;
};

/* Of an operation that begins. */
#define MOST_DELAY_US 30000
#define MOST_GIVEN_UP 3

static struct op ops[MAX_OPS];
static struct task_struct *workers[CPUS];
static int executes[CPUS];	/* the operation of each CPU's worker, -1: none */
static struct completion interrupt_over[CPUS];
static atomic_t running, wrongs;
static unsigned int runs, given_up, repeats = 1;
unsigned int wait_seconds = 12;

/* --- what the others ask for ---------------------------------------------------------------- */

int op_of_current(void)
{
	unsigned int cpu;

	for (cpu = 0; cpu < CPUS; cpu++)
		if (workers[cpu] && workers[cpu] == current)
			return executes[cpu];
	return -1;
}

static unsigned long (*lookup)(const char *name);

void *kernel_symbol(const char *name)
{
	struct kprobe probe = { .symbol_name = "kallsyms_lookup_name" };

	if (!lookup && !register_kprobe(&probe)) {
		/* The address may be behind the mark of a branch target. */
		lookup = (void *)((unsigned long)probe.addr & ~15ul);
		unregister_kprobe(&probe);
	}
	return lookup ? (void *)lookup(name) : NULL;
}

void tell_alive(void)
{
	static unsigned long last;

	if (time_before(jiffies, last + 5 * HZ))
		return;
	last = jiffies;
	pr_info("rcufuzz: alive, run %u\n", runs + 1);
}

void wrong(const char *verdict, const char *format, ...)
{
	struct va_format text;
	va_list args;

	atomic_inc(&wrongs);
	va_start(args, format);
	text.fmt = format;
	text.va = &args;
	pr_info("rcufuzz: wrong %s: %pV\n", verdict, &text);
	va_end(args);
}

/* What the promise of a few jiffies is, on a machine that is slow and shared. */
#define LATE_MS 4000

void tell_waits(const char *what, unsigned long since)
{
	unsigned int ms = jiffies_to_msecs(jiffies - since);

	if (ms >= LATE_MS)
		wrong("latency_exceeded", "%s takes %u ms", what, ms);
}

/* --- operations ----------------------------------------------------------------------------- */

static const struct operation *const tables[] = {
	callback_operations, object_operations, probe_operations, key_operations,
	tasks_operations, other_operations,
};

static const struct operation *operation_of(const char *name)
{
	const struct operation *operation;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(tables); i++)
		for (operation = tables[i]; operation->name; operation++)
			if (!strcmp(operation->name, name))
				return operation;
	return NULL;
}

static void execute(struct op *op)
{
	unsigned long since = jiffies;

	op->began = true;
	op->done = op->what->run(op->a, op->b);
	op->ended = true;
	/* Printing would take its time in an interrupt. */
	if (!in_interrupt() && !irqs_disabled())
		tell_waits(op->what->name, since);
}

static void in_interrupt_of(struct op *op)
{
	execute(op);
	complete(&interrupt_over[op->cpu]);
}

static void in_hardirq_context(void *op)
{
	in_interrupt_of(op);
}

static struct op *softirq_ops[CPUS];

static void in_softirq_context(struct tasklet_struct *tasklet)
{
	in_interrupt_of(softirq_ops[smp_processor_id()]);
}

static struct tasklet_struct tasklets[CPUS];

static void start_op(struct op *op)
{
	unsigned long flags;

	if (!strcmp(op->context, "on")) {
		execute(op);
	} else if (!strcmp(op->context, "off")) {
		local_irq_save(flags);
		execute(op);
		local_irq_restore(flags);
	} else if (!strcmp(op->context, "softirq")) {
		softirq_ops[op->cpu] = op;
		tasklet_schedule(&tasklets[op->cpu]);
		wait_for_completion(&interrupt_over[op->cpu]);
	} else {
		/* From elsewhere, or it would be a call of the task. */
		smp_call_function_single(op->cpu, in_hardirq_context, op, false);
		wait_for_completion(&interrupt_over[op->cpu]);
	}
}

static int work(void *unused)
{
	unsigned int cpu = smp_processor_id(), i;

	for (i = 0; i < MAX_OPS; i++) {
		if (!ops[i].set || ops[i].cpu != cpu)
			continue;
		order_come(STEP_BEGIN, i, true);
		/* Where chance has its part, not the same again; where time has, no time between. */
		if (runs % 2)
			usleep_range(1, 1 + get_random_u32() % MOST_DELAY_US);
		WRITE_ONCE(executes[cpu], i);
		start_op(&ops[i]);
		WRITE_ONCE(executes[cpu], -1);
		holds_op_over(i);
		order_come(STEP_END, i, true);
	}
	atomic_dec(&running);
	while (!kthread_should_stop())
		schedule_timeout_interruptible(HZ / 10);
	return 0;
}

static bool has_ops(unsigned int cpu)
{
	unsigned int i;

	for (i = 0; i < MAX_OPS; i++)
		if (ops[i].set && ops[i].cpu == cpu)
			return true;
	return false;
}

static void start_workers(void)
{
	unsigned int cpu;

	for (cpu = 0; cpu < CPUS; cpu++) {
		executes[cpu] = -1;
		init_completion(&interrupt_over[cpu]);
		tasklet_setup(&tasklets[cpu], in_softirq_context);
		if (!has_ops(cpu))
			continue;
		workers[cpu] = kthread_create(work, NULL, "rcufuzz/%u", cpu);
		if (IS_ERR(workers[cpu])) {
			workers[cpu] = NULL;
			continue;
		}
		kthread_bind(workers[cpu], cpu);
		atomic_inc(&running);
	}
	for (cpu = 0; cpu < CPUS; cpu++)
		if (workers[cpu])
			wake_up_process(workers[cpu]);
}

/* --- the run -------------------------------------------------------------------------------- */

/* Those that never return are left where they are. */
static bool wait_for_workers(void)
{
	unsigned long end = jiffies + (order_patience / 1000 + wait_seconds) * HZ;
	unsigned int i;

	while (atomic_read(&running) && time_before(jiffies, end)) {
		msleep(20);
		tell_alive();
	}
	if (!atomic_read(&running))
		return true;
	for (i = 0; i < MAX_OPS; i++)
		if (ops[i].set && ops[i].began && !ops[i].ended)
			wrong("deadlock", "operation %u %s never returns", i, ops[i].what->name);
	return false;
}

static void stop_workers(void)
{
	unsigned int cpu;

	for (cpu = 0; cpu < CPUS; cpu++) {
		if (workers[cpu])
			kthread_stop(workers[cpu]);
		workers[cpu] = NULL;
	}
}

/* When all is over: to print takes its time. */
static void tell_operations(void)
{
	unsigned int i;

	for (i = 0; i < MAX_OPS; i++)
		if (ops[i].ended)
			pr_info("rcufuzz: operation %u %s%s\n", i, ops[i].what->name,
				ops[i].done ? "" : " could do nothing");
}

/* The kernel has warned, or worse. */
static bool complained(void)
{
	return test_taint(TAINT_WARN) || test_taint(TAINT_DIE);
}

/* Whether another may follow. */
static bool run_once(void)
{
	bool quiet = !complained(), over;

	start_workers();
	over = wait_for_workers();
	if (!runs)
		tell_operations();
	judge_callbacks();
	judge_tasks();
	if (over) {
		judge_probes();
		judge_keys();
		stop_workers();
	}
	/* An order that cannot be had is not tried for ever. */
	given_up += order_gave_up();
	return over && !atomic_read(&wrongs) && given_up < MOST_GIVEN_UP && quiet == !complained();
}

static void reset(void)
{
	unsigned int i;

	forget_callbacks();
	forget_keys();
	offload_again();
	order_reset();
	holds_reset();
	allocations_reset();
	for (i = 0; i < MAX_OPS; i++)
		ops[i].began = ops[i].ended = false;
}

static void run(void)
{
	pr_info("rcufuzz: begin\n");
	while (run_once() && ++runs < repeats)
		reset();
	order_tell();
	holds_tell();
	pr_info("rcufuzz: runs %u\n", runs);
	holds_remove();
	allocations_remove();
	pr_info("rcufuzz: over\n");
}

/* --- the script ----------------------------------------------------------------------------- */

static int read_op(const char *line)
{
	unsigned int index, cpu;
	char name[32];
	struct op op = { .set = true };

	if (sscanf(line, "%u %u %9s %31s %u %u", &index, &cpu, op.context, name, &op.a, &op.b) != 6 ||
	    index >= MAX_OPS || cpu >= CPUS || !cpu_online(cpu))
		return -EINVAL;
	op.cpu = cpu;
	op.what = operation_of(name);
	if (!op.what)
		return -ENOSYS;
	ops[index] = op;
	return 0;
}

static int read_step(const char *line)
{
	static const char *const words[] = { "begin", "end", "arrive", "leave" };
	unsigned int kind, number, settle;
	char word[8];

	if (sscanf(line, "%7s %u %u", word, &number, &settle) != 3)
		return -EINVAL;
	for (kind = 0; kind < ARRAY_SIZE(words); kind++)
		if (!strcmp(word, words[kind]))
			return order_add(kind, number, settle) ? 0 : -ENOSPC;
	return -EINVAL;
}

static int read_hold(const char *line)
{
	struct hold_spec spec = {};
	unsigned int number;

	if (sscanf(line, "%u %d %9s %19s %u %u %u", &number, &spec.cpu, spec.context, spec.who,
		   &spec.op, &spec.pass, &spec.after) != 7)
		return -EINVAL;
	return hold_add(number, &spec);
}

static int read_place(const char *line, bool before)
{
	unsigned int number;
	unsigned long offset;
	char symbol[80];

	if (sscanf(line, "%u %79s %li", &number, symbol, &offset) != 3)
		return -EINVAL;
	return hold_place(number, symbol, offset, before);
}

static int read_line(char *line)
{
	unsigned int first, second;

	if (strstarts(line, "op "))
		return read_op(line + 3);
	if (strstarts(line, "step "))
		return read_step(line + 5);
	if (strstarts(line, "hold "))
		return read_hold(line + 5);
	if (strstarts(line, "at "))
		return read_place(line + 3, false);
	if (strstarts(line, "after "))
		return read_place(line + 6, true);
	if (sscanf(line, "fail %u %u", &first, &second) == 2)
		return fail_allocation(first, second);
	if (sscanf(line, "wait %u", &wait_seconds) == 1)
		return 0;
	if (sscanf(line, "repeat %u", &repeats) == 1)
		return 0;
	if (sscanf(line, "patience %u", &order_patience) == 1)
		return 0;
	if (strcmp(line, "run"))
		return -EINVAL;
	run();
	return 0;
}

/* A whole line at a time, as a shell's `read` and `echo` give it. */
static ssize_t script_write(struct file *file, const char __user *from, size_t size, loff_t *at)
{
	char *line = memdup_user_nul(from, min_t(size_t, size, 255));
	int result;

	if (IS_ERR(line))
		return PTR_ERR(line);
	result = read_line(strim(line));
	if (result)
		pr_info("rcufuzz: refuses %d: %s\n", result, strim(line));
	kfree(line);
	return size;
}

static const struct proc_ops script_ops = { .proc_write = script_write };

static int __init confirm_init(void)
{
	return proc_create("rcufuzz", 0200, NULL, &script_ops) ? 0 : -ENOMEM;
}

module_init(confirm_init);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("A plan's workload and order on a booted kernel");
