// SPDX-License-Identifier: GPL-2.0-or-later
//
// Readers, and the arithmetic of grace-period sequence numbers.
// As in include/linux/rcupdate.h and kernel/rcu/rcu.h, v5.13, CONFIG_PREEMPT_RCU.
#pragma once

#include "core/kernel/context.h"
#include "core/memory/atomic.h"

namespace rcufuzz::kernel {

using memory::atomic_add_return;
using memory::READ_ONCE;
using memory::Shared;
using memory::smp_mb;
using memory::WRITE_ONCE;

// --- sequence numbers: the low two bits are the state (0 idle, 1 in progress), the rest counts ---

using Seq = unsigned long;

inline constexpr Seq rcu_seq_state_mask = 3;

constexpr bool ulong_cmp_ge(Seq a, Seq b) { return static_cast<Seq>(a - b) <= ~Seq{0} / 2; }
constexpr bool ulong_cmp_lt(Seq a, Seq b) { return static_cast<Seq>(a - b) > ~Seq{0} / 2; }

constexpr Seq rcu_seq_ctr(Seq s) { return s >> 2; }
constexpr Seq rcu_seq_state(Seq s) { return s & rcu_seq_state_mask; }
// The value that means "a full grace period after now" when the counter stands at `now`.
constexpr Seq rcu_seq_snap_of(Seq now) {
    return (now + 2 * rcu_seq_state_mask + 1) & ~rcu_seq_state_mask;
}
constexpr bool rcu_seq_done_at(Seq now, Seq s) { return ulong_cmp_ge(now, s); }
// True when the grace period that completes `s` has begun.
constexpr bool rcu_seq_started_at(Seq now, Seq s) {
    return ulong_cmp_lt((s - 1) & ~rcu_seq_state_mask, now);
}

inline Seq rcu_seq_current(const Shared<Seq>& sp, const Site& site = Site::current()) {
    return READ_ONCE(sp, site);
}
inline Seq rcu_seq_snap(const Shared<Seq>& sp, const Site& site = Site::current()) {
    const Seq s = rcu_seq_snap_of(READ_ONCE(sp, site));
    smp_mb();  // Orders the read before whatever relies on the grace period.
    return s;
}
inline bool rcu_seq_done(const Shared<Seq>& sp, Seq s, const Site& site = Site::current()) {
    return rcu_seq_done_at(READ_ONCE(sp, site), s);
}

// --- readers ------------------------------------------------------------------------------------

void begin_readers();

void rcu_read_lock(const Site& site = Site::current());
void rcu_read_unlock(const Site& site = Site::current());

// Which read-side sections are open, for oracles: one number per outermost section, in order of
// their beginning, and the set of those still open.
inline constexpr unsigned max_reader_cpus = sim::max_cpus;
struct OpenReaders {
    std::uint32_t begun[max_reader_cpus];  // 0: no section open on this CPU; else its number
};
OpenReaders open_readers();
bool still_open(const OpenReaders& then);  // any of them

// True when this CPU could be switched to another task right now and is in no reader: a moment
// that a grace period may count as its quiescent state. With CONFIG_PREEMPT_RCU a region with
// interrupts, preemption or bottom halves disabled is a reader too.
bool cpu_is_quiescent(unsigned cpu);

}  // namespace rcufuzz::kernel
