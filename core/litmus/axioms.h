// SPDX-License-Identifier: GPL-2.0-or-later
//
// The kernel's memory model (tools/memory-model of 6.12: linux-kernel.cat, linux-kernel.bell,
// lock.cat) on one candidate execution: events of all processes, who reads from whom, and the order
// of stores to each location. Names are those of the .cat file.
//
// Initial values have no events here: nothing can come before them, so no cycle goes through one.
// Coherence, atomicity and lock.cat's rules for locks are the caller's (candidates.cpp).
#pragma once

#include <span>

#include "core/litmus/relation.h"
#include "core/litmus/trace.h"

namespace rcufuzz::litmus {

// What does not depend on who reads from whom.
template <typename Set>
struct Program {
    using R = Relation<Set>;

    explicit Program(std::span<const Trace* const> traces);

    unsigned count = 0;  // of events; those of one process stand together, in program order
    Set reads = 0, writes = 0, memory = 0, marked = 0, noreturn = 0;
    Set unlocks = 0, lock_reads = 0, srcu_locks = 0, srcu_unlocks = 0;
    Set sync_rcu = 0, sync_srcu = 0;
    R po, internal, same_location, data, addr, ctrl, rmw;
    // Fences within a process; strong ones but for smp_mb__after_unlock_lock().
    R strong, release, acquire, wmb, rmb;
    R after_unlock_lock;           // from the load of the lock to what stands behind that barrier
    R rmb_then_any, any_then_rmb;  // smp_rmb() for plain accesses: stores on one side
    R barrier;                     // what keeps the compiler from mixing accesses
    R rcu_rscs;
    Set unmatched_rcu = 0;

   private:
    void add(const Trace& trace, unsigned first);
    void add_cut(const Trace& trace, unsigned first, const Cut& cut);
    void add_sections(const Trace& trace, unsigned first);
};

template <typename Set>
struct Links {
    explicit Links(unsigned count) : rf(count), co(count), fr(count) {}
    Relation<Set> rf, co, fr;
};

struct Flags {
    bool data_race = false;
    bool mixed_accesses = false;
    bool unmatched_srcu_lock = false;
    bool unmatched_srcu_unlock = false;
    bool unmatched_rcu = false;
};

// Only happens-before: links may still be missing, and what is wrong now stays wrong.
template <typename Set>
bool may_become_consistent(const Program<Set>& program, const Links<Set>& links);
// Null flags: they are not wanted.
template <typename Set>
bool consistent(const Program<Set>& program, const Links<Set>& links, Flags* flags);

}  // namespace rcufuzz::litmus
