// SPDX-License-Identifier: GPL-2.0-or-later
//
// Interrupts that CPUs send each other, as arch_send_call_function_ipi_mask() sees the hardware.
//
// An interrupt of one kind is pending at most once per CPU: what is sent meanwhile coalesces. It is
// taken whenever the strategy likes, once the CPU has interrupts enabled. Neither sending nor
// taking it orders anything in memory: whoever needs that has barriers of its own.
#pragma once

#include <array>

#include "core/kernel/context.h"

namespace rcufuzz::kernel {

class IpiVector {
   public:
    using Handler = void (*)();

    void init(const char* name, unsigned cpus, Handler handler);
    void send(unsigned cpu, const Site& site = Site::current());
    void raise(unsigned cpu);  // pending from now on; not a point
    bool pending(unsigned cpu) const { return lines_[cpu].irq.pending && !lines_[cpu].dropped; }
    // The CPU goes offline, and its interrupt controller forgets what was pending. Not a point.
    void drop(unsigned cpu) { lines_[cpu].dropped = true; }

   private:
    struct Line {
        sim::Irq irq{};
        Handler handler = nullptr;
        bool dropped = false;  // before it was sent again
    };
    static void take(void* line);

    std::array<Line, sim::max_cpus> lines_{};
};

}  // namespace rcufuzz::kernel
