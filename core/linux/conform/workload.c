// SPDX-License-Identifier: GPL-2.0-or-later
//
// A workload of small windows for a kernel that traces: in each, a task on each CPU does some of
// the operations of core/linux/operations.def, drawn by a seed; before and behind it the kernel is
// at rest. Marks in the trace say what it does (core/conform/trace.h). Runs when it is loaded.
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/hrtimer.h>
#include <linux/init.h>
#include <linux/irq_work.h>
#include <linux/interrupt.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/prandom.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>

#include <asm/tsc.h>

static unsigned int windows = 10, seed = 1, most_ops = 4;
module_param(windows, uint, 0);
module_param(seed, uint, 0);
module_param(most_ops, uint, 0);	/* of each CPU */
static char *config = "";
module_param(config, charp, 0);		/* "NAME:VALUE,NAME:VALUE": of the simulated machine */

#define CPUS		8
#define MAX_OPS		(CPUS * 12)

#define mark(...)	trace_printk("rcufuzz: " __VA_ARGS__)

enum kind { CALL_RCU, READ_LOCK, READ_UNLOCK, SYNCHRONIZE_RCU, RCU_BARRIER, SLEEP, COND_RESCHED,
	    GET_STATE, KINDS };
enum context { ON, OFF, SOFTIRQ, HARDIRQ };

static const char *const kind_words[] = { "call_rcu", "read_lock", "read_unlock", "synchronize_rcu",
					  "rcu_barrier", "sleep", "cond_resched", "get_state" };
static const char *const context_words[] = { "on", "off", "softirq", "hardirq" };

struct op {
	enum kind kind;
	enum context context;
	unsigned int cpu, a;
	const char *parameter;
	struct irq_work irq_work;
	struct tasklet_struct tasklet;
};

static struct op ops[MAX_OPS];
static unsigned int count;
static atomic_t running;	/* tasks, and operations in interrupts */
static DECLARE_COMPLETION(ended);
static struct task_struct *workers[CPUS];
static struct rnd_state random;

/* --- operations --------------------------------------------------------------------------- */

struct posted {
	struct rcu_head head;
	bool posts_another;
};

static void post(bool posts_another);

static void invoked(struct rcu_head *head)
{
	struct posted *posted = container_of(head, struct posted, head);
	bool posts_another = posted->posts_another;

	kfree(posted);
	if (posts_another)
		post(false);
}

static void post(bool posts_another)
{
	struct posted *posted = kmalloc(sizeof(*posted), GFP_ATOMIC);

	if (!posted)
		return;
	posted->posts_another = posts_another;
	call_rcu(&posted->head, invoked);
}

static void execute(struct op *op)
{
	unsigned int index = op - ops;

	mark("begin %u\n", index);
	switch (op->kind) {
	case CALL_RCU:
		post(op->a == 2);
		break;
	case READ_LOCK:
		rcu_read_lock();
		break;
	case READ_UNLOCK:
		rcu_read_unlock();
		break;
	case SYNCHRONIZE_RCU:
		if (op->a)
			synchronize_rcu_expedited();
		else
			synchronize_rcu();
		break;
	case RCU_BARRIER:
		rcu_barrier();
		break;
	case SLEEP:
		schedule_timeout_uninterruptible(op->a);
		break;
	case COND_RESCHED:
		cond_resched();
		break;
	case GET_STATE:
		if (op->a)
			start_poll_synchronize_rcu();
		else
			get_state_synchronize_rcu();
		break;
	default:
		break;
	}
	mark("end %u\n", index);
}

/* Whoever is last says that it is over: nobody who waits for it is woken before. */
static void end_one(void)
{
	if (atomic_dec_and_test(&running)) {
		mark("over\n");
		complete(&ended);
	}
}

static void in_hardirq_context(struct irq_work *work)
{
	execute(container_of(work, struct op, irq_work));
	end_one();
}

static void in_softirq_context(struct tasklet_struct *tasklet)
{
	execute(container_of(tasklet, struct op, tasklet));
	end_one();
}

static void start_op(struct op *op)
{
	unsigned long flags;

	switch (op->context) {
	case ON:
		execute(op);
		break;
	case OFF:
		local_irq_save(flags);
		execute(op);
		local_irq_restore(flags);
		break;
	case SOFTIRQ:
		atomic_inc(&running);
		tasklet_setup(&op->tasklet, in_softirq_context);
		/* Here, and not in a thread when that gets the CPU. */
		local_bh_disable();
		tasklet_schedule(&op->tasklet);
		local_bh_enable();
		break;
	case HARDIRQ:
		atomic_inc(&running);
		op->irq_work = IRQ_WORK_INIT_HARD(in_hardirq_context);
		irq_work_queue(&op->irq_work);
		break;
	}
}

