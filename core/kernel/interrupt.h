// SPDX-License-Identifier: GPL-2.0-or-later
//
// A source of interrupts: a device, or one that cannot be masked (NMI). It is pending on one CPU at
// most, and once; a CPU has at most one pending NMI. Lives until the end of the run.
#pragma once

#include "core/kernel/context.h"

namespace rcufuzz::kernel {

class Interrupt {
   public:
    // `handler` runs with interrupts disabled, on the CPU on which the interrupt is raised.
    void init(const char* name, int index, sim::Job handler, void* arg);
    // It comes at any time from now on; a device's interrupt only while the CPU has them enabled.
    void raise_irq(unsigned cpu, const Site& site = Site::current());
    void raise_nmi(unsigned cpu, const Site& site = Site::current());

   private:
    sim::Irq irq_{};
};

}  // namespace rcufuzz::kernel
