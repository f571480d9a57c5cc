// SPDX-License-Identifier: GPL-2.0-or-later
//
// The tick, in the kernel's order of steps (kernel/time/tick-sched.c, v6.1 and v6.12). An idle CPU
// keeps it as long as RCU, a softirq or a timer of the next jiffy wants it; then it sleeps until
// its next timer. So does a busy CPU of nohz_full= while nothing depends on its tick; any other
// busy CPU has its tick.
#include "core/linux/runtime/runtime.h"

#include <linux/context_tracking.h>
#include <linux/interrupt.h>
#include <linux/irq_work.h>
#include <linux/jiffies.h>
#include <linux/rcupdate.h>
#include <linux/tick.h>

#include <kernel/time/tick-internal.h>

int idle_cpu(int cpu);

static unsigned long jiffy_of(u64 ns)
{
	return ns == KTIME_MAX ? MACHINE_NEVER : DIV_ROUND_UP_ULL(ns, TICK_NSEC);
}

/* Timers count jiffies from a start that is near overflow; nanoseconds begin at 0. */
static u64 now_ns(void)
{
	return (u64)(jiffies - INITIAL_JIFFIES) * TICK_NSEC;
}

/* With `idle`: the CPU's timers become those of an idle CPU, unless one is due too soon: then false
 * is left there. */
static unsigned long next_timer(bool *idle)
{
	u64 next;
#if IS_6_2_OR_LATER
	next = idle ? timer_base_try_to_set_idle(jiffies, now_ns(), idle) :
		      get_next_timer_interrupt(jiffies, now_ns());
#else
	next = get_next_timer_interrupt(jiffies, now_ns());
	if (idle)
		*idle = true;
#endif
	next = jiffy_of(next);
	return next == MACHINE_NEVER ? next : next + INITIAL_JIFFIES;
}

static unsigned long earlier(unsigned long a, unsigned long b)
{
	if (a == MACHINE_NEVER || b == MACHINE_NEVER)
		return a == MACHINE_NEVER ? b : a;
	return time_before(a, b) ? a : b;
}

/* When the clock comes to this CPU next: for its tick, or as the workload has asked. */
static void program(unsigned long jiffy)
{
	struct run_queue *queue = this_queue();

	queue->tick_at = jiffy;
	set_expiry(earlier(jiffy, queue->has_alarm ? queue->alarm : MACHINE_NEVER));
}

void set_alarm(unsigned long jiffy)
{
	struct run_queue *queue = this_queue();

	queue->has_alarm = true;
	queue->alarm = jiffy;
	program(queue->tick_at);
}

/* The clock has come to this CPU: is it for the tick? */
bool tick_is_due(void)
{
	struct run_queue *queue = this_queue();

	if (queue->has_alarm && time_after_eq(jiffies, queue->alarm))
		queue->has_alarm = false;
	if (queue->tick_at != MACHINE_NEVER && time_after_eq(jiffies, queue->tick_at))
		return true;
	program(queue->tick_at);
	return false;
}

/* Nothing comes to this CPU any more. */
void tick_dies(void)
{
	struct run_queue *queue = this_queue();

	queue->tick_stopped = queue->tick_goes = queue->has_alarm = false;
	program(MACHINE_NEVER);
}

static bool time_pauses;	/* CPU 0 keeps the time, and has stopped its tick */

static bool no_cpuidle;

static int __init set_no_cpuidle(char *text)
{
	no_cpuidle = true;
	return 1;
}
__setup("machine_no_cpuidle", set_no_cpuidle);

/*
 * The next is programmed already, where the tick goes on. In the kernel one that is due, and has
 * not come yet, still comes; here only with no_cpuidle, ordinarily the CPU has looked in time.
 */
static void keep_tick(void)
{
	struct run_queue *queue = this_queue();

	if (!no_cpuidle || !queue->tick_goes)
		program(jiffies + 1);
	queue->tick_goes = true;
}

/* A stopped one comes once. */
static void want_tick(void)
{
	if (this_queue()->tick_stopped)
		program(jiffies + 1);
	else
		keep_tick();
}

static void restart_tick(void)
{
	struct run_queue *queue = this_queue();

	if (queue->tick_stopped) {
		queue->tick_stopped = false;
		timer_clear_idle();
	}
	keep_tick();
}

/* As setup_percpu_clockev() of start_secondary(): before any task can run there. */
void tick_starts(void)
{
	restart_tick();
}

static bool kernel_wants_tick(void)
{
	return rcu_needs_cpu() || irq_work_needs_cpu() ||
	       (local_softirq_pending() & BIT(TIMER_SOFTIRQ));
}

