// SPDX-License-Identifier: GPL-2.0-or-later
//
// Work queues: pending work of a CPU queues there, and its workers take it. The kernel makes as
// many as it takes until one does not wait. Here are four: CPUs that come and go wait in one item,
// an expedited grace period in another, for a third that looks at a leaf. One item never runs twice
// at a time.
#include "core/linux/runtime/runtime.h"

#include <linux/cpu.h>
#include <linux/kthread.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/timer.h>
#include <linux/workqueue.h>

#define WORKERS 4
#define FIRST_WORKERS 2	/* before all that the boot starts; the others after it */

struct worker {
	struct task_struct *task;
	struct work_struct *running;
};

struct work_pool {
	struct list_head pending;
	struct worker workers[WORKERS];
};

static struct work_pool pools[NR_CPUS];
static unsigned long any_queue;	/* a work queue has no state here */

#define THE_QUEUE ((struct workqueue_struct *)&any_queue)
struct workqueue_struct *system_wq = THE_QUEUE, *system_highpri_wq = THE_QUEUE;
struct workqueue_struct *system_percpu_wq = THE_QUEUE, *system_unbound_wq = THE_QUEUE;
struct workqueue_struct *system_power_efficient_wq = THE_QUEUE;

static const struct worker *runner_in(const struct work_pool *pool, const struct work_struct *work)
{
	unsigned int i;

	for (i = 0; i < WORKERS; i++)
		if (pool->workers[i].running == work)
			return &pool->workers[i];
	return NULL;
}

/* -1: nowhere. */
static int cpu_that_runs(const struct work_struct *work)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu)
		if (runner_in(&pools[cpu], work))
			return cpu;
	return -1;
}

static bool runs_anywhere(const struct work_struct *work)
{
	return cpu_that_runs(work) >= 0;
}

/*
 * Somebody waits for what was queued or ran when he came, as __flush_work() and its barrier item
 * have it: not for what is queued after.
 */
struct flusher {
	struct list_head entry;
	const struct work_struct *work;
	const struct worker *worker;	/* that runs it; NULL: none yet */
	struct task_struct *task;
	bool done;
};
static LIST_HEAD(flushers);

static void tell_flushers_begin(const struct work_struct *work, const struct worker *worker)
{
	struct flusher *flusher;

	list_for_each_entry(flusher, &flushers, entry)
		if (flusher->work == work && !flusher->worker)
			flusher->worker = worker;
}

static struct flusher *flusher_of(const struct worker *worker)
{
	struct flusher *flusher;

	list_for_each_entry(flusher, &flushers, entry)
		if (flusher->worker == worker)
			return flusher;
	return NULL;
}

/* While one is woken others may come and go, and with them what they have on their stacks. */
static void tell_flushers_end(const struct worker *worker)
{
	struct flusher *flusher;

	while ((flusher = flusher_of(worker)) != NULL) {
		list_del_init(&flusher->entry);
		flusher->done = true;
		wake_up_process(flusher->task);
	}
}

static void flush(const struct work_struct *work, const struct worker *worker)
{
	struct flusher self = { .work = work, .worker = worker, .task = current };

	list_add_tail(&self.entry, &flushers);
	for (;;) {
		set_current_state(TASK_UNINTERRUPTIBLE);
		if (self.done)
			break;
		schedule();
	}
	__set_current_state(TASK_RUNNING);
}

/* From here on it runs, as far as others can see. */
static struct work_struct *take_work(struct work_pool *pool, struct worker *self)
{
	struct work_struct *work;

	list_for_each_entry(work, &pool->pending, entry)
		if (!runs_anywhere(work)) {
			list_del_init(&work->entry);
			self->running = work;
			tell_flushers_begin(work, self);
			return work;
		}
	return NULL;
}

static void wake_workers(struct work_pool *pool)
{
	unsigned int i;

	for (i = 0; i < WORKERS; i++)
		if (pool->workers[i].task && !pool->workers[i].running) {
			wake_up_process(pool->workers[i].task);
			return;
		}
}

static const struct balance nothing_held;	/* of a task */

static void run_work(struct work_pool *pool, struct worker *self, struct work_struct *work)
{
	work_func_t fn = work->func;

	if (!list_empty(&pool->pending))
		wake_workers(pool);
	clear_bit(WORK_STRUCT_PENDING_BIT, work_data_bits(work));
	machine_point_at(work, MACHINE_WRITE, machine_here());
	fn(work);
	check_balance(&nothing_held, "a work item");
	self->running = NULL;
	tell_flushers_end(self);
}

