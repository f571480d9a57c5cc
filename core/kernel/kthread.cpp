// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/kernel/kthread.h"

#include "core/kernel/spinlock.h"

namespace rcufuzz::kernel {

namespace {

void task_main(void* arg) {
    Task& task = *static_cast<Task*>(arg);
    memory::barrier_within_step();  // of the switch to this task; wake_up_new_task() has the other
    task.fn(task.data);
    memory::barrier_within_step();
    task.state = TaskState::dead;
}

Task& start(ThreadFn fn, void* data, unsigned cpu, const char* name, int index, bool kthread) {
    sim::World& w = sim::world();
    if (w.in_context()) w.point({0, sim::AccessKind::wake}, Site::current());
    memory::barrier_within_step();
    Task& task = w.arena().make<Task>();
    task.name = w.names().add(name, index);
    task.kthread = kthread;
    task.fn = fn;
    task.data = data;
    task.context = &w.spawn(cpu, task_main, &task);
    return task;
}

}  // namespace

Task& kthread_run(ThreadFn fn, void* data, unsigned cpu, const char* name, int index) {
    return start(fn, data, cpu, name, index, true);
}

Task& task_run(ThreadFn fn, void* data, unsigned cpu, const char* name, int index) {
    return start(fn, data, cpu, name, index, false);
}

Task* task_of(const sim::Context& context) {
    const bool used = (sim::world().cpu(context.cpu).used_slots & slot_bit(context.slot)) != 0;
    return used && context.job == task_main ? static_cast<Task*>(context.arg) : nullptr;
}

Task& current_task() {
    Task* const task = task_of(sim::world().current());
    CHECK(task != nullptr);
    return *task;
}

Task* current_or_interrupted_task() {
    const sim::Context* const task = sim::world().this_cpu().task;
    return task == nullptr ? nullptr : task_of(*task);
}

void set_current_state(TaskState state, const Site& site) {
    Task& task = current_task();
    sim::world().point({task.name, sim::AccessKind::write}, site);
    task.state = state;
    memory::barrier_within_step();  // smp_store_mb()
}

void schedule(sim::ObjectId waits_on, const WaitCondition& condition, const Site& site) {
    sim::World& w = sim::world();
    if (!in_task()) w.fail(Verdict::lock_misuse, "sleeps in an interrupt", site);
    if (locks_held_by_current() != 0)
        w.fail(Verdict::lock_misuse, "sleeps with a spinlock held", site);
    const sim::Cpu& cpu = w.this_cpu();
    if (!cpu.irqs_on || cpu.preempt_count != 0 || cpu.bh_count != 0)
        w.fail(Verdict::lock_misuse, "sleeps while atomic", site);
    Task& task = current_task();
    task.waits_on = waits_on;
    task.condition = condition;
    // An interrupt, and whatever else, may come between the last look at the condition and this.
    w.point({}, site);
    while (task.state != TaskState::running)
        w.block(sim::ContextState::sleeping, waits_on, site);
    task.state = TaskState::running;
    task.condition = {};
    memory::barrier_within_step();  // of the switch to this task
}

bool wake_up_process(Task& task, const Site& site) {
    sim::World& w = sim::world();
    w.point({task.name, sim::AccessKind::wake}, site);
    memory::barrier_within_step();  // try_to_wake_up(): smp_mb__after_spinlock()
    if (task.state == TaskState::running || task.state == TaskState::dead) return false;
    w.event(sim::EventKind::wake, task.name, task.context->key, 0, site);
    task.state = TaskState::running;
    w.unblock(*task.context);
    return true;
}

}  // namespace rcufuzz::kernel