/* As tick_nohz_next_event() and tick_nohz_stop_tick() have it. */
static void stop_tick(void)
{
	struct run_queue *queue = this_queue();
	unsigned long next, after;

	if (kernel_wants_tick()) {
		want_tick();
		return;
	}
	next = next_timer(NULL);
	if (!queue->tick_stopped && next != MACHINE_NEVER && time_before_eq(next, jiffies + 1)) {
		keep_tick();
		return;
	}
	/* Not later than what was found first. */
	after = next_timer(&queue->tick_stopped);
	if (!queue->tick_stopped) {
		keep_tick();
		return;
	}
	queue->tick_goes = false;
	next = earlier(next, after);
	if (next != MACHINE_NEVER && time_before_eq(next, jiffies))
		next = jiffies + 1;
	program(next);
}

/* --- busy CPUs without a tick ------------------------------------------------------------- */

#ifdef CONFIG_NO_HZ_FULL
cpumask_var_t tick_nohz_full_mask;
bool tick_nohz_full_running;

/* By TICK_DEP_BIT_; those of a task are in the task. */
static atomic_t dependencies;
static DEFINE_PER_CPU(atomic_t, cpu_dependencies);

static int __init set_nohz_full(char *text)
{
	if (cpulist_parse(text, tick_nohz_full_mask))
		return 0;
	tick_nohz_full_running = true;
	return 1;
}
__setup("nohz_full=", set_nohz_full);

void tick_prepare(void)
{
	unsigned int cpu;

	if (tick_nohz_full_running)
		for_each_cpu(cpu, tick_nohz_full_mask)
			ct_cpu_track_user(cpu);
}

bool is_tickless(unsigned int cpu)
{
	return tick_nohz_full_running && cpumask_test_cpu(cpu, tick_nohz_full_mask);
}

/* The way out of the interrupt looks at the tick; there is no more to it. The kernel's irq_work for
 * it is empty. */
void tick_nohz_full_kick_cpu(int cpu)
{
	if (!tick_nohz_full_cpu(cpu))
		return;
	/* irq_work_queue_on() says so. */
	if (cpu != acting_cpu && !cpu_online(cpu))
		fail("kernel_warning", NULL, "a CPU that is offline is kicked for its tick");
	raise_vector(cpu, VECTOR_IRQ_WORK);
}

void tick_nohz_dep_set(enum tick_dep_bits bit)
{
	unsigned int cpu;

	if (atomic_fetch_or(BIT(bit), &dependencies))
		return;
	for_each_online_cpu(cpu)
		tick_nohz_full_kick_cpu(cpu);
}

void tick_nohz_dep_clear(enum tick_dep_bits bit)
{
	atomic_andnot(BIT(bit), &dependencies);
}

void tick_nohz_dep_set_cpu(int cpu, enum tick_dep_bits bit)
{
	if (atomic_fetch_or(BIT(bit), &per_cpu(cpu_dependencies, cpu)))
		return;
	tick_nohz_full_kick_cpu(cpu);
}

void tick_nohz_dep_clear_cpu(int cpu, enum tick_dep_bits bit)
{
	atomic_andnot(BIT(bit), &per_cpu(cpu_dependencies, cpu));
}

/* For oracles. */
bool tick_is_kept_for(unsigned int cpu, enum tick_dep_bits bit)
{
	return per_cpu(cpu_dependencies, cpu).counter & BIT(bit);
}

void tick_nohz_dep_set_task(struct task_struct *task, enum tick_dep_bits bit)
{
	if (!atomic_fetch_or(BIT(bit), &task->tick_dep_mask) && task == current)
		tick_nohz_full_kick_cpu(acting_cpu);
}

void tick_nohz_dep_clear_task(struct task_struct *task, enum tick_dep_bits bit)
{
	atomic_andnot(BIT(bit), &task->tick_dep_mask);
}

static bool may_stop_full_tick(void)
{
	return cpu_online(acting_cpu) && !atomic_read(&dependencies) &&
	       !atomic_read(this_cpu_ptr(&cpu_dependencies)) &&
	       !atomic_read(&current->tick_dep_mask);
}

/* With more than one task to run, a CPU needs its tick. */
void tick_counts_tasks(unsigned int cpu, unsigned int runnable)
{
	if (!tick_nohz_full_cpu(cpu))
		return;
	if (runnable > 1)
		tick_nohz_dep_set_cpu(cpu, TICK_DEP_BIT_SCHED);
	else
		tick_nohz_dep_clear_cpu(cpu, TICK_DEP_BIT_SCHED);
}

