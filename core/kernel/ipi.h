// SPDX-License-Identifier: GPL-2.0-or-later
//
// Interrupts that CPUs send each other, and waiting for a variable that somebody else will change.
// As arch_send_call_function_ipi_mask() and cpu_relax() loops see the hardware.
//
// An interrupt of one kind is pending at most once per CPU: what is sent meanwhile coalesces. It is
// taken whenever the strategy likes, once the CPU has interrupts enabled. Neither sending nor
// taking it orders anything in memory: whoever needs that has barriers of its own.
#pragma once

#include <array>

#include "core/kernel/context.h"
#include "core/kernel/wait_for.h"

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

// Contexts that spin until a variable changes. The loop around wait() tests it, with whatever
// ordering the subject has; wait() only says that until wake_all() there is nothing to see.
class SpinWait {
   public:
    // `list` names those who will change it (wait_for.h), if that can be said.
    void wait(sim::ObjectId what, const WaitFor& wait = {}, const Site& site = Site::current());
    void wake_all();

   private:
    std::array<std::uint64_t, 2> waiters_{};  // by context key
};

}  // namespace rcufuzz::kernel
