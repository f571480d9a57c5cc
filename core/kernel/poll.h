// SPDX-License-Identifier: GPL-2.0-or-later
//
// A task that checks a condition every few jiffies, as the grace-period kthread does between two
// scans. Nobody wakes the task. Its checks do not order memory.
//
// The kernel's task sleeps with a timeout and looks again. Here it sleeps until the condition is
// true, and whoever changes something says so. A check that fails has no effect in either.
#pragma once

#include "core/kernel/kthread.h"

namespace rcufuzz::kernel {

class Poll {
   public:
    void init(const char* name, int index);
    // Sleeps until the condition holds, of the newest values, or the run is over. For one task.
    void until(const WaitCondition& condition, const Site& site = Site::current());
    // Says that what the condition reads has changed. From anywhere; no point, orders nothing.
    void changed();

   private:
    sim::ObjectId object_ = 0;
    Task* waiter_ = nullptr;
};

}  // namespace rcufuzz::kernel
