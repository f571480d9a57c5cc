/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The door between the machine and a kernel image that is loaded into its process: the functions
 * of core/sim/door.h as a table, since nothing links the two, and what the kernel gives in return.
 *
 * The kernel owns the stacks of its tasks and switches them itself; they lie in its own memory, so
 * its whole state is the ranges of memory that it names. A CPU that idles goes back to the stack
 * that the machine gave it.
 */
#ifndef RCUFUZZ_LINUX_DOOR_H
#define RCUFUZZ_LINUX_DOOR_H

/* The kernel has a function of this name. */
#define machine_halt machine_halt_of_the_door
#include "core/sim/door.h"
#undef machine_halt

/* Which data choice; 0 is always the ordinary answer. */
enum machine_choice {
    MACHINE_NEXT_TASK = 64,
    MACHINE_WAKE_PREEMPTS,
    MACHINE_TASK_CPU,
    MACHINE_ALLOCATION_FAILS,
    MACHINE_TICK_PREEMPTS,
    MACHINE_TAKES_OVER,
};

/* What an access orders: as memory::Order, and two loads of what is newest. */
enum machine_order {
    MACHINE_RELAXED,
    MACHINE_ACQUIRE,
    MACHINE_RELEASE,
    MACHINE_FULL,
    MACHINE_NEWEST, /* of the machine's own, which acquires */
    MACHINE_FAILED, /* of a read-modify-write that changes nothing */
};

enum machine_fence {
    MACHINE_MB,
    MACHINE_RMB,
    MACHINE_WMB,
    MACHINE_MB_BEFORE_ATOMIC,
    MACHINE_MB_AFTER_ATOMIC,
    MACHINE_MB_AFTER_SPINLOCK,
};

/* What the kernel asks of the machine; see core/sim/door.h. Addresses instead of objects. */
struct machine_door {
    void (*point)(const volatile void *object, unsigned access, const struct machine_site *site);
    unsigned (*choose)(unsigned what, unsigned count, const struct machine_site *site);
    void (*relax)(const struct machine_site *site);
    void (*changed)(unsigned cpu);
    void (*expiry)(unsigned cpu, unsigned long jiffy);
    void (*raise)(unsigned cpu, unsigned vector);
    void (*raise_nmi)(unsigned cpu);
    void (*task_is)(unsigned number);
    void (*fail)(const char *verdict, const char *text, const struct machine_site *site);
    void (*suspect)(const char *verdict, const char *text, const struct machine_site *site);
    /* At the end of a run, outside of all contexts: returns. */
    void (*judged)(const char *verdict, const char *text, const struct machine_site *site);
    /* One of the kernel's trace events, with its arguments; to be called while `tells` is not 0. */
    void (*told)(const char *event, const long *args);
    int tells;
    void (*print)(const char *text); /* a line of the kernel's log */
    /* The plain access before which a call returns to that address. Where there is none: one
     * without a name. */
    const struct machine_site *(*site_at)(unsigned long code);
    /* Under weak memory, of aligned words: each before it is done. What a load observes; `newest`
     * is what the word holds, `value` what it is about to hold. */
    unsigned long (*load)(const unsigned long *word, unsigned long newest, unsigned order,
                          const struct machine_site *site);
    void (*store)(const unsigned long *word, unsigned long newest, unsigned long value,
                  unsigned order);
    void (*update)(const unsigned long *word, unsigned long newest, unsigned long value,
                   unsigned order);
    void (*fence)(unsigned kind);
    void (*lock)(const volatile void *lock, int taken);
};

struct guest_range {
    void *begin;
    unsigned long size;
};

/* What the machine asks of the kernel. The first function to call is prepare(); then each CPU is
 * given to enter(), until all idle: the kernel has booted. */
struct guest_door {
    unsigned abi; /* GUEST_ABI */
    const char *release;
    const char *variant;
    /* Who acts, and the present jiffy: the machine writes both whenever they may have changed. */
    unsigned *cpu;
    unsigned long *jiffies;
    /* Memory is weak in this run: written by the machine when it begins. */
    unsigned char *weak;
    void (*prepare)(unsigned cpus, const char *parameters);
    /* The first of the parameters that it does not know; NULL: the boot has met none. */
    const char *(*unknown_parameter)(void);
    int (*has_parameter)(const char *name); /* of a module, as in "rcutree.qhimark" */
    int (*has_booted)(void); /* the task "init" has come to its end */
    /* The CPU goes on from where it stood; returns when it idles, until an interrupt comes. */
    void (*enter)(unsigned cpu);
    const char *(*task_name)(unsigned number);
    int (*task_sleeps)(unsigned number);
    unsigned (*task_of)(unsigned cpu); /* the number of its current task */
    /* How deep the acting CPU is in interrupts: 0 not, 1 softirq, 2 hardirq, 3 NMI. */
    unsigned (*level)(void);
    int (*takes_interrupt)(unsigned cpu);
    int (*takes_nmi)(unsigned cpu);
    void (*interrupt)(unsigned cpu, unsigned vector);
    void (*leave_interrupt)(unsigned cpu);
    void (*nmi)(unsigned cpu);
    /* All memory that a run may have changed, piece by piece; size 0: that was the last. */
    struct guest_range (*range)(unsigned number);
    struct guest_range whole;      /* the image and all of its memory */
    struct machine_site *sites;    /* each begins as the address of its code, in `file` */
    unsigned long site_count;
    const struct guest_work *work; /* see work.h */
};

/* The interrupt of a device of the workload. */
#define MACHINE_DEVICE_VECTOR 8

#define GUEST_ABI 14u

typedef const struct guest_door *(*guest_entry)(const struct machine_door *door);

#endif
