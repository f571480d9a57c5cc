// SPDX-License-Identifier: GPL-2.0-or-later
//
// Tasks, sleeping and waking: the one waiting core on which wait queues, completions and mutexes
// stand. As in kernel/sched/core.c and kernel/kthread.c, v5.13: a task declares its state, tests
// its condition, and calls schedule(); a wake-up in between turns the sleep into nothing.
#pragma once

#include "core/kernel/context.h"
#include "core/kernel/wait_for.h"

namespace rcufuzz::kernel {

enum class TaskState : std::uint8_t { running, idle, dead };  // idle: TASK_IDLE, sleeping

using ThreadFn = void (*)(void* data);

// What a sleeper waits for, so that the end of a run can tell a sleep that should have ended.
struct WaitCondition {
    bool (*holds)(const void* arg) = nullptr;
    const void* arg = nullptr;
};

struct Task {
    sim::Context* context = nullptr;
    sim::ObjectId name = 0;
    TaskState state = TaskState::running;
    bool kthread = false;  // leaves its loop when the run is over; sleeping for ever is no fault
    ThreadFn fn = nullptr;
    void* data = nullptr;
    sim::ObjectId waits_on = 0;
    WaitCondition condition{};
};

// A kthread on a CPU; it runs as soon as it is scheduled. Lives until the end of the run.
Task& kthread_run(ThreadFn fn, void* data, unsigned cpu, const char* name, int index);
// A task that executes a workload; it is expected to come to its end.
Task& task_run(ThreadFn fn, void* data, unsigned cpu, const char* name, int index);

// The loop condition of every kthread: true only when the run is over.
inline bool kthread_should_stop() { return run_is_over(); }

Task& current_task();
// The kernel's `current`: in an interrupt, the task that was interrupted; null where the CPU idles.
Task* current_or_interrupted_task();
// Also of one that has ended in this run; null where no task has begun.
Task* task_of(const sim::Context& context);

void set_current_state(TaskState state, const Site& site = Site::current());
// Sleeps unless a wake-up has come since set_current_state(). Never with a spinlock held, with
// interrupts or preemption disabled, or in an interrupt.
void schedule(sim::ObjectId waits_on, const WaitCondition& condition,
              const Site& site = Site::current());

// Wakes the task from any sleep. Returns whether it was asleep.
bool wake_up_process(Task& task, const Site& site = Site::current());

}  // namespace rcufuzz::kernel
