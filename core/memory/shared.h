// SPDX-License-Identifier: GPL-2.0-or-later
//
// A shared variable of the simulated kernel. Marked accesses (READ_ONCE, WRITE_ONCE, ...) are
// points: the world may change before them. Plain accesses (get, set) are for data that a lock
// protects, where no other context can look in between.
//
// Sequential consistency only: a load returns the newest store.
#pragma once

#include <cstdint>
#include <type_traits>

#include "core/sim/world.h"

namespace rcufuzz::memory {

using sim::Site;

template <typename T>
class Shared {
    static_assert(std::is_trivially_copyable_v<T>);

   public:
    // Gives the variable its name and initial value; once per run, before its first use.
    void init(const char* name, int index, T value) {
        object_ = sim::world().name_object(name, index);
        value_ = value;
    }

    // For oracles and for data that only its lock's holder touches: not a point.
    const T& get() const { return value_; }
    void set(const T& value) { value_ = value; }

    T read_once(const Site& site) const {
        sim::World& w = sim::world();
        w.point({object_, sim::AccessKind::read}, site);
        w.event(sim::EventKind::read, object_, as_number(value_), 0, site);
        return value_;
    }

    void write_once(const T& value, const Site& site) {
        sim::World& w = sim::world();
        w.point({object_, sim::AccessKind::write}, site);
        w.event(sim::EventKind::write, object_, as_number(value), as_number(value_), site);
        value_ = value;
    }

    // An indivisible read-modify-write; returns the new value.
    T add_return(const T& delta, const Site& site) {
        sim::World& w = sim::world();
        w.point({object_, sim::AccessKind::write}, site);
        const T old = value_;
        value_ = old + delta;
        w.event(sim::EventKind::write, object_, as_number(value_), as_number(old), site);
        return value_;
    }

    sim::ObjectId object() const { return object_; }

   private:
    // Pointers would make a trace depend on addresses; they show as null or not null.
    static std::int64_t as_number(const T& value) {
        if constexpr (std::is_pointer_v<T>)
            return value != nullptr ? 1 : 0;
        else
            return static_cast<std::int64_t>(value);
    }

    T value_{};
    sim::ObjectId object_ = 0;
};

template <typename T>
T READ_ONCE(const Shared<T>& variable, const Site& site = Site::current()) {
    return variable.read_once(site);
}

template <typename T>
void WRITE_ONCE(Shared<T>& variable, std::type_identity_t<T> value,
                const Site& site = Site::current()) {
    variable.write_once(value, site);
}

// atomic_add_return() and, with the result ignored, atomic_add(), atomic_inc(), atomic_dec().
template <typename T>
T atomic_add_return(std::type_identity_t<T> delta, Shared<T>& variable,
                    const Site& site = Site::current()) {
    return variable.add_return(delta, site);
}

// Under sequential consistency a barrier changes nothing, so it is no point either. It stands in
// the algorithms where the kernel has it.
inline void smp_mb() {}

}  // namespace rcufuzz::memory