static int work(void *unused)
{
	unsigned int cpu = smp_processor_id(), i;

	for (;;) {
		set_current_state(TASK_INTERRUPTIBLE);
		schedule();
		__set_current_state(TASK_RUNNING);
		if (kthread_should_stop())
			return 0;
		for (i = 0; i < count; i++)
			if (ops[i].cpu == cpu)
				start_op(&ops[i]);
		end_one();
	}
}

/* --- windows ------------------------------------------------------------------------------ */

static unsigned int below(unsigned int limit)
{
	return prandom_u32_state(&random) % limit;
}

static void add(enum kind kind, enum context context, unsigned int cpu, unsigned int a,
		const char *parameter)
{
	struct op *op = &ops[count++];

	op->kind = kind;
	op->context = context;
	op->cpu = cpu;
	op->a = a;
	op->parameter = parameter;
}

/* What sleeps is not drawn inside of a reader, nor a softirq, which may want a thread's help. */
static void draw_of(unsigned int cpu)
{
	unsigned int left = 1 + below(most_ops);
	bool reads = false;

	while (left--)
		switch (below(reads ? 6 : 10)) {
		case 0:
		case 1:
			add(CALL_RCU, ON, cpu, below(2) * 2, "how");
			break;
		case 2:
			add(CALL_RCU, reads ? OFF : OFF + below(3), cpu, below(2) * 2, "how");
			break;
		case 3:
			add(GET_STATE, ON, cpu, below(2), "how");
			break;
		case 4:
		case 5:
			if (reads)
				add(READ_UNLOCK, ON, cpu, 0, NULL);
			else if (left)
				add(READ_LOCK, ON, cpu, 0, "how");
			else
				break;
			reads = !reads;
			break;
		case 6:
			add(SYNCHRONIZE_RCU, ON, cpu, below(4) == 0, "how");
			break;
		case 7:
			add(RCU_BARRIER, ON, cpu, 0, NULL);
			break;
		case 8:
			add(SLEEP, ON, cpu, 1 + below(2), "jiffies");
			break;
		case 9:
			add(COND_RESCHED, ON, cpu, 0, NULL);
			break;
		}
	if (reads)
		add(READ_UNLOCK, ON, cpu, 0, NULL);
	if (below(2))
		add(RCU_BARRIER, ON, cpu, 0, NULL);
}

static void print_window(void)
{
	char *words = kstrdup(config, GFP_KERNEL), *rest = words, *one;
	unsigned int i;

	if (!words)
		return;
	strreplace(words, ':', ' ');
	mark("window\n");
	mark("clock %u\n", tsc_khz);
	while ((one = strsep(&rest, ",")) && *one)
		mark("config %s\n", one);
	kfree(words);
	for (i = 0; i < count; i++) {
		const struct op *op = &ops[i];

		if (op->parameter)
			mark("op cpu%u %s %s %s=%u\n", op->cpu, context_words[op->context],
			     kind_words[op->kind], op->parameter, op->a);
		else
			mark("op cpu%u %s %s\n", op->cpu, context_words[op->context],
			     kind_words[op->kind]);
	}
	mark("go\n");
}

/* All that was posted is invoked, and no grace period is asked for. */
static void rest(void)
{
	unsigned long before, now;

	do {
		before = get_state_synchronize_rcu();
		rcu_barrier();
		rcu_barrier();
		msleep(30);
		now = get_state_synchronize_rcu();
	} while (now != before);
}

static void run_window(void)
{
	unsigned int cpu;

	count = 0;
	/* Each has something to do, and its tick goes on: it has just waited, or it has not. */
	for_each_online_cpu(cpu) {
		add(COND_RESCHED, ON, cpu, 0, NULL);
		if (below(4))
			draw_of(cpu);
	}
	rest();
	print_window();
	for_each_online_cpu(cpu)
		atomic_inc(&running);
	for_each_online_cpu(cpu)
		wake_up_process(workers[cpu]);
	wait_for_completion(&ended);
}

static int __init workload_init(void)
{
	unsigned int cpu, i;

	/* A kernel without a clock for it never stops the tick of an idle CPU. */
	if (!tsc_khz || hrtimer_resolution != 1) {
		pr_err("rcufuzz: no high-resolution timers: %u kHz\n", tsc_khz);
		return -ENODEV;
	}
	prandom_seed_state(&random, seed);
	for_each_online_cpu(cpu) {
		workers[cpu] = kthread_create(work, NULL, "rcufuzz/%u", cpu);
		if (IS_ERR(workers[cpu]))
			return PTR_ERR(workers[cpu]);
		kthread_bind(workers[cpu], cpu);
		wake_up_process(workers[cpu]);
	}
	msleep(100);
	for (i = 0; i < windows; i++)
		run_window();
	for_each_online_cpu(cpu)
		kthread_stop(workers[cpu]);
	rcu_barrier();
	return 0;
}

static void __exit workload_exit(void)
{
}

module_init(workload_init);
module_exit(workload_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Windows of RCU operations for a kernel that traces");
