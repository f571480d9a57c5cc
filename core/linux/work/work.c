// SPDX-License-Identifier: GPL-2.0-or-later
//
// One task for each CPU of the workload executes that CPU's operations in the order of the plan.
// Those for a softirq or a hardirq are raised there and come when the machine lets them; the task
// goes on meanwhile, and waits for them at its end.
#include "core/linux/work/where.h"
#include "core/linux/work/work.h"

#include <linux/completion.h>
#include <linux/interrupt.h>
#include <linux/kthread.h>
#include <linux/slab.h>
#include <linux/tick.h>

#define MAX_RAISED 64

const struct work_plan *work_plan;
bool op_disables_irqs[NR_CPUS];
extern bool allocations_may_fail;
extern void (*device_handler)(unsigned int cpu);
void raise_vector(unsigned int cpu, unsigned int vector);
unsigned long quiet_but_for_me(void);
bool keeps_house(unsigned int cpu);

static const operation operations[] = {
#define OPERATION(name, ...) do_##name,
#include "core/linux/operations.def"
#undef OPERATION
};

static const char *const operation_names[] = {
#define OPERATION(name, ...) #name,
#include "core/linux/operations.def"
#undef OPERATION
};

/* Indices of operations that wait for an interrupt. */
struct raised {
	unsigned int index[MAX_RAISED];
	unsigned int begin, end;
};

static struct cpu_work {
	struct task_struct *task;
	struct raised hard, soft;
	struct tasklet_struct tasklet;
	unsigned int outstanding;
	bool started, waits, done;
	const char *operation;	/* the last that its task began */
	bool busy;	/* between the beginning and the end of an operation, or for good */
	struct task_struct *claimed;	/* by whom: the CPU is, or was, to go offline */
} works[NR_CPUS];

static void execute(unsigned int index)
{
	const struct work_op *op = &work_plan->ops[index];
	const struct balance before = balance_now();
	bool done;

	check_watching("an operation");
	work_plan->begins(index);
	turn_begins();
	done = operations[op->kind](op->a, op->b);
	if (in_hardirq() || in_serving_softirq())
		check_balance(&before, "an operation");
	else
		check_balance_of_task("an operation");
	turn_ends();
	work_plan->ends(index, done);
}

/* --- interrupts --------------------------------------------------------------------------- */

static void execute_raised(struct cpu_work *work, struct raised *raised)
{
	while (raised->begin != raised->end) {
		execute(raised->index[raised->begin++ % MAX_RAISED]);
		if (!--work->outstanding && work->waits)
			wake_up_process(work->task);
	}
}

static void handle_device(unsigned int cpu)
{
	struct cpu_work *work = &works[cpu];

	if (work->started && !work->done)
		execute_raised(work, &work->hard);
	else if (work->started || !work_plan)
		return;
	else {
		work->started = true;
		wake_up_process(work->task);
	}
}

static void handle_tasklet(unsigned long cpu)
{
	execute_raised(&works[cpu], &works[cpu].soft);
}

/* Where ksoftirqd preempts the task, it is here. */
static void schedule_softirq(struct cpu_work *work)
{
	preempt_disable();
	tasklet_schedule(&work->tasklet);
	preempt_enable();
}

static void raise(struct cpu_work *work, unsigned int index)
{
	bool hard = work_plan->ops[index].context == WORK_HARDIRQ;
	struct raised *raised = hard ? &work->hard : &work->soft;

	raised->index[raised->end++ % MAX_RAISED] = index;
	work->outstanding++;
	if (hard)
		raise_vector(smp_processor_id(), MACHINE_DEVICE_VECTOR);
	else
		schedule_softirq(work);
}

/* --- CPUs that come and go ---------------------------------------------------------------- */

static bool has_operations(unsigned int cpu)
{
	unsigned int i;

	for (i = 0; i < work_plan->count; i++)
		if (work_plan->ops[i].cpu == cpu)
			return true;
	return false;
}

bool claim_cpu(unsigned int cpu)
{
	struct cpu_work *work = &works[cpu];

	if (work->claimed || work->busy || work->task->on_rq || work->outstanding ||
	    reader_open_on(cpu) || holds_something(cpu) || (!work->started && has_operations(cpu)))
		return false;
	work->claimed = current;
	return true;
}