/* The next task may want a tick that the one before did not. */
void tick_task_switched(void)
{
	if (this_queue()->tick_stopped && atomic_read(&current->tick_dep_mask))
		tick_nohz_full_kick_cpu(acting_cpu);
}

static void update_full_tick(void)
{
	if (may_stop_full_tick())
		stop_tick();
	else
		restart_tick();
}

/* CPU 0 keeps the time. */
static bool must_keep_time(void)
{
	return tick_nohz_full_running && acting_cpu == 0;
}

bool wake_up_full_nohz_cpu(int cpu)
{
	if (!tick_nohz_full_cpu(cpu))
		return false;
	if (cpu != acting_cpu || tick_nohz_tick_stopped())
		tick_nohz_full_kick_cpu(cpu);
	return true;
}
#else
static int __init set_nohz_full(char *text)
{
	return 1;	/* the kernel says that it cannot, and goes on */
}
__setup("nohz_full=", set_nohz_full);

static void update_full_tick(void) { }
static bool must_keep_time(void) { return false; }
bool is_tickless(unsigned int cpu) { return false; }
bool tick_is_kept_for(unsigned int cpu, enum tick_dep_bits bit) { return false; }
void tick_prepare(void) { }
void tick_counts_tasks(unsigned int cpu, unsigned int runnable) { }
void tick_task_switched(void) { }
bool wake_up_full_nohz_cpu(int cpu) { return false; }
#endif

/* --- when the kernel looks at it ---------------------------------------------------------- */

/* The tick has come. Where it is stopped, the way out of the interrupt or the idle loop looks. */
void tick_goes_on(void)
{
	struct run_queue *queue = this_queue();

	queue->got_tick = queue->in_idle;
	if (no_cpuidle)
		program(queue->tick_stopped ? MACHINE_NEVER : jiffies + 1);
	else if (!queue->in_idle && !queue->tick_stopped)
		program(jiffies + 1);
}

/* cpuidle_idle_call(): a driver has a governor who says whether it is worth it; here it always is.
 * Where there is none, a tick that goes on has to come first. */
static bool retains_tick(void)
{
	struct run_queue *queue = this_queue();
	bool got_tick = queue->got_tick;

	queue->got_tick = false;
	return no_cpuidle && !got_tick && !queue->tick_stopped;
}

/*
 * The idle loop, before it sleeps. The CPU that keeps the time ticks on, until there is nothing
 * left but that: time is the machine's, and a run ends when nothing is to come.
 */
void tick_idle(void)
{
	bool keeps_time = must_keep_time(), retains = retains_tick();

	if (keeps_time && !only_time_goes_on()) {
		restart_tick();
	} else if (retains || local_softirq_pending() || this_queue()->ready_count) {
		want_tick();
	} else {
		stop_tick();
		time_pauses = keeps_time;
	}
}

/* Something goes on elsewhere: the CPU that keeps the time ticks as if it had never stopped. */
void tick_wakes_time(void)
{
	if (!time_pauses || !acting_cpu)
		return;
	time_pauses = false;
	run_queues[0].tick_at = earlier(run_queues[0].tick_at, jiffies + 1);
	set_expiry_of(0, run_queues[0].tick_at);
}

void tick_leaves_idle(void)
{
	if (is_tickless(acting_cpu))
		update_full_tick();
	else
		restart_tick();
}

/*
 * On the way out of an interrupt, also of one that came in the middle of a softirq. An idle CPU's
 * loop, to which every interrupt comes back, looks by itself. (Then the kernel's function counts
 * idle time, no more.)
 */
void tick_nohz_irq_exit(void)
{
	if (!this_queue()->in_idle && is_tickless(acting_cpu))
		update_full_tick();
}

void tick_irq_enter(void)
{
}

bool tick_nohz_tick_stopped(void)
{
	return this_queue()->tick_stopped;
}

bool tick_nohz_tick_stopped_cpu(int cpu)
{
	return run_queues[cpu].tick_stopped;
}

void wake_up_nohz_cpu(int cpu)
{
	if (!wake_up_full_nohz_cpu(cpu) && cpu != acting_cpu && run_queues[cpu].in_idle)
		resched_cpu(cpu);
}

/* Where a timer goes that is not bound to its CPU: an idle one is not woken for it, and one without
 * a tick is left in peace. */
int get_nohz_timer_target(void)
{
	unsigned int cpu, keeper = acting_cpu;

	if (!idle_cpu(acting_cpu) && !is_tickless(acting_cpu))
		return acting_cpu;
	for_each_online_cpu(cpu) {
		if (is_tickless(cpu))
			continue;
		if (!idle_cpu(cpu))
			return cpu;
		if (is_tickless(keeper))
			keeper = cpu;
	}
	return keeper;
}
