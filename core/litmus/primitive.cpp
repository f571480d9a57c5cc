// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/litmus/primitive.h"

#include <array>

namespace rcufuzz::litmus {

namespace {

using memory::Order;

struct Named {
    std::string_view name;
    Primitive primitive;
};

constexpr std::array plain_names{
    Named{"READ_ONCE", {.op = Op::load, .args = 1, .lvalue = true, .result = Result::old}},
    Named{"WRITE_ONCE", {.op = Op::store, .args = 2, .lvalue = true}},
    Named{"smp_load_acquire",
          {.op = Op::load, .order = Order::acquire, .args = 1, .result = Result::old}},
    Named{"smp_store_release", {.op = Op::store, .order = Order::release, .args = 2}},
    Named{"smp_store_mb", {.op = Op::store_mb, .args = 2, .lvalue = true}},
    Named{"rcu_assign_pointer",
          {.op = Op::store, .order = Order::release, .args = 2, .lvalue = true}},
    Named{"rcu_dereference", {.op = Op::load, .args = 1, .lvalue = true, .result = Result::old}},
    Named{"lockless_dereference",
          {.op = Op::load, .args = 1, .lvalue = true, .result = Result::old}},
    Named{"smp_mb", {.op = Op::smp_mb}},
    Named{"smp_rmb", {.op = Op::smp_rmb}},
    Named{"smp_wmb", {.op = Op::smp_wmb}},
    Named{"smp_mb__before_atomic", {.op = Op::before_atomic}},
    Named{"smp_mb__after_atomic", {.op = Op::after_atomic}},
    Named{"smp_mb__after_spinlock", {.op = Op::after_spinlock}},
    Named{"smp_mb__after_unlock_lock", {.op = Op::after_unlock_lock}},
    Named{"smp_mb__after_srcu_read_unlock", {.op = Op::after_srcu_read_unlock}},
    Named{"barrier", {}},
    Named{"smp_read_barrier_depends", {}},
    Named{"spin_lock", {.op = Op::spin_lock, .args = 1}},
    Named{"spin_unlock", {.op = Op::spin_unlock, .args = 1}},
    Named{"spin_trylock", {.op = Op::spin_trylock, .args = 1, .result = Result::happened}},
    Named{"spin_is_locked", {.op = Op::spin_is_locked, .args = 1, .result = Result::old}},
    Named{"rcu_read_lock", {.op = Op::rcu_read_lock}},
    Named{"rcu_read_unlock", {.op = Op::rcu_read_unlock}},
    Named{"synchronize_rcu", {.op = Op::synchronize_rcu}},
    Named{"synchronize_rcu_expedited", {.op = Op::synchronize_rcu}},
    Named{"srcu_read_lock", {.op = Op::srcu_read_lock, .args = 1, .result = Result::old}},
    Named{"srcu_down_read", {.op = Op::srcu_read_lock, .args = 1, .result = Result::old}},
    Named{"srcu_read_unlock", {.op = Op::srcu_read_unlock, .args = 2}},
    Named{"srcu_up_read", {.op = Op::srcu_read_unlock, .args = 2}},
    Named{"synchronize_srcu", {.op = Op::synchronize_srcu, .args = 1}},
    Named{"synchronize_srcu_expedited", {.op = Op::synchronize_srcu, .args = 1}},
};

// Takes `end` off the name, if it ends so.
bool strip(std::string_view& name, std::string_view end) {
    if (!name.ends_with(end)) return false;
    name.remove_suffix(end.size());
    return true;
}

bool strip_front(std::string_view& name, std::string_view begin) {
    if (!name.starts_with(begin)) return false;
    name.remove_prefix(begin.size());
    return true;
}

Order strip_order(std::string_view& name) {
    if (strip(name, "_relaxed")) return Order::relaxed;
    if (strip(name, "_acquire")) return Order::acquire;
    if (strip(name, "_release")) return Order::release;
    return Order::full;
}

// add, inc, and, ...: what is done, and how it is told by its arguments.
std::optional<Primitive> arithmetic(std::string_view name) {
    Primitive made{.op = Op::rmw, .args = 2, .address_last = true};
    if (name == "inc" || name == "dec") {
        made.args = 1;
        made.implied_one = true;
        made.address_last = false;
        made.arithmetic = name == "inc" ? Arithmetic::add : Arithmetic::sub;
        return made;
    }
    constexpr std::array<std::pair<std::string_view, Arithmetic>, 6> words{
        {{"add", Arithmetic::add},
         {"sub", Arithmetic::sub},
         {"and", Arithmetic::conj},
         {"or", Arithmetic::disj},
         {"xor", Arithmetic::xor_},
         {"andnot", Arithmetic::andnot}}};
    for (const auto& [word, what] : words) {
        if (name != word) continue;
        made.arithmetic = what;
        return made;
    }
    return std::nullopt;
}

std::optional<Primitive> exchange(std::string_view name) {
    const Order order = strip_order(name);
    Primitive made{.op = Op::rmw, .order = order, .args = 2, .result = Result::old};
    if (name == "xchg") return made;
    if (name == "try_cmpxchg") {
        made.op = Op::try_cmpxchg;
        made.result = Result::happened;
    }
    if (name != "cmpxchg" && name != "try_cmpxchg") return std::nullopt;
    made.args = 3;
    made.arithmetic = Arithmetic::cmpxchg;
    return made;
}

std::optional<Primitive> conditional(std::string_view name) {
    Primitive made{.op = Op::rmw,
                   .order = Order::full,
                   .args = 3,
                   .arithmetic = Arithmetic::unless,
                   .result = Result::happened};
    if (name == "add_unless") return made;
    if (name == "fetch_add_unless") {
        made.result = Result::old;
        return made;
    }
    if (name != "inc_not_zero") return std::nullopt;
    made.args = 1;
    made.implied_one = true;
    return made;
}

std::optional<Primitive> atomic(std::string_view name) {
    if (name == "read" || name == "read_acquire") {
        return Primitive{.op = Op::load,
                         .order = name == "read" ? Order::relaxed : Order::acquire,
                         .args = 1,
                         .result = Result::old};
    }
    if (name == "set" || name == "set_release") {
        return Primitive{
            .op = Op::store, .order = name == "set" ? Order::relaxed : Order::release, .args = 2};
    }
    if (const auto made = exchange(name)) return made;
    if (const auto made = conditional(name)) return made;
    // A void operation, which orders nothing.
    if (const auto made = arithmetic(name)) return made;
    const Order order = strip_order(name);
    Result result = Result::none;
    if (strip_front(name, "fetch_"))
        result = Result::old;
    else if (strip(name, "_return"))
        result = Result::result;
    else if (strip(name, "_and_test"))
        result = Result::is_zero;
    else if (strip(name, "_negative"))
        result = Result::is_negative;
    if (result == Result::none) return std::nullopt;
    auto made = arithmetic(name);
    if (!made) return std::nullopt;
    made->order = order;
    made->result = result;
    return made;
}

}  // namespace

std::optional<Primitive> primitive(std::string_view name) {
    for (const Named& known : plain_names)
        if (known.name == name) return known.primitive;
    if (const auto made = exchange(name)) return made;
    for (const std::string_view family : {"atomic_long_", "atomic64_", "atomic_"}) {
        std::string_view rest = name;
        if (strip_front(rest, family)) return atomic(rest);
    }
    return std::nullopt;
}

}  // namespace rcufuzz::litmus
