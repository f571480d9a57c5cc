// SPDX-License-Identifier: GPL-2.0-or-later
//
// What one process of a litmus test may do, taken alone: all its ways through its code, for every
// value that its loads might return. A way is a list of events in program order, with the
// dependencies between them as herd7 takes them (7.57, herd/CSem.ml, modelUtils.ml): by data and
// address, where a value flows through registers; by control, from the loads that a condition was
// computed from to what stands inside the `if`, not to what follows it.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "core/litmus/program.h"

namespace rcufuzz::litmus {

// Of the events of one process; a bit each.
using Some = std::uint64_t;
inline constexpr unsigned max_events_of_process = 64;

struct Event {
    enum class Kind : std::uint8_t { read, write, sync_rcu, sync_srcu, rcu_lock, rcu_unlock };
    enum Mark : std::uint16_t {
        plain = 1,
        acquire = 2,
        release = 4,
        noreturn = 8,  // the load of a void atomic operation
        rmw = 16,
        lock_read = 32,  // spin_lock(), and a spin_trylock() that succeeds: a load and a store
        lock_write = 64,
        unlock = 128,
        sees_locked = 256,  // a spin_trylock() that fails, spin_is_locked() that is true
        sees_unlocked = 512,
        srcu_lock = 1024,
        srcu_unlock = 2048,
    };
    Kind kind = Kind::read;
    std::uint16_t marks = 0;
    Index location = none;
    Value value = 0;
    Some data = 0, addr = 0, ctrl = 0;  // loads that it depends on
    bool follows_read = false;          // the store of a read-modify-write; its load is just before

    bool is(Mark mark) const { return (marks & mark) != 0; }
    bool is_memory() const { return kind == Kind::read || kind == Kind::write; }
};

// A barrier stands before the event of this number.
struct Cut {
    Op barrier = Op::nothing;
    unsigned at = 0;
};

struct Trace {
    std::vector<Event> events;
    std::vector<Cut> cuts;
    std::vector<Value> locals;  // in the end
    std::string fault;          // "FILE:LINE: what" it does that no program may; empty: nothing
};

// Of each location, all values that the other processes might store there.
using Domains = std::vector<std::set<Value>>;

struct Traces {
    std::vector<Trace> all;
    bool too_many = false;   // more than `limit`; not all are here
    bool cut_short = false;  // a loop that loads went round more than twice; such ways are left out
};
// Throws UserError where a way has more than max_events_of_process events.
Traces traces_of(const Test& test, const std::string& file, Index process, const Domains& others,
                 std::size_t limit);

}  // namespace rcufuzz::litmus
