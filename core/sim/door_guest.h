// SPDX-License-Identifier: GPL-2.0-or-later
//
// The C++ side of door.h: a machine_guest as the Guest of a run.
//
//   const DoorGuest guest(kernel_in_c);
//   world().begin(cpus, strategy, level, limits, &guest);
#pragma once

#include <span>

#include "core/sim/door.h"
#include "core/sim/guest.h"

namespace rcufuzz::sim {

class DoorGuest final : public Guest {
   public:
    // `functions` outlives this. One in a process is active at a time, the one of the running run.
    explicit DoorGuest(const machine_guest& functions) : functions_(functions) {}

    void begin(unsigned cpus) override;
    bool takes_interrupt(unsigned cpu) override { return functions_.takes_interrupt(cpu) != 0; }
    bool takes_nmi(unsigned cpu) override { return functions_.takes_nmi(cpu) != 0; }
    void interrupt(unsigned cpu, unsigned vector) override { functions_.interrupt(cpu, vector); }
    void leave_interrupt(unsigned cpu) override { functions_.leave_interrupt(cpu); }
    void nmi(unsigned cpu) override { functions_.nmi(cpu); }

    // Piece by piece from 0; without data: that was the last.
    std::span<const std::byte> memory(unsigned piece) const override;

   private:
    const machine_guest& functions_;
};

}  // namespace rcufuzz::sim
