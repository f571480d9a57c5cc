// SPDX-License-Identifier: GPL-2.0-or-later
//
// Work for one certain CPU, or for each, that the caller waits for.
#include <linux/cpu.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

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
