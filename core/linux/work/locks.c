// SPDX-License-Identifier: GPL-2.0-or-later
//
// Mutexes, a rw_semaphore and a percpu_rw_semaphore: who writes is alone, and who reads is so with
// readers only; who waits gets it in the end. Tasks take them in the order of order.c, and may hold
// them over several operations; who only tries does not wait, and so may try at any time.
#include "core/linux/work/locks.h"
#include "core/linux/work/where.h"

#include <linux/mutex.h>
#include <linux/percpu-rwsem.h>
#include <linux/rwsem.h>
#include <linux/slab.h>

#define MAX_HELD 4

static DEFINE_MUTEX(first_mutex);
static DEFINE_MUTEX(last_mutex);
static DECLARE_RWSEM(rwsem);
DEFINE_STATIC_PERCPU_RWSEM(percpu_rwsem);

/* Who has it: from when he has it until he begins to give it back. */
static struct {
	unsigned int writers, readers;
} holders[LOCKS];

static const enum rank ranks[LOCKS] = {
	[MUTEX] = RANK_MUTEX,
	[RWSEM] = RANK_RWSEM,
	[PERCPU_RWSEM] = RANK_PERCPU_RWSEM,
	[LAST_MUTEX] = RANK_LAST_MUTEX,
};

static struct mutex *mutex_of(enum lock_kind kind)
{
	return kind == MUTEX ? &first_mutex : &last_mutex;
}

bool is_writing(enum lock_kind kind, enum lock_how how)
{
	return how == LOCK_WRITE || how == TRY_WRITE || kind == MUTEX || kind == LAST_MUTEX;
}

/* --- by kind ------------------------------------------------------------------------------ */

static bool take_mutex(struct mutex *mutex, enum lock_how how, bool killable)
{
	if (only_tries(how))
		return mutex_trylock(mutex);
	if (killable)
		return (how == LOCK_READ ? mutex_lock_interruptible(mutex) :
					   mutex_lock_killable(mutex)) == 0;
	mutex_lock(mutex);
	return true;
}

static bool take_rwsem(enum lock_how how, bool killable)
{
	switch (how) {
	case TRY_WRITE:
		return down_write_trylock(&rwsem);
	case TRY_READ:
		return down_read_trylock(&rwsem);
	case LOCK_WRITE:
		if (killable)
			return down_write_killable(&rwsem) == 0;
		down_write(&rwsem);
		return true;
	case LOCK_READ:
		if (killable)
			return down_read_killable(&rwsem) == 0;
		down_read(&rwsem);
		return true;
	}
	return false;
}

/* For writing there is no trying. */
static bool take_percpu_rwsem(enum lock_how how)
{
	if (how == TRY_WRITE)
		return false;
	if (how == TRY_READ)
		return percpu_down_read_trylock(&percpu_rwsem);
	if (how == LOCK_READ)
		percpu_down_read(&percpu_rwsem);
	else
		percpu_down_write(&percpu_rwsem);
	return true;
}

static bool take(enum lock_kind kind, enum lock_how how, bool killable)
{
	if (kind == RWSEM)
		return take_rwsem(how, killable);
	if (kind == PERCPU_RWSEM)
		return take_percpu_rwsem(how);
	return take_mutex(mutex_of(kind), how, killable);
}

static void release(enum lock_kind kind, bool writes)
{
	if (kind == RWSEM && writes)
		up_write(&rwsem);
	else if (kind == RWSEM)
		up_read(&rwsem);
	else if (kind == PERCPU_RWSEM && writes)
		percpu_up_write(&percpu_rwsem);
	else if (kind == PERCPU_RWSEM)
		percpu_up_read(&percpu_rwsem);
	else
		mutex_unlock(mutex_of(kind));
}

/* --- the oracle --------------------------------------------------------------------------- */

static void check_alone(enum lock_kind kind)
{
	if (holders[kind].writers > 1 || (holders[kind].writers && holders[kind].readers))
		fail("invariant", machine_here(), "two hold a lock that one of them has to have alone");
}

bool take_lock(enum lock_kind kind, enum lock_how how, bool killable)
{
	if (!take(kind, how, killable))
		return false;
	if (is_writing(kind, how))
		holders[kind].writers++;
	else
		holders[kind].readers++;
	check_alone(kind);
	return true;
}

void release_lock(enum lock_kind kind, bool writes)
{
	if (writes)
		holders[kind].writers--;
	else
		holders[kind].readers--;
	release(kind, writes);
}

