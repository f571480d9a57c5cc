// SPDX-License-Identifier: GPL-2.0-or-later
//
// The grace period that relies on the counters, as far as it does: rcu_gp_kthread() takes a
// snapshot of every CPU's counter and waits until each was in an EQS, or flipped its counter, or
// scheduled. As in kernel/rcu/tree.c: dyntick_save_progress_counter(),
// rcu_implicit_dynticks_qs(); v4.11 to v6.12.
#pragma once

#include <array>

#include "core/kernel/poll.h"
#include "core/kernel/rcu.h"
#include "core/kernel/spinlock.h"

namespace rcufuzz::dynticks {

using kernel::Seq;

class GracePeriod {
   public:
    // The kthread runs on a CPU of its own, for which no grace period waits.
    void init(unsigned cpus);

    // In task context. The CPU idles meanwhile.
    void synchronize_rcu();
    // schedule_on_each_cpu() with an empty work: until every CPU has scheduled.
    void schedule_on_each_cpu();
    // rcu_note_context_switch(): this CPU has left every reader that it was in.
    void note_context_switch();
    // Something has changed that somebody may be waiting for; not a point.
    void cpu_changed();

   private:
    friend struct GracePeriodPeer;  // of tests

    struct Seen {
        std::uint32_t snap = 0;
        std::uint32_t context_switches = 0;
        bool passed = false;
        std::uint32_t newest_switches = 0;  // at the snapshot, whatever it has seen; for the oracle
    };
    // One who waits for every CPU to schedule.
    struct EachCpu {
        kernel::Poll poll;
        std::array<std::uint32_t, 4> context_switches{};
    };

    static void kthread(void* self);
    void wait_for_cpus(std::uint32_t sections);
    void save_snapshots();
    void scan(unsigned cpu, std::uint32_t sections);
    bool looks_passed(unsigned cpu) const;
    kernel::Objection check_W8_promptness(unsigned cpu) const;
    static bool requested(const void* self);
    static bool some_cpu_passed(const void* self);
    static bool all_cpus_scheduled(const void* each);

    unsigned cpus_ = 0;
    memory::Shared<Seq> gp_seq_;
    Seq gp_seq_needed_ = 0;  // under the lock
    kernel::RawSpinlock rnp_lock_;
    std::array<Seen, 4> seen_{};
    kernel::Poll requests_;
    kernel::Poll scans_;
    std::array<kernel::Poll, 4> done_;  // by the CPU of who waits
    std::array<EachCpu, 4> each_cpu_;
};

}  // namespace rcufuzz::dynticks
