// SPDX-License-Identifier: GPL-2.0-or-later
//
// What only a guest with a scheduler of its own asks of the machine: tasks that it creates and
// gives to CPUs, CPUs that start, stop and rest, and who is woken where it keeps no list of those
// that wait. All else such a guest asks of the World, as kernel primitives do.
#pragma once

#include "core/sim/world.h"

namespace rcufuzz::sim {

class GuestSchedule {
   public:
    // A task's number is its place in the order of creation; it acts once a CPU is given to it.
    static Context& create_task(Job job, void* arg);
    static Context& task(unsigned number);  // that has been created in this run
    // The CPU's task goes on as `next`, which no CPU runs, and which may have run elsewhere before.
    // Returns when somebody switches back. Not in an interrupt.
    static void switch_task(Context& next, const Site& site);
    // For a guest with stacks of its own, which it changes by itself: the CPU's task is now this
    // one. Such stacks lie in the guest's memory.
    static void become_task(unsigned number);
    // As switch_task(), for ever; the number is not used again in this run.
    [[noreturn]] static void end_task(Context& next, const Site& site);

    // A CPU starts with this task.
    static void start_cpu(unsigned cpu, Context& task);
    // The current CPU stops in the middle of its task, which then belongs to no CPU until one
    // starts with it.
    static void stop_cpu(const Site& site);
    // The current CPU is idle: it acts again when it takes an interrupt, after whose handler this
    // returns.
    static void halt(const Site& site);

    // Wakes those that wait on a CPU for this object, as World::unblock() does one.
    static void unblock_all(ObjectId what);
    // An answer of the guest about this CPU may have changed.
    static void changed(unsigned cpu);
};

}  // namespace rcufuzz::sim
