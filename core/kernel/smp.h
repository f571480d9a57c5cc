// SPDX-License-Identifier: GPL-2.0-or-later
//
// Other CPUs: functions and works that run there, whether they are online, and whether this one may
// rest. As in kernel/smp.c (smp_call_function_single()), kernel/workqueue.c (work_on_cpu()) and
// kernel/cpu.c, v5.13.
#pragma once

#include "core/kernel/mutex.h"

namespace rcufuzz::kernel {

// One function call for another CPU at a time. Lives until the end of the run.
class CallSingle {
   public:
    void init(const char* name, int index);
    // Runs `fn` on the CPU with interrupts disabled, and waits for its end. Never with interrupts
    // disabled: two CPUs would wait for each other.
    void call_and_wait(unsigned cpu, sim::Job fn, void* arg, const Site& site = Site::current());

   private:
    static void handler(void* self);
    static void list_target(const void* self, Awaited& awaited);

    sim::Irq irq_{};
    sim::Job fn_ = nullptr;
    void* arg_ = nullptr;
    sim::ContextKey waiter_ = 0;
    unsigned cpu_ = 0;
    bool done_ = false;
};

// A task of its own on a CPU, one job at a time: a worker, or the stopper.
class CpuWorker {
   public:
    void init(const char* name, int index);
    // Runs `fn` in a task on the CPU and waits until that task is gone.
    void run_and_wait(unsigned cpu, sim::Job fn, void* arg, const Site& site = Site::current());
    // To be called by `fn`, with interrupts disabled: the CPU goes offline when the task is gone.
    void take_cpu_down() { takes_cpu_down_ = true; }

   private:
    static void main(void* self);
    static void list_worker(const void* self, Awaited& awaited);

    const char* name_ = nullptr;
    int index_ = 0;
    sim::Job fn_ = nullptr;
    void* arg_ = nullptr;
    bool takes_cpu_down_ = false;
    const Task* task_ = nullptr;
    Completion done_;
};

inline bool cpu_online(unsigned cpu) { return sim::world().cpu(cpu).online; }
// A CPU that is offline acts no more: its tasks stay where they are until it is back. (In the
// kernel they would go on elsewhere.) Not a point.
void set_cpu_online(unsigned cpu, bool online);

// Another task of this CPU wants to run.
inline bool need_resched() { return sim::world().another_task_ready(smp_processor_id()); }
// This CPU has a task that is no kthread, running or not.
bool has_task(unsigned cpu);
inline bool at_rest(unsigned cpu) { return sim::world().cpu(cpu).halted; }
// With interrupts disabled: an interrupt is pending that will make this CPU schedule.
inline bool resched_irq_pending() { return sim::world().this_cpu().woken_from_afar; }
// This CPU goes idle or to user mode, for good: until a wake-up or an interrupt comes, no task runs
// on it. Enables interrupts. The last step of a task; not a point.
void rest_until_interrupt();

}  // namespace rcufuzz::kernel
