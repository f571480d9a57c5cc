// SPDX-License-Identifier: GPL-2.0-or-later
//
// The calls that a workload makes, and the oracles that watch every run of a function: each call
// runs once on each CPU of its final mask and nowhere else, with its own function and data (Q1),
// sees what the caller did before the call, and is over for a caller that has waited (Q2). What is
// watched is a call, one incarnation of an element, which the next one reuses.
#pragma once

#include <array>
#include <cstdint>

#include "core/kernel/subject.h"

namespace rcufuzz::smp_call {

using kernel::Site;
using CpuMask = std::uint32_t;
constexpr CpuMask cpu_bit(unsigned cpu) { return CpuMask{1} << cpu; }

inline constexpr unsigned max_work_cpus = 5;

struct Call {
    int number = 0;  // what the function gets as info; from 1
    int func = 0;    // from 1
    unsigned owner = 0;
    bool waits = false;
    bool enables_irqs = false;  // the function, while it runs
    CpuMask leaving = 0;        // CPUs that leave the mm when they run it, as lazy ones do
    bool over = false;          // its element is free again: nobody has a reason to run it
    CpuMask allowed = 0;        // what the caller asked for
    bool exact = false;         // nobody else changes the request: it is the mask of no mm
    CpuMask targets = 0;
    CpuMask ran = 0;
    memory::Milestone made;
    std::array<memory::Milestone, max_work_cpus> finished;
};

class Calls {
   public:
    static constexpr unsigned capacity = 48;

    // A new call, of the current context; null: the run has made all it may.
    // `how`: bit 0, it waits; bit 1, its function enables interrupts.
    Call* begin(unsigned how, CpuMask allowed, bool exact);
    Call& at(int number) { return made_[static_cast<unsigned>(number) - 1]; }
    // Its mask is final.
    void set_targets(Call& call, CpuMask targets, const Site& site = Site::current());
    void add_target(Call& call, unsigned cpu) { call.targets |= cpu_bit(cpu); }
    // A function runs on this CPU, with this data.
    Call& begin_run(int func, int info, const Site& site);
    void end_run(Call& call);
    // This CPU is about to leave the mm: from now on the caller's mask may lack it.
    void leaves_mm(unsigned cpu) { left_mm_ |= cpu_bit(cpu); }
    // The caller goes on: the call was made for all CPUs, and is over on all if it has waited.
    void returned(const Call& call, const Site& site = Site::current());
    // At the end of a run nobody is left to run a call. `deaf`: CPUs that would, if they ever took
    // the interrupt that is pending there; the deadlock that keeps them from it is the find.
    // `queued`: those on whose queue something is left.
    void judge_end(CpuMask deaf, CpuMask offline, CpuMask queued);

   private:
    std::array<Call, capacity> made_{};
    unsigned count_ = 0;
    CpuMask left_mm_ = 0;
};

}  // namespace rcufuzz::smp_call