void release_cpu(unsigned int cpu)
{
	works[cpu].claimed = NULL;
	wake_up_process(works[cpu].task);
}

bool waits_for_me(unsigned int cpu)
{
	return works[cpu].claimed == current && works[cpu].started && !works[cpu].done;
}

static void become_busy(struct cpu_work *work)
{
	for (;;) {
		set_current_state(TASK_UNINTERRUPTIBLE);
		if (!work->claimed)
			break;
		schedule();
	}
	work->busy = true;
	__set_current_state(TASK_RUNNING);
}

/* --- the tasks ---------------------------------------------------------------------------- */

static void start_op(struct cpu_work *work, unsigned int index)
{
	unsigned long flags;

	kernel_point(work, MACHINE_NONE);
	become_busy(work);
	work->operation = operation_names[work_plan->ops[index].kind];
	switch (work_plan->ops[index].context) {
	case WORK_TASK_ON:
		execute(index);
		break;
	case WORK_TASK_OFF:
		local_irq_save(flags);
		op_disables_irqs[raw_smp_processor_id()] = true;
		execute(index);
		op_disables_irqs[raw_smp_processor_id()] = false;
		local_irq_restore(flags);
		break;
	default:
		raise(work, index);
	}
	work->busy = false;
}

static void wait_for_raised(struct cpu_work *work)
{
	work->waits = true;
	for (;;) {
		set_current_state(TASK_UNINTERRUPTIBLE);
		if (!work->outstanding)
			break;
		schedule();
	}
	__set_current_state(TASK_RUNNING);
}

/*
 * Until nothing that was posted is outstanding: RCU must get there without this CPU's idling. It
 * never will where meanwhile nothing at all happens for long. A CPU without a tick stays for ever.
 */
static void stay_in_kernel(void)
{
	unsigned long end = jiffies + 2 * PATIENCE, since = jiffies, before = 0, now;
	bool tickless = tick_nohz_full_cpu(raw_smp_processor_id());

	while (tickless || (callbacks_outstanding() && time_before(jiffies, end))) {
		compute_and_give_way();
		/* As whoever stays for long: Tasks RCU waits for nobody who is preempted. */
		if (IS_ENABLED(CONFIG_TASKS_RCU))
			cond_resched_tasks_rcu_qs();
		now = quiet_but_for_me();
		if (!now || now != before)
			since = jiffies;
		before = now;
		if (time_after(jiffies, since + PATIENCE))
			judge_quiet_kernel();
	}
}

/* The first CPU idles, as one that keeps the time; so does one that keeps house. */
static bool stays_in_kernel(unsigned int cpu)
{
	return !keeps_house(cpu) && (cpu || nr_cpu_ids == 1);
}

static int work_main(void *arg)
{
	struct cpu_work *work = arg;
	unsigned int cpu = raw_smp_processor_id(), i;

	while (!work->started) {
		set_current_state(TASK_UNINTERRUPTIBLE);
		if (!work->started)
			schedule();
	}
	__set_current_state(TASK_RUNNING);
	for (i = 0; i < work_plan->count; i++)
		if (work_plan->ops[i].cpu == cpu)
			start_op(work, i);
	become_busy(work);
	close_readers();
	close_srcu_readers();
	close_trace_readers();
	release_locks();
	wait_for_raised(work);
	close_readers();
	bring_back_cpus();
	work->done = true;
	if (work_plan->end == WORK_END_KERNEL && stays_in_kernel(cpu))
		stay_in_kernel();
	turn_ends();
	work->busy = false;
	for (;;) {
		set_current_state(TASK_UNINTERRUPTIBLE);
		schedule();
	}
	return 0;
}

/* At the end of the boot. */
void start_workload_threads(void)
{
	unsigned int cpu;

	device_handler = handle_device;
	prepare_calls();
	prepare_nmis();
	prepare_timers();
	prepare_srcu();
	prepare_completions();
	for_each_online_cpu(cpu) {
		struct cpu_work *work = &works[cpu];

		tasklet_init(&work->tasklet, handle_tasklet, cpu);
		work->task = kthread_create_on_node(work_main, work, -1, "work/%u", cpu);
		kthread_bind(work->task, cpu);
		wake_up_process(work->task);
	}
	prepare_lockers();
	prepare_others();
}

