// SPDX-License-Identifier: GPL-2.0-or-later
//
// A shared variable of the simulated kernel. Marked accesses (READ_ONCE, WRITE_ONCE, ...) are
// points: the world may change before them. get() and set() are for oracles and for data that a
// lock protects, where no other context can look in between; load_plain() and store_plain() are for
// plain accesses that others may make at the same time, which weak memory judges for data races.
//
// Under sequential consistency a load returns the newest store; under weak memory see run_memory.h.
// Atomic operations are in atomic.h.
#pragma once

#include <cstdint>
#include <cstring>
#include <optional>
#include <type_traits>

#include "core/memory/run_memory.h"
#include "core/sim/world.h"

namespace rcufuzz::memory {

template <typename T>
class Shared {
    static_assert(std::is_trivially_copyable_v<T> && sizeof(T) <= sizeof(Value));

   public:
    // Gives the variable its name and initial value; once per run, before its first use.
    void init(const char* name, int index, T value) { init_as(name, index, value, false); }
    // Fresh memory: to see this value, and not one that was stored, is a finding. (Only weak memory
    // can tell.)
    void init_uninitialised(const char* name, int index) { init_as(name, index, T{}, true); }

    // For oracles and for data that only its lock's holder touches: not a point.
    const T& get() const { return value_; }
    void set(const T& value) {
        value_ = value;
        if (location_ != nullptr) [[unlikely]]
            settle(*location_, encode(value), false);
    }
    // A plain store into what nobody else can reach before it is published: not a point.
    void set_private(const T& value) {
        value_ = value;
        if (location_ != nullptr) [[unlikely]]
            settle(*location_, encode(value), true);
    }

    T load(Order order, bool plain, const Site& site) const {
        sim::World& w = sim::world();
        w.point({object_, sim::AccessKind::read}, site);
        if (location_ != nullptr) [[unlikely]]
            return load_weak(order, plain, site);
        w.event(sim::EventKind::read, object_, as_number(value_), 0, site);
        return value_;
    }

    void store(const T& value, Order order, bool plain, const Site& site) {
        sim::World& w = sim::world();
        w.point({object_, sim::AccessKind::write}, site);
        w.event(sim::EventKind::write, object_, as_number(value), as_number(value_), site);
        if (location_ == nullptr) [[likely]]
            value_ = value;
        else
            value_ = decode(memory::store(*location_, this, encode(value), order, plain, site));
    }

    // An indivisible read-modify-write: `next` maps the old value to the new one, or to nothing
    // where the operation is given up. With Order::full there is a full barrier on both sides,
    // unless it was given up. `returns`: the caller gets to know the old value (atomic_inc() does
    // not, and orders less).
    struct Changed {
        T old;
        bool stored;
    };
    template <typename Next>
    Changed update(const Next& next, Order order, bool returns, const Site& site) {
        sim::World& w = sim::world();
        w.point({object_, sim::AccessKind::write}, site);
        if (location_ != nullptr) [[unlikely]]
            return update_weak(next, order, returns, site);
        const T old = value_;
        const std::optional<T> made = next(old);
        if (made) value_ = *made;
        tell_update(old, made, site);
        return {old, made.has_value()};
    }

    sim::ObjectId object() const { return object_; }

   private:
    void init_as(const char* name, int index, T value, bool uninitialised) {
        object_ = sim::world().names().add(name, index, std::is_pointer_v<T>);
        value_ = value;
        location_ = weak_memory ? &make_location(object_, encode(value), uninitialised) : nullptr;
    }

    static Value encode(const T& value) {
        Value out = 0;
        std::memcpy(&out, &value, sizeof(T));
        return out;
    }
    static T decode(Value value) {
        T out;
        std::memcpy(&out, &value, sizeof(T));
        return out;
    }

    // Pointers would make a trace depend on addresses; they show as null or not null.
    static std::int64_t as_number(const T& value) {
        if constexpr (std::is_pointer_v<T>)
            return value != nullptr ? 1 : 0;
        else
            return static_cast<std::int64_t>(value);
    }

    void tell_update(const T& old, const std::optional<T>& made, const Site& site) const {
        if (made)
            sim::world().event(sim::EventKind::write, object_, as_number(*made), as_number(old),
                               site);
        else
            sim::world().event(sim::EventKind::read, object_, as_number(old), 0, site);
    }

    T load_weak(Order order, bool plain, const Site& site) const {
        const Seen seen = memory::load(*location_, this, order, plain, site);
        const T value = decode(seen.value);
        if constexpr (std::is_pointer_v<T>)
            if (value != nullptr) note_pointer(value, sizeof(*value));
        sim::world().event(sim::EventKind::read, object_, as_number(value), seen.age, site);
        return value;
    }

    template <typename Next>
    Changed update_weak(const Next& next, Order order, bool returns, const Site& site) {
        const auto change = [](void* arg, Value old, Value& out) {
            const std::optional<T> made = (*static_cast<const Next*>(arg))(decode(old));
            if (made) out = encode(*made);
            return made.has_value();
        };
        const Updated done = memory::update(*location_, this, change, const_cast<Next*>(&next),
                                            order, returns, site);
        const T old = decode(done.old);
        value_ = decode(done.newest);
        tell_update(old, done.stored ? next(old) : std::nullopt, site);
        if (order == Order::full && done.stored) smp_mb(site);
        return {old, done.stored};
    }

    T value_{};  // the newest, in the order of all stores
    sim::ObjectId object_ = 0;
    Location* location_ = nullptr;  // null: sequential consistency
};

template <typename T>
T READ_ONCE(const Shared<T>& variable, const Site& site = Site::current()) {
    return variable.load(Order::relaxed, false, site);
}

template <typename T>
void WRITE_ONCE(Shared<T>& variable, std::type_identity_t<T> value,
                const Site& site = Site::current()) {
    variable.store(value, Order::relaxed, false, site);
}

template <typename T>
T smp_load_acquire(const Shared<T>& variable, const Site& site = Site::current()) {
    return variable.load(Order::acquire, false, site);
}

template <typename T>
void smp_store_release(Shared<T>& variable, std::type_identity_t<T> value,
                       const Site& site = Site::current()) {
    variable.store(value, Order::release, false, site);
}

// The accesses through the pointer come after it by their address.
template <typename T>
T* rcu_dereference(const Shared<T*>& pointer, const Site& site = Site::current()) {
    return pointer.load(Order::relaxed, false, site);
}

template <typename T>
void rcu_assign_pointer(Shared<T*>& pointer, std::type_identity_t<T*> value,
                        const Site& site = Site::current()) {
    pointer.store(value, Order::release, false, site);
}

template <typename T>
T load_plain(const Shared<T>& variable, const Site& site = Site::current()) {
    return variable.load(Order::relaxed, true, site);
}

template <typename T>
void store_plain(Shared<T>& variable, std::type_identity_t<T> value,
                 const Site& site = Site::current()) {
    variable.store(value, Order::relaxed, true, site);
}

}  // namespace rcufuzz::memory
