/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/sim/small_kernel_test.h"

enum { max_cpus = 8, max_tasks = 80, nobody = -1 };
enum { vector_reschedule = 1, vector_device = 2 };
enum { question_next_task = 1, question_place = 2 };
enum task_state { runnable, asleep, dead };

struct task {
    enum task_state state;
    int cpu; /* on which it runs; nobody */
    int was_on;
    unsigned number;
    unsigned worker;
    unsigned long wakes_at;
};

struct cpu {
    int current; /* a task's number */
    int idle;    /* its idle task */
    int need_resched;
    int preempt_count;
    int irqs_off;
    int in_nmi;
    unsigned long expiry;
};

static struct kernel {
    struct small_plan plan;
    struct small_state state;
    struct task tasks[max_tasks];
    struct cpu cpus[max_cpus];
    unsigned task_count;
    unsigned lock_name;
    int lock; /* CPU + 1 of its holder */
    unsigned levels;
} k;

static struct cpu *this_cpu(void) { return &k.cpus[machine_cpu()]; }
static struct task *current_task(void) { return &k.tasks[this_cpu()->current]; }

#define POINT(variable, kind) machine_point(machine_place(&(variable)), kind, MACHINE_HERE)

/* --- interrupt flag, preemption, the lock ----------------------------------------------------- */

static void set_irqs(int off) {
    this_cpu()->irqs_off = off;
    machine_changed(machine_cpu());
}

static int irq_save(void) {
    const int were_off = this_cpu()->irqs_off;
    set_irqs(1);
    return were_off;
}

static void irq_restore(int were_off) {
    set_irqs(were_off);
    if (!were_off) machine_point(0, MACHINE_IRQ, MACHINE_HERE);
}

static int lock(void) {
    const int flags = irq_save();
    machine_point(k.lock_name, MACHINE_LOCK, MACHINE_HERE);
    while (k.lock != 0) machine_spin_on(k.lock_name, MACHINE_HERE);
    k.lock = (int)machine_cpu() + 1;
    return flags;
}

static void unlock(int flags) {
    machine_point(k.lock_name, MACHINE_UNLOCK, MACHINE_HERE);
    k.lock = 0;
    machine_wake_spinners(k.lock_name);
    irq_restore(flags);
}

/* --- the scheduler ---------------------------------------------------------------------------- */

static int may_run_here(const struct task *task) {
    return task->state == runnable && task->cpu == nobody && task->number >= k.plan.cpus;
}

static int pick_next(void) {
    unsigned count = 0;
    unsigned i, chosen;
    for (i = 0; i < k.task_count; i++) count += (unsigned)may_run_here(&k.tasks[i]);
    if (count == 0) return nobody;
    chosen = machine_choose(question_next_task, count, MACHINE_HERE);
    for (i = 0; i < k.task_count; i++)
        if (may_run_here(&k.tasks[i]) && chosen-- == 0) return (int)i;
    return nobody;
}

/* With interrupts off. The current task is runnable, asleep or dead. */
static void schedule(void) {
    struct cpu *cpu = this_cpu();
    struct task *prev = current_task();
    const int prev_goes_on = prev->state == runnable;
    struct task *next;
    int picked;
    cpu->need_resched = 0;
    picked = pick_next();
    if (picked == nobody) {
        if (prev_goes_on) return;
        picked = cpu->idle;
    }
    next = &k.tasks[picked];
    if (next->was_on != nobody && next->was_on != (int)machine_cpu()) k.state.migrations++;
    prev->cpu = nobody;
    prev->was_on = next->cpu = (int)machine_cpu();
    cpu->current = picked;
    if (prev->state == dead) machine_end_task(next->number, MACHINE_HERE);
    machine_switch_to(next->number, MACHINE_HERE);
}

static void wake(struct task *task) {
    unsigned i;
    if (task->state != asleep) return;
    task->state = runnable;
    for (i = 0; i < k.plan.cpus; i++) {
        struct cpu *cpu = &k.cpus[i];
        if (cpu->current != cpu->idle) continue;
        cpu->need_resched = 1;
        machine_raise(i, vector_reschedule, 0);
        return;
    }
    this_cpu()->need_resched = 1;
}

static void sleep_until(unsigned long jiffy) {
    const int flags = irq_save();
    struct task *self = current_task();
    struct cpu *cpu = this_cpu();
    self->wakes_at = jiffy;
    if (cpu->expiry > jiffy) machine_expiry(machine_cpu(), cpu->expiry = jiffy);
    if (k.plan.forgets_wakeup) {
        irq_restore(0);
        POINT(self->state, MACHINE_WRITE);
        irq_save();
        self->wakes_at = self->wakes_at == 0 ? MACHINE_NEVER : self->wakes_at;
    }
    self->state = asleep;
    schedule();
    irq_restore(flags);
}

/* --- interrupts ------------------------------------------------------------------------------- */