static int worker_main(void *arg)
{
	struct worker *self = arg;
	struct work_pool *pool = &pools[raw_smp_processor_id()];
	struct work_struct *work;

	for (;;) {
		set_current_state(TASK_IDLE);
		work = take_work(pool, self);
		if (!work) {
			schedule();
			continue;
		}
		__set_current_state(TASK_RUNNING);
		run_work(pool, self, work);
	}
	return 0;
}

static void start_workers(unsigned int cpu, unsigned int first, unsigned int end)
{
	unsigned int i;

	for (i = first; i < end; i++) {
		struct worker *worker = &pools[cpu].workers[i];
		struct task_struct *task = kthread_create_on_node(worker_main, worker, -1,
								  "kworker/%u:%u", cpu, i);

		kthread_bind(task, cpu);
		kthread_set_per_cpu(task, cpu);
		worker->task = task;
		wake_up_process(task);
	}
}

/* Work may queue from here on; it runs once there are workers. */
void prepare_workqueues(void)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu)
		INIT_LIST_HEAD(&pools[cpu].pending);
}

void start_workqueues(void)
{
	unsigned int cpu;

	for_each_online_cpu(cpu)
		start_workers(cpu, 0, FIRST_WORKERS);
}

void start_more_workers(void)
{
	unsigned int cpu;

	for_each_online_cpu(cpu)
		start_workers(cpu, FIRST_WORKERS, WORKERS);
}

/* As rebind_workers() and unbind_worker(). */
static void bind_workers(unsigned int cpu, bool bound)
{
	unsigned int i;

	for (i = 0; i < WORKERS; i++) {
		struct task_struct *task = pools[cpu].workers[i].task;

		kthread_set_per_cpu(task, bound ? cpu : -1);
		set_cpus_allowed_ptr(task, bound ? cpumask_of(cpu) : cpu_possible_mask);
	}
}

int workqueue_prepare_cpu(unsigned int cpu)
{
	return 0;
}

int workqueue_online_cpu(unsigned int cpu)
{
	if (!pools[cpu].workers[0].task)
		start_workers(cpu, 0, FIRST_WORKERS);
	else
		bind_workers(cpu, true);
	return 0;
}

/* What is pending there runs anywhere. */
int workqueue_offline_cpu(unsigned int cpu)
{
	bind_workers(cpu, false);
	return 0;
}

/* --- queueing ----------------------------------------------------------------------------- */

/*
 * Work that runs queues where it runs, as __queue_work() has it: the worker there takes it when it
 * is done, and one elsewhere would have to let it lie.
 */
static void insert_work(int cpu, struct work_struct *work)
{
	struct work_pool *pool;
	int runs = cpu_that_runs(work);

	if (runs >= 0)
		cpu = runs;
	if (cpu == WORK_CPU_UNBOUND || cpu >= nr_cpu_ids || !pools[cpu].pending.next)
		cpu = raw_smp_processor_id();
	if (!cpu_online(cpu))
		cpu = cpumask_first(cpu_online_mask);
	pool = &pools[cpu];
	list_add_tail(&work->entry, &pool->pending);
	wake_workers(pool);
}

bool queue_work_on(int cpu, struct workqueue_struct *queue, struct work_struct *work)
{
	machine_point_at(work, MACHINE_WRITE, machine_here());
	if (test_and_set_bit(WORK_STRUCT_PENDING_BIT, work_data_bits(work)))
		return false;
	insert_work(cpu, work);
	return true;
}

void delayed_work_timer_fn(struct timer_list *timer)
{
	struct delayed_work *work = from_timer(work, timer, timer);

	insert_work(work->cpu, &work->work);
}

static void start_delayed(int cpu, struct delayed_work *work, unsigned long delay)
{
	if (!delay) {
		insert_work(cpu, &work->work);
		return;
	}
	work->cpu = cpu;
	work->timer.expires = jiffies + delay;
	if (cpu != WORK_CPU_UNBOUND)
		add_timer_on(&work->timer, cpu);
	else
		add_timer(&work->timer);
}

bool queue_delayed_work_on(int cpu, struct workqueue_struct *queue, struct delayed_work *work,
			   unsigned long delay)
{
	machine_point_at(work, MACHINE_WRITE, machine_here());
	if (test_and_set_bit(WORK_STRUCT_PENDING_BIT, work_data_bits(&work->work)))
		return false;
	start_delayed(cpu, work, delay);
	return true;
}

static bool take_back(struct delayed_work *work)
{
	if (del_timer(&work->timer))
		return true;
	if (list_empty(&work->work.entry))
		return false;
	list_del_init(&work->work.entry);
	return true;
}

