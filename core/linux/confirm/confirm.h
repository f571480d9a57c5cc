/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A plan's workload and order on a booted kernel. The module knows operations and what must hold of
 * them; which ones, where, and in what order comes as text by /proc/rcufuzz (script.c).
 */
#ifndef RCUFUZZ_CONFIRM_H
#define RCUFUZZ_CONFIRM_H

#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/types.h>
#include <linux/version.h>

#define MAX_OPS		64
#define MAX_STEPS	256
#define MAX_HOLDS	32
#define CPUS		16

/* --- order.c: the steps of the run, each after the one before ------------------------------- */

enum step_kind { STEP_BEGIN, STEP_END, STEP_ARRIVE, STEP_LEAVE };

/* `settle`: ms to let pass once all steps before are done. False: there are too many steps. */
bool order_add(enum step_kind kind, unsigned int number, unsigned int settle);
/* Comes to a step, and waits for its turn, at most order_patience ms. Sleeps where it may. */
void order_come(enum step_kind kind, unsigned int number, bool may_sleep);
/* All steps before this one are done, and it is not. */
bool order_is_next(enum step_kind kind, unsigned int number);
/* An operation is over: what was to be reached in it never is. */
void order_missed(enum step_kind kind, unsigned int number, const char *why);
void order_tell(void);
void order_reset(void);
bool order_gave_up(void);
extern unsigned int order_patience;

/* --- holds.c: places in the kernel where somebody waits for his turn ------------------------ */

/* `who`: the worker of a CPU, or any task whose name begins so. */
struct hold_spec {
	int cpu;		/* -1: any */
	char context[10];	/* task, softirq, hardirq */
	char who[20];		/* "-": anybody; "work": the task of that CPU's operations */
	unsigned int op;	/* in which it is; MAX_OPS: in none */
	unsigned int pass;	/* the how manieth time, from 1 */
	unsigned int after;	/* counted from when it came the how manieth time to a place before */
};

int hold_add(unsigned int number, const struct hold_spec *spec);
/* `before`: a place that it has to come to first. */
int hold_place(unsigned int number, const char *symbol, unsigned long offset, bool before);
/*
 * How much to skip of what compilers put at the beginning of a function: a probe there would be
 * ftrace's, which lets nobody change the stack.
 */
unsigned long first_instruction(const unsigned char *code);
/* task, softirq or hardirq: whom a probe interrupts, asked in its handler. */
const char *context_of_probe(void);
void holds_op_over(unsigned int op);
void holds_remove(void);
void holds_reset(void);
void holds_tell(void);

/* --- allocations.c -------------------------------------------------------------------------- */

/* The nth allocation in that operation fails. */
int fail_allocation(unsigned int op, unsigned int nth);
void allocations_remove(void);
void allocations_reset(void);

/* --- script.c ------------------------------------------------------------------------------- */

/* The operation that this task executes, -1: none. */
int op_of_current(void);
void *kernel_symbol(const char *name);
/* What is wrong with the kernel under test, by the word that the simulator has for it. */
/* Once in a few seconds, to whoever waits for a machine that hangs. */
void tell_alive(void);
void wrong(const char *verdict, const char *format, ...) __printf(2, 3);
void tell_waits(const char *what, unsigned long since);

/* --- the operations ------------------------------------------------------------------------- */

/* False: it could do nothing. */
struct operation {
	const char *name;
	bool (*run)(unsigned int a, unsigned int b);
};
extern const struct operation callback_operations[], object_operations[], probe_operations[],
	key_operations[], tasks_operations[], other_operations[];

bool post_callback(unsigned int how);
/* Waits as long as the kernel may take; then says what is left undone. */
void judge_callbacks(void);
void forget_callbacks(void);
void offload_again(void);
void judge_probes(void);
void judge_keys(void);
void forget_keys(void);
void judge_tasks(void);
extern unsigned int wait_seconds;

#endif
