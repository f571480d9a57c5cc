// SPDX-License-Identifier: GPL-2.0-or-later
//
// Work queues: pending work of a CPU queues there, and its workers take it. The kernel makes as
// many as it takes until one does not wait. Here are four: CPUs that come and go wait in one item,
// an expedited grace period in another, for a third that looks at a leaf. One item never runs twice
// at a time.
#include "core/linux/runtime/runtime.h"

#include <linux/kthread.h>
#include <linux/rcupdate.h>
#include <linux/timer.h>
#include <linux/workqueue.h>

#define WORKERS 4
#define FIRST_WORKERS 2	/* before all that the boot starts; the others after it */

struct worker {
	struct work_pool *pool;
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

/* NULL: it does not run. */
static const struct worker *runner_of(const struct work_struct *work)
{
	unsigned int cpu, i;

	for_each_possible_cpu(cpu)
		for (i = 0; i < WORKERS; i++)
			if (pools[cpu].workers[i].running == work)
				return &pools[cpu].workers[i];
	return NULL;
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

static struct flusher *flusher_of(const struct work_struct *work, const struct worker *worker)
{
	struct flusher *flusher;

	list_for_each_entry(flusher, &flushers, entry)
		if (flusher->work == work && flusher->worker == worker)
			return flusher;
	return NULL;
}

/* While one is woken others may come and go, and with them what they have on their stacks. */
static void tell_flushers_end(const struct work_struct *work, const struct worker *worker)
{
	struct flusher *flusher = flusher_of(work, worker);

	for (; flusher; flusher = flusher_of(work, worker)) {
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

/* From here on it runs, as far as others can see, and can be queued again. */
static struct work_struct *take_work(struct worker *self)
{
	struct work_struct *work;

	list_for_each_entry(work, &self->pool->pending, entry)
		if (!runner_of(work)) {
			list_del_init(&work->entry);
			clear_bit(WORK_STRUCT_PENDING_BIT, work_data_bits(work));
			self->running = work;
			tell_flushers_begin(work, self);
			machine_orders(MACHINE_MB);
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

static void run_work(struct worker *self, struct work_struct *work)
{
	work_func_t fn = work->func;

	if (!list_empty(&self->pool->pending))
		wake_workers(self->pool);
	machine_point_at(work, MACHINE_WRITE, machine_here());
	fn(work);
	check_balance(&nothing_held, "a work item");
	machine_orders(MACHINE_MB);
	self->running = NULL;
	tell_flushers_end(work, self);
}

static int worker_main(void *arg)
{
	struct worker *self = arg;
	struct work_struct *work;

	for (;;) {
		set_current_state(TASK_IDLE);
		work = take_work(self);
		if (!work) {
			schedule();
			continue;
		}
		__set_current_state(TASK_RUNNING);
		run_work(self, work);
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
		worker->pool = &pools[cpu];
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

static struct work_pool *pool_of(int cpu)
{
	if (cpu == WORK_CPU_UNBOUND || cpu >= nr_cpu_ids || !pools[cpu].pending.next)
		cpu = raw_smp_processor_id();
	return &pools[cpu_online(cpu) ? cpu : cpumask_first(cpu_online_mask)];
}

/*
 * Work that runs queues where it runs, as __queue_work() has it, even if that CPU is offline by
 * now: the worker there takes it when it is done, and one elsewhere would have to let it lie.
 */
static void insert_work(int cpu, struct work_struct *work)
{
	const struct worker *runner = runner_of(work);
	struct work_pool *pool = runner ? runner->pool : pool_of(cpu);

	machine_orders(MACHINE_MB);
	list_add_tail(&work->entry, &pool->pending);
	wake_workers(pool);
}

/*
 * Who has set PENDING owns the item until it is queued, with interrupts disabled, as in the kernel:
 * others who want it meanwhile are on other CPUs, and try again.
 */
static bool is_owned(struct work_struct *work)
{
	return test_and_set_bit(WORK_STRUCT_PENDING_BIT, work_data_bits(work));
}

/* While it is cancelled nobody queues it, itself neither: clear_pending_if_disabled(), v6.10. */
struct canceller {
	struct list_head entry;
	const struct work_struct *work;
};
static LIST_HEAD(cancellers);

static bool refuses(struct work_struct *work)
{
	struct canceller *canceller;

	list_for_each_entry(canceller, &cancellers, entry)
		if (canceller->work == work) {
			clear_bit(WORK_STRUCT_PENDING_BIT, work_data_bits(work));
			return true;
		}
	return false;
}

bool queue_work_on(int cpu, struct workqueue_struct *queue, struct work_struct *work)
{
	bool queues;
	unsigned long flags;

	local_irq_save(flags);
	machine_point_at(work, MACHINE_WRITE, machine_here());
	queues = !is_owned(work) && !refuses(work);
	if (queues)
		insert_work(cpu, work);
	local_irq_restore(flags);
	return queues;
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
	bool queues;
	unsigned long flags;

	local_irq_save(flags);
	machine_point_at(work, MACHINE_WRITE, machine_here());
	queues = !is_owned(&work->work) && !refuses(&work->work);
	if (queues)
		start_delayed(cpu, work, delay);
	local_irq_restore(flags);
	return queues;
}

/* Who waits for it has waited long enough: the barrier item behind it in the queue stays there. */
static bool take_from_queue(struct work_struct *work)
{
	if (list_empty(&work->entry))
		return false;
	list_del_init(&work->entry);
	tell_flushers_end(work, NULL);
	return true;
}

/*
 * As work_grab_pending(): the item is the caller's then, with interrupts disabled. True: it was
 * pending. While another CPU is just queueing it, or its timer's function is about to, it waits.
 */
static bool grab(struct work_struct *work, struct timer_list *timer, unsigned long *flags)
{
	for (;;) {
		local_irq_save(*flags);
		if (timer && del_timer(timer))
			return true;
		if (!is_owned(work))
			return false;
		if (take_from_queue(work))
			return true;
		local_irq_restore(*flags);
		cpu_relax();
	}
}

bool mod_delayed_work_on(int cpu, struct workqueue_struct *queue, struct delayed_work *work,
			 unsigned long delay)
{
	unsigned long flags;
	bool was_pending = grab(&work->work, &work->timer, &flags);

	if (!refuses(&work->work))
		start_delayed(cpu, work, delay);
	local_irq_restore(flags);
	return was_pending;
}

/* Of what runs only. */
static void wait_while_it_runs(const struct work_struct *work)
{
	const struct worker *worker = runner_of(work);

	machine_orders(MACHINE_MB);
	if (worker)
		flush(work, worker);
}

static bool cancel(struct work_struct *work, struct timer_list *timer)
{
	struct canceller self = { .work = work };
	unsigned long flags;
	bool was_pending = grab(work, timer, &flags);

	list_add(&self.entry, &cancellers);
	clear_bit(WORK_STRUCT_PENDING_BIT, work_data_bits(work));
	local_irq_restore(flags);
	wait_while_it_runs(work);
	list_del(&self.entry);
	return was_pending;
}

bool cancel_delayed_work_sync(struct delayed_work *work)
{
	return cancel(&work->work, &work->timer);
}

bool cancel_work_sync(struct work_struct *work)
{
	return cancel(work, NULL);
}

bool flush_work(struct work_struct *work)
{
	machine_orders(MACHINE_MB);
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
	local_irq_disable();
	if (del_timer(&work->timer))
		insert_work(work->cpu, &work->work);
	local_irq_enable();
	return flush_work(&work->work);
}

static void rcu_work_ready(struct rcu_head *head)
{
	struct rcu_work *work = container_of(head, struct rcu_work, rcu);

	insert_work(WORK_CPU_UNBOUND, &work->work);
}

bool queue_rcu_work(struct workqueue_struct *queue, struct rcu_work *work)
{
	if (is_owned(&work->work))
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

struct workqueue_struct *alloc_workqueue(const char *fmt, unsigned int flags, int max_active, ...)
{
	return THE_QUEUE;
}