bool mod_delayed_work_on(int cpu, struct workqueue_struct *queue, struct delayed_work *work,
			 unsigned long delay)
{
	bool was_pending = take_back(work);

	set_bit(WORK_STRUCT_PENDING_BIT, work_data_bits(&work->work));
	start_delayed(cpu, work, delay);
	return was_pending;
}

static const struct worker *runner_of(const struct work_struct *work)
{
	int cpu = cpu_that_runs(work);

	return cpu < 0 ? NULL : runner_in(&pools[cpu], work);
}

/* Of what runs only. */
static void wait_while_it_runs(const struct work_struct *work)
{
	const struct worker *worker = runner_of(work);

	if (worker)
		flush(work, worker);
}

/*
 * While it is cancelled it counts as pending, so that nobody queues it, itself neither. Where it is
 * just being queued, or its timer has just fired, try_to_grab_pending() tries again.
 */
static bool cancel(struct work_struct *work, bool (*take)(struct work_struct *work))
{
	bool was_pending;

	for (;;) {
		was_pending = take(work);
		if (was_pending || !test_and_set_bit(WORK_STRUCT_PENDING_BIT, work_data_bits(work)))
			break;
		schedule_timeout_uninterruptible(1);
	}
	wait_while_it_runs(work);
	clear_bit(WORK_STRUCT_PENDING_BIT, work_data_bits(work));
	return was_pending;
}

static bool take_from_queue(struct work_struct *work)
{
	if (list_empty(&work->entry))
		return false;
	list_del_init(&work->entry);
	return true;
}

static bool take_delayed(struct work_struct *work)
{
	return take_back(to_delayed_work(work));
}

bool cancel_delayed_work_sync(struct delayed_work *work)
{
	return cancel(&work->work, take_delayed);
}

bool cancel_work_sync(struct work_struct *work)
{
	return cancel(work, take_from_queue);
}

bool flush_work(struct work_struct *work)
{
	if (!list_empty(&work->entry))
		flush(work, NULL);
	else if (runner_of(work))
		flush(work, runner_of(work));
	else
		return false;
	return true;
}

bool flush_delayed_work(struct delayed_work *work)
{
	if (del_timer(&work->timer))
		insert_work(work->cpu, &work->work);
	return flush_work(&work->work);
}

static void rcu_work_ready(struct rcu_head *head)
{
	struct rcu_work *work = container_of(head, struct rcu_work, rcu);

	insert_work(WORK_CPU_UNBOUND, &work->work);
}

bool queue_rcu_work(struct workqueue_struct *queue, struct rcu_work *work)
{
	if (test_and_set_bit(WORK_STRUCT_PENDING_BIT, work_data_bits(&work->work)))
		return false;
#ifdef CONFIG_RCU_LAZY
	call_rcu_hurry(&work->rcu, rcu_work_ready);
#else
	call_rcu(&work->rcu, rcu_work_ready);
#endif
	return true;
}

bool flush_rcu_work(struct rcu_work *work)
{
	if (test_bit(WORK_STRUCT_PENDING_BIT, work_data_bits(&work->work)))
		rcu_barrier();
	return flush_work(&work->work);
}

/* The kernel's alloc_percpu() may fail; who waits for a rude grace period then has not waited. */
int schedule_on_each_cpu(work_func_t fn)
{
	struct work_struct *works = kcalloc(nr_cpu_ids, sizeof(*works), GFP_KERNEL | __GFP_NOFAIL);
	unsigned int cpu;

	cpus_read_lock();
	for_each_online_cpu(cpu) {
		INIT_WORK(&works[cpu], fn);
		queue_work_on(cpu, system_wq, &works[cpu]);
	}
	for_each_online_cpu(cpu)
		flush_work(&works[cpu]);
	cpus_read_unlock();
	kfree(works);
	return 0;
}

struct workqueue_struct *alloc_workqueue(const char *fmt, unsigned int flags, int max_active, ...)
{
	return THE_QUEUE;
}

/* --- work on a certain CPU ---------------------------------------------------------------- */

struct work_for_cpu {
	struct work_struct work;
	long (*fn)(void *);
	void *arg;
	long result;
};

static void work_for_cpu_fn(struct work_struct *work)
{
	struct work_for_cpu *self = container_of(work, struct work_for_cpu, work);

	self->result = self->fn(self->arg);
}

long work_on_cpu_key(int cpu, long (*fn)(void *), void *arg, struct lock_class_key *key)
{
	struct work_for_cpu work = { .fn = fn, .arg = arg };

	INIT_WORK_ONSTACK(&work.work, work_for_cpu_fn);
	queue_work_on(cpu, system_wq, &work.work);
	flush_work(&work.work);
	return work.result;
}
