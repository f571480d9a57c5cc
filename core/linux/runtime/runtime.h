/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of the runtime share. The runtime stands where a kernel has its scheduler classes,
 * its clock events, its slab allocator and its architecture; everything else is the kernel's own.
 * It is compiled without points: each of its functions is one step, but for the places that call
 * machine_point_at() themselves.
 */
#ifndef RCUFUZZ_LINUX_RUNTIME_H
#define RCUFUZZ_LINUX_RUNTIME_H

#ifndef MACHINE_NO_POINTS
#error "the runtime has no points of its own"
#endif

#include <linux/cpu.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/smp.h>
#include <linux/version.h>

#include "core/linux/door.h"

#define IS_6_2_OR_LATER (LINUX_VERSION_CODE >= KERNEL_VERSION(6, 2, 0))

extern const struct machine_door *door;

/* A task and what the runtime keeps of it. The task comes first. */
struct thread {
	struct task_struct task;
	unsigned long sp;	/* of a task that does not run */
	unsigned char *stack;	/* its lowest byte */
	struct list_head queued;	/* in a run queue, while ready and not running */
	unsigned int number;	/* in order of creation */
	int (*fn)(void *);
	void *arg;
#ifdef CONFIG_TASKS_RCU_GENERIC
	struct signal_struct signal;	/* for the list of all tasks: each is a process */
#endif
};

#define MAX_THREADS	96
#define STACK_BYTES	THREAD_SIZE

static inline struct thread *thread_of(struct task_struct *task)
{
	return (struct thread *)task;
}

struct run_queue {
	struct list_head ready;	/* first in, first out */
	struct task_struct *idle, *stop;
	unsigned int ready_count;
	unsigned long host_sp;	/* of the stack that the machine gave the CPU, while it acts */
	bool on_thread;		/* and not on the machine's stack */
	bool tick_stopped;
	bool tick_goes;		/* each jiffy; the next is programmed */
	bool in_idle;
	bool got_tick;		/* the idle loop, while it slept last */
	bool started;
	bool deaf;		/* no interrupt gets to it */
	bool up;		/* its idle task has begun, and has not died since */
	bool computes;		/* its task leaves the CPU to the machine until an interrupt */
	bool has_alarm;
	unsigned long alarm;	/* an interrupt from outside comes then */
	unsigned long tick_at;
};
extern struct run_queue run_queues[NR_CPUS];

static inline struct run_queue *this_queue(void)
{
	return &run_queues[acting_cpu];
}

enum vector {
	VECTOR_RESCHEDULE,
	VECTOR_CALL_FUNCTION,
	VECTOR_CALL_FUNCTION_SINGLE,
	VECTOR_IRQ_WORK,
	VECTOR_START,
	VECTOR_MONITOR,	/* no interrupt: what a CPU watches that waits by MWAIT has changed */
	VECTOR_DEVICE = MACHINE_DEVICE_VECTOR,
};

/* switch.c */
extern unsigned char thread_stacks[MAX_THREADS][STACK_BYTES];
void switch_threads(struct thread *from, struct thread *to);
bool is_on_cpu(const struct thread *thread);
void restart_thread(struct thread *thread);	/* what it did is forgotten */
void leave_cpu(struct thread *self);	/* to the machine; goes on at the next enter() */
void enter_cpu(unsigned int cpu);
struct thread *new_thread(int (*fn)(void *), void *arg, const char *name);
unsigned int thread_count(void);
struct thread *thread_number(unsigned int number);

/* sched.c */
void sched_prepare(void);
void enqueue_new(struct task_struct *task);
void requeue(struct task_struct *task);	/* one that is ready, to where it may run */
void resched_cpu(int cpu);
bool is_told_without_interrupt(struct task_struct *idle);	/* it is idle, and polls */
bool is_isolated(unsigned int cpu);
bool may_run_on(struct task_struct *task, unsigned int cpu);
bool is_called_about(const struct task_struct *task);	/* and stays where it is for now */
void move_ready_task(struct task_struct *task, unsigned int cpu);

/* balance.c */
void take_over(void);

/* atomic.c */
struct balance {
	unsigned int preempt, readers, spinlocks;
	bool irqs_off;
};
struct balance balance_now(void);
const char *what_is_left(const struct balance *before);	/* NULL: all as it was */
void check_balance(const struct balance *before, const char *who);
void check_may_sleep(struct task_struct *task);

/* idle.c */
void idle_loop(void);
extern bool user_mode_now[NR_CPUS];
void leave_user_mode(void);

/* hotplug.c */
void __noreturn play_dead(void);

/* tick.c */
void tick_starts(void);
void tick_dies(void);
void tick_prepare(void);
bool is_tickless(unsigned int cpu);	/* by nohz_full= */
bool tick_is_due(void);
void tick_goes_on(void);
void tick_idle(void);
void tick_wakes_time(void);
void tick_leaves_idle(void);
void tick_counts_tasks(unsigned int cpu, unsigned int runnable);
void tick_task_switched(void);
void set_alarm(unsigned long jiffy);

/* quiet.c */
void raise_vector(unsigned int cpu, unsigned int vector);
void set_expiry(unsigned long jiffy);
void set_expiry_of(unsigned int cpu, unsigned long jiffy);
void cpu_sleeps(void);
void cpu_computes(void);
void cpu_wakes(unsigned int vector);
void task_switches(void);
bool only_time_goes_on(void);

/* slab.c, percpu.c */
void *arena_take(unsigned long size, unsigned long align);
unsigned long arena_used(void);
extern unsigned char arena[];
void check_address(unsigned long address, const struct machine_site *site);
bool is_per_cpu_thread(struct task_struct *task);
void percpu_prepare(unsigned int cpus);
struct guest_range percpu_range(void);

/* print.c */
int format(char *to, size_t size, const char *fmt, va_list args);
void __noreturn fail(const char *verdict, const struct machine_site *site, const char *fmt, ...);
void judged(const char *verdict, const struct machine_site *site, const char *fmt, ...);

/* boot.c, params.c */
void prepare_kernel(unsigned int cpus, const char *parameters);
void parse_parameters(char *line);
const char *unknown_parameter(void);
int has_parameter(const char *name);
int has_booted(void);
void run_initcalls(void);

#endif