static bool anybody_has_one(void)
{
	unsigned int kind;

	for (kind = 0; kind < LOCKS; kind++)
		if (holders[kind].writers || holders[kind].readers)
			return true;
	return false;
}

static bool percpu_rwsem_is_free(void)
{
	unsigned int cpu, readers = 0;

	for_each_possible_cpu(cpu)
		readers += *per_cpu_ptr(percpu_rwsem.read_count, cpu);
	return !readers && !percpu_rwsem.block.counter;
}

/* Plain accesses: the run is over. */
void judge_locks(void)
{
	judge_lockers();
	if (anybody_has_one() || lock_operations_under_way() || !lockers_rest())
		return;
	if (first_mutex.owner.counter || last_mutex.owner.counter)
		judged("invariant", machine_here(), "a mutex that nobody has is not free");
	if (rwsem.count.counter)
		judged("invariant", machine_here(), "a rw_semaphore that nobody has is not free");
	if (!percpu_rwsem_is_free())
		judged("invariant", machine_here(), "a percpu_rw_semaphore that nobody has is not free");
	/* A callback of RCU gives it back. */
	if ((percpu_rwsem.rss.gp_state || percpu_rwsem.rss.gp_count) && !where_a_callback_is_left())
		judged("invariant", machine_here(),
		       "readers of a percpu_rw_semaphore never get their fast path back");
}

/* --- operations --------------------------------------------------------------------------- */

static struct held_lock {
	enum lock_kind kind;
	bool writes;
} held_locks[NR_CPUS][MAX_HELD];
static unsigned int depth[NR_CPUS];
static unsigned int under_way;

bool lock_operations_under_way(void)
{
	return under_way != 0;
}

static bool holds_kind(unsigned int cpu, enum lock_kind kind)
{
	unsigned int i;

	for (i = 0; i < depth[cpu]; i++)
		if (held_locks[cpu][i].kind == kind)
			return true;
	return false;
}

bool do_lock(unsigned int kind, unsigned int how)
{
	unsigned int cpu = raw_smp_processor_id();
	bool taken;

	if (!may_sleep_here() || holds_kind(cpu, kind) ||
	    (!only_tries(how) && !may_wait_for(ranks[kind])))
		return false;
	under_way++;
	taken = take_lock(kind, how, false);
	under_way--;
	if (!taken)
		return false;
	held_locks[cpu][depth[cpu]++] = (struct held_lock) { kind, is_writing(kind, how) };
	holds(ranks[kind]);
	return true;
}

static void unlock(unsigned int cpu, unsigned int which)
{
	struct held_lock lock = held_locks[cpu][which];
	unsigned int i;

	depth[cpu]--;
	for (i = which; i < depth[cpu]; i++)
		held_locks[cpu][i] = held_locks[cpu][i + 1];
	under_way++;
	release_lock(lock.kind, lock.writes);
	under_way--;
	holds_no_longer(ranks[lock.kind]);
}

bool do_unlock(unsigned int first, unsigned int unused)
{
	unsigned int cpu = raw_smp_processor_id();

	if (!depth[cpu] || !may_sleep_here())
		return false;
	unlock(cpu, first ? 0 : depth[cpu] - 1);
	return true;
}

bool do_downgrade(unsigned int unused, unsigned int unused2)
{
	unsigned int cpu = raw_smp_processor_id(), i;

	if (!may_sleep_here())
		return false;
	for (i = 0; i < depth[cpu]; i++)
		if (held_locks[cpu][i].kind == RWSEM && held_locks[cpu][i].writes) {
			held_locks[cpu][i].writes = false;
			holders[RWSEM].writers--;
			holders[RWSEM].readers++;
			downgrade_write(&rwsem);
			return true;
		}
	return false;
}

/* What RCU still has to do for it, it has done before its memory is free. */
bool do_rwsem_life(unsigned int how, unsigned int unused)
{
	struct percpu_rw_semaphore *own;

	if (!may_sleep_here())
		return false;
	own = kzalloc(sizeof(*own), GFP_KERNEL);
	if (!own)
		return false;
	if (percpu_init_rwsem(own)) {
		kfree(own);
		return false;
	}
	if (how & 1) {
		percpu_down_write(own);
		percpu_up_write(own);
	}
	if (how & 2) {
		percpu_down_read(own);
		percpu_up_read(own);
	}
	percpu_free_rwsem(own);
	kfree(own);
	return true;
}

void release_locks(void)
{
	unsigned int cpu = raw_smp_processor_id();

	while (depth[cpu])
		unlock(cpu, depth[cpu] - 1);
}
