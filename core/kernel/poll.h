// SPDX-License-Identifier: GPL-2.0-or-later
//
// A task that checks a condition every few jiffies, as the grace-period kthread does between two
// scans. Nobody wakes the task. Its checks do not order memory.
//
// The kernel's task sleeps with a timeout. Here it sleeps until the condition holds, and whoever
// changes something says so: looking in vain changes nothing, and a run has an end.
#pragma once

#include "core/kernel/kthread.h"

namespace rcufuzz::kernel {

class Poll {
   public:
    void init(const char* name, int index);
    // Sleeps until the condition, of newest values, holds or the run is over. One task at a time.
    void until(const WaitCondition& condition, const Site& site = Site::current());
    // What the condition is about has changed. From anywhere; not a point, orders nothing.
    void changed();

   private:
    sim::ObjectId object_ = 0;
    Task* waiter_ = nullptr;
};

}  // namespace rcufuzz::kernel
