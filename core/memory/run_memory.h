// SPDX-License-Identifier: GPL-2.0-or-later
//
// The memory of the current run. Under sequential consistency nothing is needed: a variable
// holds its newest value, and barriers do nothing. Under weak memory each variable is a location of
// a Model, each CPU an agent of it, and which store a load observes is a decision of the run.
//
// The CPU is the agent whatever runs on it: interrupts and tasks of one CPU see its accesses in
// program order. A switch between tasks is a full barrier, as it is in the kernel.
//
// Dependencies: C++ does not tell what an address was computed from. An access into an object is
// taken to depend on all loads of a pointer to it (rcu_dereference() and READ_ONCE() of pointers
// say what they have read), and every store depends on all earlier loads. Both can only forbid. An
// index that was loaded is not followed; whoever indexes with it calls depend_on_loads().
#pragma once

#include <cstddef>

#include "core/memory/order.h"
#include "core/sim/world.h"

namespace rcufuzz::memory {

using sim::Site;

class Model;
struct Location;
struct GpDomain;

// The questions of weak memory: which store a load observes (0: the newest, 1: the one before it
// that is legal, ...), and the place of a store among those of its location (0: the last).
inline constexpr sim::Question which_store{4, "an older store is seen"};
inline constexpr sim::Question which_place{5,
                                           "the store comes before one that has been made already"};
constexpr bool is_question(std::uint16_t what) {
    return what == which_store.number || what == which_place.number;
}

// After World::begin(), before anything is initialised. `races`: data races are reported, as what
// an oracle finds inside: a consequence, where one comes, is the better find.
void begin_memory(bool weak, bool races = true);
// Null: sequential consistency.
Model* weak_model();
inline bool weak_memory = false;  // weak_model() != nullptr, for the hot paths

// The agent of whoever runs now, with the barrier of a task switch behind it.
unsigned current_agent();

// --- what Shared<T> does under weak memory; the point has been passed --------------------------
Location& make_location(sim::ObjectId name, Value initial, bool uninitialised);

struct Seen {
    Value value = 0;
    std::uint32_t age = 0;  // how many newer stores there were
};
// `cell` is the variable's address, for dependencies.
Seen load(Location& x, const void* cell, Order order, bool plain, const Site& site);
// Returns the newest value afterwards, which need not be this one.
Value store(Location& x, const void* cell, Value value, Order order, bool plain, const Site& site);
// Without a choice: the newest of all, by a lock's holder, or before anybody else can look.
void settle(Location& x, Value value, bool plain);
// `update` as in Model: false gives the operation up.
struct Updated {
    Value old = 0;
    bool stored = false;
    Value newest = 0;
};
Updated update(Location& x, const void* cell, bool (*update)(void*, Value, Value&), void* arg,
               Order order, bool returns, const Site& site);
// Of a read event in a full trace of this run that missed a store: whether that store was one which
// others need not see yet. If not, it was the load that came too early.
bool missed_what_was_held_back(std::size_t event);
// A pointer to this object has just been loaded by the load before this call.
void note_pointer(const void* begin, std::size_t size);
// The accesses that follow depend on all loads so far: an index was computed from one of them.
void depend_on_loads();

// --- barriers ----------------------------------------------------------------------------------
// A full barrier is a point under weak memory: between an access and the barrier behind it, others
// may act.
void weak_barrier(const Site& site);
void weak_rmb();
void weak_wmb();
void weak_before_atomic();
void weak_after_atomic(const Site& site);

inline void smp_mb(const Site& site = Site::current()) {
    if (weak_memory) [[unlikely]]
        weak_barrier(site);
}
inline void smp_rmb() {
    if (weak_memory) [[unlikely]]
        weak_rmb();
}
inline void smp_wmb() {
    if (weak_memory) [[unlikely]]
        weak_wmb();
}
inline void smp_mb__before_atomic() {
    if (weak_memory) [[unlikely]]
        weak_before_atomic();
}
inline void smp_mb__after_atomic(const Site& site = Site::current()) {
    if (weak_memory) [[unlikely]]
        weak_after_atomic(site);
}

// A full barrier of whoever runs now, within a step of a kernel primitive: no point.
void barrier_within_step();
void after_atomic_within_step();
// A full barrier on behalf of a CPU that is observed at a moment when it is at rest, whose accesses
// so far the observer has then seen: a quiescent state.
void barrier_of_resting_cpu(unsigned cpu);

// What a lock of the simulation orders. The simulation decides who holds it.
class LockOrder {
   public:
    void init();
    void taken();
    void released();
    // Taken and released within one step: a queue's own lock.
    void pass() {
        if (lock_ == nullptr) return;
        taken();
        released();
    }

   private:
    Location* lock_ = nullptr;
};

// Something that has happened, for oracles: does whoever runs now come after it, by the rules of
// the memory model and not by luck? Under sequential consistency, whatever has happened is known.
class Milestone {
   public:
    void init();
    void reach();  // and all that whoever runs now has done and seen
    bool is_reached() const { return reached_; }
    bool certain_here() const;
    // Whoever runs now has come to know of it, though it may have looked too early.
    bool seen_here() const;

   private:
    bool reached_ = false;
    Location* mark_ = nullptr;
};

// Which readers a grace period waits for, and what that orders; RCU or one srcu_struct.
class GpOrder {
   public:
    using Token = std::int64_t;

    void init();
    Token begin_section();
    void end_section(Token token);
    // Of one grace period, by one agent; end() when no section is left that was open at begin().
    void begin();
    void end();

   private:
    GpDomain* domain_ = nullptr;
};

}  // namespace rcufuzz::memory
