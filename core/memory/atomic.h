// SPDX-License-Identifier: GPL-2.0-or-later
//
// Atomic operations, with the orderings of Documentation/atomic_t.txt and atomic_bitops.txt (6.12):
// one that returns a value is fully ordered, one that returns none orders nothing, one that is
// given up orders nothing. atomic_read() and atomic_set() are READ_ONCE() and WRITE_ONCE().
#pragma once

#include "core/memory/shared.h"

namespace rcufuzz::memory {

template <typename T>
T atomic_read(const Shared<T>& v, const Site& site = Site::current()) {
    return READ_ONCE(v, site);
}

template <typename T>
void atomic_set(Shared<T>& v, std::type_identity_t<T> value, const Site& site = Site::current()) {
    WRITE_ONCE(v, value, site);
}

template <typename T>
T atomic_add_return_ordered(std::type_identity_t<T> delta, Shared<T>& v, Order order,
                            const Site& site = Site::current()) {
    const auto next = [delta](T old) { return std::optional<T>(static_cast<T>(old + delta)); };
    return static_cast<T>(v.update(next, order, true, site).old + delta);
}

template <typename T>
T atomic_add_return(std::type_identity_t<T> delta, Shared<T>& v,
                    const Site& site = Site::current()) {
    return atomic_add_return_ordered(delta, v, Order::full, site);
}

template <typename T>
T atomic_add_return_relaxed(std::type_identity_t<T> delta, Shared<T>& v,
                            const Site& site = Site::current()) {
    return atomic_add_return_ordered(delta, v, Order::relaxed, site);
}

template <typename T>
T atomic_inc_return(Shared<T>& v, const Site& site = Site::current()) {
    return atomic_add_return(T{1}, v, site);
}

template <typename T>
T atomic_dec_return(Shared<T>& v, const Site& site = Site::current()) {
    return atomic_add_return(static_cast<T>(-1), v, site);
}

template <typename T>
bool atomic_dec_and_test(Shared<T>& v, const Site& site = Site::current()) {
    return atomic_dec_return(v, site) == 0;
}

template <typename T>
void atomic_add(std::type_identity_t<T> delta, Shared<T>& v, const Site& site = Site::current()) {
    const auto next = [delta](T old) { return std::optional<T>(static_cast<T>(old + delta)); };
    v.update(next, Order::relaxed, false, site);
}

template <typename T>
void atomic_inc(Shared<T>& v, const Site& site = Site::current()) {
    atomic_add(T{1}, v, site);
}

template <typename T>
void atomic_dec(Shared<T>& v, const Site& site = Site::current()) {
    atomic_add(static_cast<T>(-1), v, site);
}

// Returns the old value.
template <typename T>
T xchg(Shared<T>& v, std::type_identity_t<T> value, const Site& site = Site::current()) {
    return v.update([value](T) { return std::optional<T>(value); }, Order::full, true, site).old;
}

// Returns the old value; stores only where that is `expected`.
template <typename T>
T cmpxchg(Shared<T>& v, std::type_identity_t<T> expected, std::type_identity_t<T> value,
          const Site& site = Site::current()) {
    const auto next = [expected, value](T old) {
        return old == expected ? std::optional<T>(value) : std::nullopt;
    };
    return v.update(next, Order::full, true, site).old;
}

// Bits, by number. set_bit() and clear_bit() order nothing, the test_and_ forms are fully ordered.
template <typename T>
bool test_bit(unsigned bit, const Shared<T>& v, const Site& site = Site::current()) {
    return ((READ_ONCE(v, site) >> bit) & 1u) != 0;
}

template <typename T>
void set_bit(unsigned bit, Shared<T>& v, const Site& site = Site::current()) {
    const auto next = [bit](T old) { return std::optional<T>(static_cast<T>(old | T{1} << bit)); };
    v.update(next, Order::relaxed, false, site);
}

template <typename T>
void clear_bit(unsigned bit, Shared<T>& v, const Site& site = Site::current()) {
    const auto next = [bit](T old) {
        return std::optional<T>(static_cast<T>(old & ~(T{1} << bit)));
    };
    v.update(next, Order::relaxed, false, site);
}

template <typename T>
bool test_and_set_bit(unsigned bit, Shared<T>& v, const Site& site = Site::current()) {
    const auto next = [bit](T old) { return std::optional<T>(static_cast<T>(old | T{1} << bit)); };
    return ((v.update(next, Order::full, true, site).old >> bit) & 1u) != 0;
}

template <typename T>
bool test_and_clear_bit(unsigned bit, Shared<T>& v, const Site& site = Site::current()) {
    const auto next = [bit](T old) {
        return std::optional<T>(static_cast<T>(old & ~(T{1} << bit)));
    };
    return ((v.update(next, Order::full, true, site).old >> bit) & 1u) != 0;
}

}  // namespace rcufuzz::memory
