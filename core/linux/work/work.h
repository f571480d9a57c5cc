/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the operations share. They are kernel code like any other, with points; what they keep for
 * the oracles is accessed plainly and is no part of what is tested.
 */
#ifndef RCUFUZZ_LINUX_WORK_WORK_H
#define RCUFUZZ_LINUX_WORK_WORK_H

#include <linux/kernel.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/version.h>

#include "core/linux/door.h"
#include "core/linux/work.h"

extern const struct machine_door *door;
extern const struct work_plan *work_plan;
/* The runtime's: the task computes, with interrupts enabled, and nothing else is seen of it. */
void compute_and_give_way(void);	/* until an interrupt has been taken, or a task is to run */
void compute_in_kernel_until(unsigned long jiffy);
void run_in_user_mode(unsigned long ticks);
/* The operation of a task there has disabled interrupts, and will put back what it found. */
extern bool op_disables_irqs[NR_CPUS];
void __noreturn fail(const char *verdict, const struct machine_site *site, const char *fmt, ...);

/* A function that the workload was to have called runs: a row of core/linux/notes.def. */
static inline void tell_runs(const char *event, long number)
{
	machine_told(event, 1, number);
}

#define SRCU_DOMAINS 3

/* True: it did something. */
typedef bool (*operation)(unsigned int a, unsigned int b);
#define OPERATION(name, ...) bool do_##name(unsigned int a, unsigned int b);
#include "core/linux/operations.def"
#undef OPERATION

/* Between two of its operations, where it is: its later ones wait until it is released. */
bool claim_cpu(unsigned int cpu);
void release_cpu(unsigned int cpu);
/* It has operations left, and the task that executes this CPU's claimed it. */
bool waits_for_me(unsigned int cpu);
/* At the end of this CPU's operations: those that it took away and that are missed. */
void bring_back_cpus(void);

void check_watching(const char *who);
/* No reader is open here, and this is a task with interrupts on. */
bool may_sleep_here(void);

/*
 * Operations leave each other notes in plain variables, which say whose turn it is. Who uses the
 * kernel has locks for that, so an operation comes after those that had ended when it began.
 */
static inline void turn_begins(void)
{
	smp_mb();
}
static inline void turn_ends(void)
{
	smp_mb();
}

/*
 * The order in which tasks may hold and wait: see order.c. A task that sleeps or waits for RCU may
 * hold any of these, since nothing that it waits for then waits for them.
 */
enum rank {
	RANK_MUTEX,
	RANK_RWSEM,
	RANK_PERCPU_RWSEM,
	RANK_SRCU,
	RANK_TRACING = RANK_SRCU + SRCU_DOMAINS,
	RANK_LAST_MUTEX,
	RANKS
};

void holds(enum rank rank);
void holds_no_longer(enum rank rank);
/* This is a task that may sleep, and holds nothing of this rank or above. */
bool may_wait_for(enum rank rank);
bool holds_nothing(void);
bool holds_something(unsigned int cpu);	/* the task of that CPU */

/* --- readers ------------------------------------------------------------------------------ */

#define MAX_READERS 32

/* The readers of something that are open, or were at a moment, by serial number; 0: none. */
struct readers {
	unsigned int serial[MAX_READERS];
};

/* One has begun; before it ends it is forgotten. Returns its slot. */
unsigned int note_reader(struct readers *open);
void forget_reader(struct readers *open, unsigned int slot);
/* One of them has not ended yet: its slot, or -1. */
int first_left(const struct readers *then, const struct readers *open);

/* The same of RCU's. */
void readers_open_now(struct readers *now);
int reader_left(const struct readers *then);
/* Those of any kind under which no task is switched. */
extern struct readers unswitched_readers;
/* One of RCU's that no CPU's task is. */
unsigned int note_rcu_reader(void);
void forget_rcu_reader(unsigned int slot);
/* As synchronize_rcu() and synchronize_rcu_expedited(): readers that began before have ended. */
void wait_for_readers(bool expedited);
bool reader_open_on(unsigned int cpu);
bool reader_open_here(void);
/* What the runtime keeps of the preempt count, the interrupt flag and so on. */
struct balance {
	unsigned int preempt, readers, spinlocks;
	bool irqs_off;
};
struct balance balance_now(void);
void check_balance(const struct balance *before, const char *who);
/* The same of a task between two operations: its open readers have their part in it. */
void check_balance_of_task(const char *who);
/* Has another task take a CPU and compute there. False: there is none that could. */
bool preempt_there(unsigned int cpu, unsigned int ticks);
/* Ends what operations of this CPU have left open. */
void close_readers(void);
void close_srcu_readers(void);
void close_trace_readers(void);
void release_locks(void);
/* Somebody takes a lock or gives it back. */
bool lock_operations_under_way(void);
void pause_reader_bookkeeping(void);

/* What a reader finds when it begins, and before it ends. */
const void *find_object(void);
void look_at_object(const void *found);

/* --- at the end --------------------------------------------------------------------------- */

void judge_callbacks(bool lazy_too);
void judge_stranded(const char *where);	/* one verdict, whoever posted it and waits for it */
void judge_calls(void);
void judge_timers(void);
void judge_probes(void);
void judge_keys(void);
void judge_srcu(void);
void judge_tasks_rcu(void);
void judge_locks(void);
void judge_others(void);
void judge_completions(void);
void judge_kthreads(void);
/* At boot. */
void prepare_calls(void);
void prepare_nmis(void);
void prepare_timers(void);
void prepare_srcu(void);
void prepare_lockers(void);
void prepare_others(void);
void start_late_workload_threads(void);
void prepare_completions(void);
unsigned int callbacks_outstanding(void);
unsigned int callbacks_invoked(void);
/* That RCU knows which of those it has put off are lazy. */
void check_lazy_callbacks(void);
/* What of SRCU somebody waits for and no reader holds up; NULL: nothing. */
const char *srcu_waits(void);
const char *tasks_rcu_waits(void);	/* of Tasks RCU */
/* This task is in a trampoline until it sleeps or ends. */
void enter_trampoline(void);
void leaves_trampoline(struct task_struct *task);
/* A verdict on the end of a run. */
void judged(const char *verdict, const struct machine_site *site, const char *fmt, ...);
/* The same: somebody never gets on, mostly since he waits for a callback that is never invoked. */
void judge_waiting(const char *what);
/* A task stays in the kernel and nothing else has happened for PATIENCE jiffies. */
void judge_quiet_kernel(void);

/*
 * In jiffies. RCU's own waits take a few. A wheel that was left behind by late interrupts is
 * coarse: a timer that is armed then is late by 64 or, after seconds, by some hundred.
 */
#define PATIENCE	80
#define LONG_SLEEP	400

#endif
