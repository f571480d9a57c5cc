// SPDX-License-Identifier: GPL-2.0-or-later
//
// What the machine asks of a kernel that brings its own scheduler and its own interrupt entry (C
// code behind door.h). Its handlers run on the stack of whatever they interrupt, as on hardware;
// handlers of a run without a guest run as contexts with a stack of their own.
#pragma once

#include <cstddef>
#include <span>

namespace rcufuzz::sim {

// The vector that takes_interrupt() and interrupt() know the timer interrupt by: the CPU's expiry
// (World::set_expiry) is due.
inline constexpr unsigned timer_vector = ~0u;

class Guest {
   public:
    virtual ~Guest() = default;

    // A run begins, with so many CPUs; none of them has a task yet.
    virtual void begin(unsigned /*cpus*/) {}

    // Whether this CPU would take an interrupt, an NMI, now. The machine asks while one is pending,
    // and again when GuestSchedule::changed() says that the answer may have changed. May be asked
    // while another CPU acts; comes to no point.
    virtual bool takes_interrupt(unsigned cpu) = 0;
    virtual bool takes_nmi(unsigned cpu) = 0;

    // The interrupt, from entry to exit, on this CPU and on the interrupted stack. A point in here
    // belongs to the level (CPU, hardirq), not to the task.
    virtual void interrupt(unsigned cpu, unsigned vector) = 0;
    // What follows on the way out of the outermost one, as the interrupted task again: it may
    // switch to another task.
    virtual void leave_interrupt(unsigned cpu) = 0;
    virtual void nmi(unsigned cpu) = 0;

    // The memory that is its state, piece by piece from 0; without data: that was the last. How
    // large a piece is may depend on what stands in those before it.
    virtual std::span<const std::byte> memory(unsigned /*piece*/) const { return {}; }
};

}  // namespace rcufuzz::sim