static void on_timer(void) {
    struct cpu *cpu = this_cpu();
    unsigned long next = MACHINE_NEVER;
    unsigned i;
    for (i = 0; i < k.task_count; i++) {
        struct task *task = &k.tasks[i];
        if (task->wakes_at == 0 || task->wakes_at == MACHINE_NEVER) continue;
        if (task->wakes_at <= machine_jiffies()) {
            task->wakes_at = 0;
            wake(task);
        } else if (task->wakes_at < next) {
            next = task->wakes_at;
        }
    }
    machine_expiry(machine_cpu(), cpu->expiry = next);
}

static void interrupt(unsigned number, unsigned vector) {
    struct cpu *cpu = &k.cpus[number];
    if (number != machine_cpu() || cpu->irqs_off)
        machine_fail("invariant", "an interrupt where none may come", MACHINE_HERE);
    set_irqs(1);
    if (++k.levels > k.state.most_levels) k.state.most_levels = k.levels;
    machine_point(0, MACHINE_NONE, MACHINE_HERE);
    if (vector == MACHINE_TIMER_VECTOR) on_timer();
    if (vector == vector_device) {
        int flags = lock();
        k.state.in_interrupt++;
        unlock(flags);
        /* Its second half lets others in. */
        irq_restore(0);
        set_irqs(1);
    }
    k.levels--;
    set_irqs(0);
}

static void leave_interrupt(unsigned number) {
    struct cpu *cpu = &k.cpus[number];
    const int is_idle = cpu->current == cpu->idle;
    if (!cpu->need_resched || cpu->preempt_count != 0) return;
    if (is_idle) return; /* its loop looks */
    irq_save();
    k.state.preemptions++;
    schedule();
    irq_restore(0);
}

static void nmi(unsigned number) {
    k.cpus[number].in_nmi = 1;
    machine_changed(number);
    POINT(k.state.nmis, MACHINE_WRITE);
    k.state.nmis++;
    k.cpus[number].in_nmi = 0;
    machine_changed(number);
}

static int takes_interrupt(unsigned cpu) { return !k.cpus[cpu].irqs_off && !k.cpus[cpu].in_nmi; }
static int takes_nmi(unsigned cpu) { return !k.cpus[cpu].in_nmi; }

static int memory(unsigned range, struct machine_range *where) {
    if (range != 0) return 0;
    where->start = &k;
    where->bytes = where->used = sizeof k;
    return 1;
}

const struct machine_guest small_kernel = {
    .takes_interrupt = takes_interrupt,
    .takes_nmi = takes_nmi,
    .interrupt = interrupt,
    .leave_interrupt = leave_interrupt,
    .nmi = nmi,
    .memory = memory,
};

/* --- what runs -------------------------------------------------------------------------------- */

static void idle(void *unused) {
    (void)unused;
    for (;;) {
        irq_save();
        schedule();
        /* Interrupts are enabled and the CPU rests in one step, as by sti and hlt. */
        set_irqs(0);
        machine_rest(MACHINE_HERE);
    }
}

static void add(void) {
    unsigned long seen;
    const int flags = k.plan.lockless ? 0 : lock();
    POINT(k.state.counter, MACHINE_READ);
    seen = k.state.counter;
    POINT(k.state.counter, MACHINE_WRITE);
    k.state.counter = seen + 1;
    if (!k.plan.lockless) unlock(flags);
}

static void worker(void *argument) {
    struct task *self = argument;
    unsigned round;
    irq_restore(0);
    for (round = 0; round < k.plan.rounds; round++) {
        add();
        if (self->worker == 0)
            machine_raise(machine_choose(question_place, k.plan.cpus, MACHINE_HERE), vector_device,
                          0);
        if (self->worker == 0 && k.plan.nmi) machine_raise_nmi(k.plan.cpus - 1, 0);
        sleep_until(machine_jiffies() + 1 + self->worker);
    }
    irq_save();
    POINT(k.state.done, MACHINE_WRITE);
    k.state.done++;
    self->state = dead;
    schedule();
}

static struct task *new_task(void (*function)(void *)) {
    struct task *task = &k.tasks[k.task_count];
    task->cpu = task->was_on = nobody;
    task->number = machine_create_task(function, task);
    if (task->number != k.task_count++) __builtin_trap();
    return task;
}

void small_boot(const struct small_plan *plan) {
    static const struct kernel nothing;
    unsigned i;
    k = nothing;
    k.plan = *plan;
    k.lock_name = machine_name("lock", -1);
    for (i = 0; i < plan->cpus; i++) {
        struct task *task = new_task(idle);
        task->cpu = (int)i;
        k.cpus[i].current = k.cpus[i].idle = (int)i;
        k.cpus[i].expiry = MACHINE_NEVER;
    }
    for (i = 0; i < plan->workers; i++) new_task(worker)->worker = i;
    for (i = 0; i < plan->cpus; i++) machine_start_cpu(i, i);
}

const struct small_state *small_result(void) { return &k.state; }
