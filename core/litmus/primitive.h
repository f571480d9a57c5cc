// SPDX-License-Identifier: GPL-2.0-or-later
//
// The kernel primitives that litmus tests may call, by name (tools/memory-model/linux-kernel.def
// of 6.12, and the atomic_*() families of include/linux/atomic/atomic-instrumented.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "core/memory/model.h"

namespace rcufuzz::litmus {

enum class Op : std::uint8_t {
    load,
    store,
    store_mb,
    rmw,
    try_cmpxchg,
    smp_mb,
    smp_rmb,
    smp_wmb,
    before_atomic,
    after_atomic,
    after_spinlock,
    after_unlock_lock,
    after_srcu_read_unlock,
    nothing,  // barrier()
    spin_lock,
    spin_unlock,
    spin_trylock,
    spin_is_locked,
    rcu_read_lock,
    rcu_read_unlock,
    synchronize_rcu,
    srcu_read_lock,
    srcu_read_unlock,
    synchronize_srcu,
};

enum class Arithmetic : std::uint8_t { set, add, sub, conj, disj, xor_, andnot, cmpxchg, unless };
enum class Result : std::uint8_t { none, old, result, is_zero, is_negative, happened };

struct Primitive {
    Op op = Op::nothing;
    memory::Order order = memory::Order::relaxed;
    unsigned args = 0;
    bool lvalue = false;        // the first argument is `*x`, not `x`
    bool address_last = false;  // atomic_add(1, x)
    bool implied_one = false;   // atomic_inc(x)
    Arithmetic arithmetic = Arithmetic::set;
    Result result = Result::none;
};

std::optional<Primitive> primitive(std::string_view name);

}  // namespace rcufuzz::litmus
