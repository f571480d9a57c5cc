// SPDX-License-Identifier: GPL-2.0-or-later
//
// The kernel's primitives as events: linux-kernel.def of 6.12, and what herd7 7.57 makes of it.
#include <algorithm>

#include "core/litmus/walk.h"

namespace rcufuzz::litmus {

using memory::Order;

Walk::Computed Walk::call(const Expr& expr) {
    switch (expr.primitive.op) {
        case Op::load:
            return load(expr);
        case Op::store:
        case Op::store_mb:
            store(expr);
            return {};
        case Op::rmw:
            return rmw(expr);
        case Op::try_cmpxchg:
            return try_cmpxchg(expr);
        case Op::spin_lock:
        case Op::spin_unlock:
        case Op::spin_trylock:
        case Op::spin_is_locked:
            return lock(expr);
        case Op::srcu_read_lock:
        case Op::srcu_read_unlock:
        case Op::synchronize_srcu:
            return srcu(expr);
        default:
            barrier(expr);
            return {};
    }
}

Walk::Computed Walk::load(const Expr& expr) {
    const Computed pointer = evaluate(expr.args[0]);
    const Index x = address(pointer, expr.line);
    return read(x, choose_value(x), expr.primitive.order == Order::acquire ? Event::acquire : 0,
                pointer.loads());
}

void Walk::store(const Expr& expr) {
    const Computed pointer = evaluate(expr.args[0]);
    const Computed value = evaluate(expr.args[1]);
    const Index x = address(pointer, expr.line);
    const unsigned marks = expr.primitive.order == Order::release ? Event::release : 0;
    emit(Event::Kind::write, x, value.value, marks, pointer.loads()).data = value.loads();
    if (expr.primitive.op == Op::store_mb) cut(Op::smp_mb);
}

// What cmpxchg() compares with, its store does not depend on; an operation that is given up is a
// load alone, without barriers, but still one that smp_mb__after_atomic() knows.
Walk::Computed Walk::rmw(const Expr& expr) {
    const Primitive& what = expr.primitive;
    const Computed pointer = evaluate(expr.args[0]);
    Modify how{what.arithmetic, 1, 0};
    Computed operand;
    Index next = 1;
    if (what.arithmetic == Arithmetic::cmpxchg) how.compare = evaluate(expr.args[next++]).value;
    if (!what.implied_one) {
        operand = evaluate(expr.args[next++]);
        how.operand = operand.value;
    }
    if (what.arithmetic == Arithmetic::unless && !what.implied_one)
        how.compare = evaluate(expr.args[next]).value;
    return exchange(expr, pointer, how, operand);
}

// The local that its second argument points to is compared with, and set where it differs.
Walk::Computed Walk::try_cmpxchg(const Expr& expr) {
    const Computed pointer = evaluate(expr.args[0]);
    const Index expected = test_.exprs[expr.args[1]].local;
    const Computed operand = evaluate(expr.args[2]);
    const Modify how{Arithmetic::cmpxchg, operand.value, locals_[expected].value};
    Computed old = exchange(expr, pointer, how, operand);
    if (old.value == 0) {
        Computed seen = old;
        seen.value = trace_.events.back().value;
        assign(expected, seen);
    }
    return old;
}

Walk::Computed Walk::exchange(const Expr& expr, const Computed& pointer, Modify how,
                              const Computed& operand) {
    const Primitive& what = expr.primitive;
    const Index x = address(pointer, expr.line);
    const Value old = choose_value(x);
    Value updated = old;
    const bool stored = modify(&how, old, updated);
    const bool full = stored && what.order == Order::full && what.result != Result::none;
    unsigned marks = Event::rmw;
    if (what.result == Result::none) marks |= Event::noreturn;
    if (stored && what.order == Order::acquire) marks |= Event::acquire;
    if (full) cut(Op::smp_mb);
    Computed result = read(x, old, marks, pointer.loads());
    if (stored) {
        marks = Event::rmw | (what.order == Order::release ? Event::release : 0);
        Event& made = emit(Event::Kind::write, x, updated, marks, pointer.loads());
        made.follows_read = true;
        made.data = operand.loads();
        const bool computes =
            how.arithmetic != Arithmetic::set && how.arithmetic != Arithmetic::cmpxchg;
        if (computes) made.data |= result.direct;
        if (computes && how.arithmetic != Arithmetic::unless) result.depend_on(operand);
    }
    if (full) cut(Op::smp_mb);
    result.value = result_of(what.result, how, old);
    return result;
}

// A process that takes a lock twice, or finds its own lock free, does not get on.
Walk::Computed Walk::lock(const Expr& expr) {
    const Computed pointer = evaluate(expr.args[0]);
    const Index x = address(pointer, expr.line);
    const bool mine = std::ranges::find(held_, x) != held_.end();
    const auto take = [&] {
        if (mine) throw Impossible{};
        held_.push_back(x);
        read(x, 0, Event::lock_read | Event::acquire, pointer.loads());
        emit(Event::Kind::write, x, 1, Event::lock_write, pointer.loads()).follows_read = true;
    };
    switch (expr.primitive.op) {
        case Op::spin_lock:
            take();
            return {};
        case Op::spin_unlock:
            if (std::erase(held_, x) == 0)
                throw Fault{expr.line, "spin_unlock() of a lock that this process does not hold"};
            emit(Event::Kind::write, x, 0, Event::unlock | Event::release, pointer.loads());
            return {};
        case Op::spin_trylock:
            if (answers_.choose(2) == 0) {
                take();
                return {1, 0, 0, 0};
            } else {
                Computed result = read(x, 1, Event::sees_locked, pointer.loads());
                result.value = 0;
                return result;
            }
        default:
            if (answers_.choose(2) == 0) return read(x, 1, Event::sees_locked, pointer.loads());
            if (mine) throw Impossible{};
            return read(x, 0, Event::sees_unlocked, pointer.loads());
    }
}

// Sections are accesses to the srcu_struct: what a section begins with reading, it stores in the
// end.
Walk::Computed Walk::srcu(const Expr& expr) {
    const Computed pointer = evaluate(expr.args[0]);
    const Index x = address(pointer, expr.line);
    if (expr.primitive.op == Op::srcu_read_lock)
        return read(x, choose_value(x), Event::srcu_lock, pointer.loads());
    if (expr.primitive.op == Op::srcu_read_unlock) {
        const Computed token = evaluate(expr.args[1]);
        emit(Event::Kind::write, x, token.value, Event::srcu_unlock, pointer.loads()).data =
            token.loads();
        return {};
    }
    emit(Event::Kind::sync_srcu, x, 0, 0, 0);
    return {};
}

void Walk::barrier(const Expr& expr) {
    switch (expr.primitive.op) {
        case Op::rcu_read_lock:
            emit(Event::Kind::rcu_lock, none, 0, 0, 0);
            return;
        case Op::rcu_read_unlock:
            emit(Event::Kind::rcu_unlock, none, 0, 0, 0);
            return;
        case Op::synchronize_rcu:
            emit(Event::Kind::sync_rcu, none, 0, 0, 0);
            return;
        default:
            cut(expr.primitive.op);
    }
}

}  // namespace rcufuzz::litmus