/* --- what the machine calls --------------------------------------------------------------- */

static void start(const struct work_plan *plan)
{
	unsigned int busy = 0, i;

	work_plan = plan;
	allocations_may_fail = plan->failing_allocations;
	for (i = 0; i < plan->count; i++)
		busy |= 1u << plan->ops[i].cpu;
	for (i = 0; busy >> i; i++)
		if (busy >> i & 1)
			raise_vector(i, MACHINE_DEVICE_VECTOR);
}

void judge_waiting(const char *what)
{
	const char *where = where_a_callback_is_left();

	if (where)
		judged("deadlock", machine_here(), "%s: a callback is never invoked: it is %s", what,
		       where);
	else
		judged("deadlock", machine_here(), "%s", what);
}

/* It is named only where nothing else says what this is about: many a one waits for a callback. */
static void judge_operation(const struct cpu_work *work)
{
	if (where_a_callback_is_left() || !work->operation)
		judge_waiting("an operation never returns");
	else
		judged("deadlock", machine_here(), "%s never returns", work->operation);
}

/* Whoever waits for a grace period may do so for a reason that others give. */
static bool waits_for_period(const char *where)
{
	return strstr(where, "has not ended") != NULL;
}

/* Those that the kernel posts for itself, as where a trace point's probes change. */
static void judge_others_callbacks(bool waiting_too)
{
	const char *where = where_a_callback_is_left();

	if (where && (waiting_too || !waits_for_period(where)))
		judge_stranded(where);
}

/* Others wait for it: it is the first thing to say. */
static void judge_all_timers(void)
{
	const char *where = where_a_timer_is_left();

	if (where)
		judged("lost_call", machine_here(),
		       "all CPUs sleep, and a timer is left that never fires: it is in %s", where);
}

static void judge_all(bool lazy_too)
{
	bool others_are_due = lazy_too || !IS_ENABLED(CONFIG_RCU_LAZY);
	unsigned int cpu;

	judge_callbacks(lazy_too);
	if (others_are_due)
		judge_others_callbacks(false);
	judge_calls();
	judge_timers();
	judge_probes();
	judge_keys();
	judge_srcu();
	for (cpu = 0; cpu < nr_cpu_ids; cpu++)
		if (!works[cpu].done && (works[cpu].started || has_operations(cpu)))
			judge_operation(&works[cpu]);
	judge_others();
	judge_locks();
	judge_completions();
	judge_kthreads();
	if (others_are_due)
		judge_others_callbacks(true);
	judge_tasks_rcu();	/* which waits for RCU */
}

static void judge(void)
{
	machine_looks_on = true;
	judge_all_timers();
	judge_all(true);
	machine_looks_on = false;
}

static void judge_late(void)
{
	unsigned int cpu;

	for (cpu = 0; cpu < nr_cpu_ids; cpu++)
		if (works[cpu].started && !works[cpu].done && task_is_running(works[cpu].task))
			return;
	machine_looks_on = true;
	judge_all(false);
	machine_looks_on = false;
}

void show_tasks(void);

static void show(void)
{
	machine_looks_on = true;
	show_rcu_gp_kthreads();
	show_tasks();
	machine_looks_on = false;
}

static long quantity(const char *name, int cpu)
{
	if (cpu < 0 && !strcmp(name, "outstanding"))
		return callbacks_outstanding();
	if (cpu < 0 && !strcmp(name, "invoked"))
		return callbacks_invoked();
	return rcu_quantity(name, cpu);
}

static long observe(const char *name, int cpu)
{
	long seen;

	machine_looks_on = true;
	seen = quantity(name, cpu);
	machine_looks_on = false;
	return seen;
}

const struct guest_work guest_work = {
	.names = work_names,
	.has_tasks_rcu = IS_ENABLED(CONFIG_TASKS_RCU_GENERIC),
	.has_kcsan = IS_ENABLED(CONFIG_KCSAN),
	.is_preemptible = IS_ENABLED(CONFIG_PREEMPTION),
	.start = start,
	.judge = judge,
	.judge_late = judge_late,
	.show = show,
	.observe = observe,
};
