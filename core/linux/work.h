/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The workload of a run as the kernel image gets it: operations of a plan, in its order. The tables
 * of the subsystem and the kernel's own dispatch come from operations.def, so that they agree.
 */
#ifndef RCUFUZZ_LINUX_WORK_H
#define RCUFUZZ_LINUX_WORK_H

enum work_kind {
#define OPERATION(name, ...) WORK_##name,
#include "core/linux/operations.def"
#undef OPERATION
    WORK_KINDS
};

/* As scenario::OpContext. */
enum work_context { WORK_TASK_ON, WORK_TASK_OFF, WORK_SOFTIRQ, WORK_HARDIRQ };

struct work_op {
    unsigned char kind, cpu, context, a, b;
};

/* How a CPU ends when its operations are done. */
enum work_end {
    WORK_END_IDLE,   /* it idles */
    WORK_END_KERNEL, /* it stays in the kernel, with its tick; not the first CPU */
};

struct work_plan {
    const struct work_op *ops;
    unsigned count;
    unsigned cpus; /* that operations may name: 0 to cpus - 1 */
    unsigned end;  /* enum work_end */
    unsigned failing_allocations;
    /* An operation begins; it is over, and has done something. */
    void (*begins)(unsigned index);
    void (*ends)(unsigned index, int done);
};

/*
 * Grace periods and timers of a few jiffies, CPUs that RCU asks for a quiescent state after a tenth
 * of a second, and callbacks that post another: with HZ=100 this is several times what they need.
 */
#define WORK_PROMISE_JIFFIES 200

/* The names of all operations, in their order. */
#define OPERATION(name, ...) #name " "
static const char work_names[] =
#include "core/linux/operations.def"
    ;
#undef OPERATION

struct guest_work {
    const char *names; /* work_names of when the image was built */
    int has_tasks_rcu, is_preemptible, has_kcsan;
    /* Before the first CPU of the run acts. The plan outlives the run. */
    void (*start)(const struct work_plan *plan);
    /* After the last: what is not done that should be. */
    void (*judge)(void);
    /*
     * The run has come to its step bound, and for WORK_PROMISE_JIFFIES everybody has had his turn:
     * what is not done that should be by then, be it that CPUs tick on for ever. Nothing where a
     * task of the workload still computes.
     */
    void (*judge_late)(void);
    /* Prints what the kernel knows of its grace periods and callbacks, and each task. */
    void (*show)(void);
    /* A number that stories may name, of a CPU or, with -1, of none; -1: none of that name. */
    long (*observe)(const char *name, int cpu);
};

#endif
