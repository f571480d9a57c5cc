/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The door for kernel code in C. Plain types only: kernel sources have headers of their own.
 *
 * The kernel behind it has its own scheduler, counts and interrupt entry. A task is a stack with a
 * number; the kernel's schedule() picks the next one, by machine_choose() where several may run,
 * and switches with machine_switch_to(). An interrupt pends with machine_raise(); when it comes is
 * the strategy's choice; it runs on the stack of what it interrupts. No exception crosses these
 * functions. A run may end in any of them: then none of the kernel's frames goes on, ever.
 *
 * A call that breaks the rules below is our own fault and ends the process (CHECK).
 */
#ifndef RCUFUZZ_CORE_SIM_DOOR_H
#define RCUFUZZ_CORE_SIM_DOOR_H

#ifdef __cplusplus
extern "C" {
#endif

/* A place in the source: constant data that outlives the process's last run. */
struct machine_site {
    const char *file;
    const char *function;
    unsigned line;
    unsigned column;
};

/* Where this stands, in C. */
#define MACHINE_HERE                                                                     \
    (__extension__({                                                                     \
        static const struct machine_site machine_here_ = {__FILE__, __func__, __LINE__, 0}; \
        &machine_here_;                                                                  \
    }))

#define MACHINE_NEVER (~0UL)        /* as an expiry */
#define MACHINE_TIMER_VECTOR (~0U)  /* the vector of an expiry that is due */

struct machine_range {
    void *start;
    unsigned long bytes;
    unsigned long used;
};

/* What the machine asks the kernel. */
struct machine_guest {
    /* Whether this CPU would take an interrupt, an NMI, now. May be asked while another CPU acts;
     * comes to no point. */
    int (*takes_interrupt)(unsigned cpu);
    int (*takes_nmi)(unsigned cpu);
    /* The interrupt from entry to exit, on this CPU, on the interrupted stack. */
    void (*interrupt)(unsigned cpu, unsigned vector);
    /* After the outermost one, as the interrupted task: may switch to another. */
    void (*leave_interrupt)(unsigned cpu);
    void (*nmi)(unsigned cpu);
    /* The memory that is its state, range by range from 0; 0: there is no such range. Start and
     * size are those of the whole range and stay; how much of it is in use, from its start, may
     * depend on what stands in the ranges before it. Null: not known. */
    int (*memory)(unsigned range, struct machine_range *where);
};

/* --- tasks ------------------------------------------------------------------------------------ */

/* Its number, from 0 in order of creation in this run. It acts once it is switched to. */
unsigned machine_create_task(void (*function)(void *), void *argument);
/* The current task, or the one that an interrupt has interrupted; before any runs: ~0U. */
unsigned machine_current_task(void);
/* For a kernel with stacks of its own, in its memory: the CPU's task level is this task from now
 * on. The caller changes the stack, before the next point. Numbers are the kernel's. */
void machine_task_is(unsigned task);
/* For tasks of machine_create_task(): the CPU goes on as `task`, which no CPU runs. Returns when
 * somebody switches back, perhaps on another CPU. */
void machine_switch_to(unsigned task, const struct machine_site *site);
/* A task ends so, and not by returning from its function. */
void machine_end_task(unsigned next, const struct machine_site *site) __attribute__((noreturn));

/* --- CPUs ------------------------------------------------------------------------------------- */

unsigned machine_cpu(void);
unsigned machine_cpus(void);
/* A CPU that does nothing yet, or stopped, comes up with this task. */
void machine_start_cpu(unsigned cpu, unsigned task);
/* From a task: its CPU does nothing more; the task goes on when a CPU starts with it, or another
 * switches to it. */
void machine_stop_cpu(const struct machine_site *site);
/* From a task: the CPU acts again when an interrupt is taken, after whose handler this returns. */
void machine_rest(const struct machine_site *site);

/* --- points and choices ----------------------------------------------------------------------- */

enum machine_access { /* as sim::AccessKind */
    MACHINE_NONE,
    MACHINE_READ,
    MACHINE_WRITE,
    MACHINE_LOCK,
    MACHINE_UNLOCK,
    MACHINE_WAKE,
    MACHINE_TIMER,
    MACHINE_IRQ
};

/* Before everything that other CPUs could see; interrupts that the CPU takes may come here. The
 * object: 0, a name, or a place (machine_place()). */
void machine_point(unsigned object, enum machine_access kind, const struct machine_site *site);
/* A busy-wait loop goes round: somebody else acts, if anybody can. */
void machine_relax(const struct machine_site *site);
/* Busy-waits until machine_wake_spinners(object), without going round; may return sooner than the
 * caller likes, so test again. Interrupts that the CPU takes come meanwhile. */
void machine_spin_on(unsigned object, const struct machine_site *site);
void machine_wake_spinners(unsigned object);
/* Below `count`; 0 is the ordinary thing. `what`, from 1, says which question. */
unsigned machine_choose(unsigned what, unsigned count, const struct machine_site *site);

/* --- interrupts and time ---------------------------------------------------------------------- */

/* Pends once per vector and CPU, below MACHINE_VECTORS. `name` as of machine_name(), or 0. */
#define MACHINE_VECTORS 32
void machine_raise(unsigned cpu, unsigned vector, unsigned name);
void machine_raise_nmi(unsigned cpu, unsigned name);
/* The CPU's timer interrupt: pends from this jiffy on, until it is taken or set anew. */
void machine_expiry(unsigned cpu, unsigned long jiffy);
/* takes_interrupt() or takes_nmi() may answer differently now. */
void machine_changed(unsigned cpu);
unsigned long machine_jiffies(void);

/* --- what is told ----------------------------------------------------------------------------- */

/* A name that others can print, "rcu_node[2]", for this run; an index below 0: none. */
unsigned machine_name(const char *text, int index);
/* The number of an address in the memory that the guest names as its own; 0: elsewhere. */
unsigned machine_place(const void *address);
/* The run ends here. `verdict` is one of the words of base/verdict.h. */
void machine_fail(const char *verdict, const char *text, const struct machine_site *site)
    __attribute__((noreturn));
/* The same for what need not have a consequence: the run goes on, for a better find. */
void machine_suspect(const char *verdict, const char *text, const struct machine_site *site);
/* An event of the trace; kinds as sim::EventKind. Costs nothing where no trace is kept. */
void machine_event(unsigned kind, unsigned object, long a, long b, const struct machine_site *site);
/* A sentence of the story, told by the subsystem's tell(). */
void machine_note(unsigned number, long a, long b, const struct machine_site *site);

#ifdef __cplusplus
}
#endif

#endif
