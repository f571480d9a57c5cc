// SPDX-License-Identifier: GPL-2.0-or-later
//
// What the statements of a process do: values with the times they depend on, and one point before
// each access to memory.
#include <algorithm>

#include "core/base/check.h"
#include "core/litmus/arithmetic.h"
#include "core/litmus/machine.h"

namespace rcufuzz::litmus {

using memory::Depends;
using memory::Order;
using sim::AccessKind;
using sim::Site;

namespace {

constexpr sim::ObjectId fence_object = 0;
constexpr sim::ObjectId rcu_object = 1;
constexpr unsigned max_rounds = 10000;

}  // namespace

void Machine::refuse(unsigned line, const std::string& what) {
    refused_ = file_ + ":" + std::to_string(line) + ": " + what;
    sim::world().fail(Verdict::invariant, refused_, Site::current());
}

// The world may change here. How often it did within the statement belongs to the state.
void Machine::before(AccessKind kind, sim::ObjectId object) {
    threads_[sim::world().current().cpu].loaded.add(1);
    sim::world().point({object, kind}, Site::current());
}

Machine::Local Machine::kept(Thread& thread, const memory::Loaded& loaded) {
    thread.loaded.add(static_cast<std::uint64_t>(loaded.value));
    thread.loaded_times.push_back(loaded.time);
    return {loaded.value, loaded.time};
}

Index Machine::address(const Local& pointer, unsigned line) {
    if (!is_address(pointer.value)) refuse(line, "access through what is no address");
    return static_cast<Index>(pointer.value - address_base);
}

// --- statements ---------------------------------------------------------------------------------

void Machine::execute(Thread& thread, const std::vector<Index>& statements) {
    for (const Index statement : statements) execute(thread, statement);
}

void Machine::execute(Thread& thread, Index number) {
    const Statement& statement = test_.statements[number];
    thread.statement = number;
    thread.loaded = {};
    thread.loaded_times.clear();
    switch (statement.kind) {
        case Statement::Kind::assign:
            thread.locals[statement.target] = evaluate(thread, statement.value);
            return;
        case Statement::Kind::call:
            evaluate(thread, statement.value);
            return;
        case Statement::Kind::store: {
            const Local pointer = evaluate(thread, statement.target);
            const Local value = evaluate(thread, statement.value);
            const Index x = address(pointer, test_.exprs[statement.target].line);
            before(AccessKind::write, object_of(x));
            model_.store(thread.number, *locations_[x], value.value, Order::relaxed,
                         {pointer.time, value.time}, true);
            return;
        }
        case Statement::Kind::branch:
            if (evaluate(thread, statement.value).value != 0)
                execute(thread, statement.then_part);
            else
                execute(thread, statement.else_part);
            return;
        case Statement::Kind::loop:
            return loop(thread, statement);
    }
}

void Machine::loop(Thread& thread, const Statement& statement) {
    for (bool first = true;; first = false) {
        if (!(first && statement.body_first) && evaluate(thread, statement.value).value == 0)
            return;
        if (++thread.rounds > max_rounds)
            refuse(test_.exprs[statement.value].line, "a loop without an end");
        execute(thread, statement.then_part);
        execute(thread, statement.else_part);
    }
}

// --- expressions --------------------------------------------------------------------------------

Machine::Local Machine::evaluate(Thread& thread, Index number) {
    const Expr& expr = test_.exprs[number];
    switch (expr.kind) {
        case Expr::Kind::number:
            return {expr.number, 0};
        case Expr::Kind::local:
            return thread.locals[expr.local];
        case Expr::Kind::deref: {
            const Local pointer = evaluate(thread, expr.args[0]);
            const Index x = address(pointer, expr.line);
            before(AccessKind::read, object_of(x));
            return kept(thread, model_.load(thread.number, *locations_[x], Order::relaxed,
                                            {pointer.time, 0}, true));
        }
        case Expr::Kind::unary: {
            const Local arg = evaluate(thread, expr.args[0]);
            if (expr.op == "!") return {arg.value == 0, arg.time};
            if (expr.op == "-") return {-arg.value, arg.time};
            if (expr.op == "~") return {~arg.value, arg.time};
            if (expr.op[0] == '.') {
                const auto member = test_.member(arg.value, expr.op.substr(1));
                if (!member) refuse(expr.line, "access through what is no address");
                return {*member, arg.time};
            }
            return arg;
        }
        case Expr::Kind::binary:
            return binary(thread, expr);
        case Expr::Kind::condition: {
            const Local which = evaluate(thread, expr.args[0]);
            Local chosen = evaluate(thread, expr.args[which.value != 0 ? 1 : 2]);
            chosen.time = std::max(chosen.time, which.time);
            return chosen;
        }
        case Expr::Kind::call:
            return call(thread, expr);
    }
    return {};
}

Machine::Local Machine::binary(Thread& thread, const Expr& expr) {
    const Local a = evaluate(thread, expr.args[0]);
    if (expr.op == "&&" && a.value == 0) return {0, a.time};
    if (expr.op == "||" && a.value != 0) return {1, a.time};
    const Local b = evaluate(thread, expr.args[1]);
    const memory::Time time = std::max(a.time, b.time);
    if (expr.op == "&&" || expr.op == "||") return {b.value != 0, time};
    const auto result = compute(test_, expr.op, a.value, b.value);
    if (!result) refuse(expr.line, "'" + expr.op + "' of these values is not supported");
    return {*result, time};
}

Machine::Local Machine::call(Thread& thread, const Expr& expr) {
    switch (expr.primitive.op) {
        case Op::load:
        case Op::store:
        case Op::store_mb:
        case Op::rmw:
        case Op::try_cmpxchg:
            return call_memory(thread, expr);
        case Op::spin_lock:
        case Op::spin_unlock:
        case Op::spin_trylock:
        case Op::spin_is_locked:
            return call_lock(thread, expr);
        case Op::srcu_read_lock:
        case Op::srcu_read_unlock:
        case Op::synchronize_srcu:
            return call_srcu(thread, expr);
        default:
            call_sync(thread, expr);
            return {};
    }
}

Machine::Local Machine::call_memory(Thread& thread, const Expr& expr) {
    const Primitive& what = expr.primitive;
    const Local pointer = evaluate(thread, expr.args[0]);
    const Index number = address(pointer, expr.line);
    memory::Location& x = *locations_[number];
    if (what.op == Op::rmw || what.op == Op::try_cmpxchg)
        return rmw(thread, expr, number, {pointer.time, 0});
    if (what.op == Op::load) {
        before(AccessKind::read, object_of(number));
        return kept(thread, model_.load(thread.number, x, what.order, {pointer.time, 0}));
    }
    const Local value = evaluate(thread, expr.args[1]);
    before(AccessKind::write, object_of(number));
    model_.store(thread.number, x, value.value, what.order, {pointer.time, value.time});
    if (what.op == Op::store_mb) {
        before(AccessKind::write, fence_object);
        model_.smp_mb(thread.number);
    }
    return {};
}

Machine::Local Machine::rmw(Thread& thread, const Expr& expr, Index location, Depends on) {
    const Primitive& what = expr.primitive;
    Modify how{what.arithmetic, 1, 0};
    Index next = 1;
    const auto argument = [&] {
        const Local value = evaluate(thread, expr.args[next++]);
        on.data = std::max(on.data, value.time);
        return value.value;
    };
    if (what.arithmetic == Arithmetic::cmpxchg) how.compare = argument();
    if (!what.implied_one) how.operand = argument();
    if (what.arithmetic == Arithmetic::unless && !what.implied_one) how.compare = argument();
    before(AccessKind::write, object_of(location));
    const memory::Loaded loaded = model_.rmw(thread.number, *locations_[location], modify, &how,
                                             what.order, what.result != Result::none, on);
    Local result = kept(thread, loaded);
    thread.loaded.add(loaded.stored ? 1 : 0);
    if (loaded.stored && what.order == Order::full) {
        before(AccessKind::write, fence_object);
        model_.smp_mb(thread.number);
    }
    if (what.op == Op::try_cmpxchg && !loaded.stored)
        thread.locals[test_.exprs[expr.args[1]].local] = result;
    result.value = result_of(what.result, how, loaded.value);
    return result;
}

// --- barriers, locks, grace periods -------------------------------------------------------------

// What only its own process notices needs no point.
void Machine::call_sync(Thread& thread, const Expr& expr) {
    const unsigned self = thread.number;
    switch (expr.primitive.op) {
        case Op::smp_rmb:
            return model_.smp_rmb(self);
        case Op::smp_wmb:
            return model_.smp_wmb(self);
        case Op::before_atomic:
            return model_.smp_mb__before_atomic(self);
        case Op::rcu_read_lock:
            before(AccessKind::read, rcu_object);
            return model_.rcu_read_lock(self, *rcu_);
        case Op::rcu_read_unlock:
            if (model_.agent(self).rcu_nesting == 0)
                refuse(expr.line, "rcu_read_unlock() without rcu_read_lock()");
            before(AccessKind::read, rcu_object);
            model_.rcu_read_unlock(self, *rcu_);
            return wake_waiters(rcu_object);
        case Op::synchronize_rcu:
            return grace_period(thread, *rcu_, rcu_object);
        case Op::nothing:
            return;
        default:
            break;
    }
    before(AccessKind::write, fence_object);
    switch (expr.primitive.op) {
        case Op::after_atomic:
            return model_.smp_mb__after_atomic(self);
        case Op::after_spinlock:
            return model_.smp_mb__after_spinlock(self);
        case Op::after_unlock_lock:
            return model_.smp_mb__after_unlock_lock(self);
        case Op::after_srcu_read_unlock:
            return model_.smp_mb__after_srcu_read_unlock(self);
        default:
            return model_.smp_mb(self);
    }
}

void Machine::wake_waiters(sim::ObjectId object) {
    sim::World& w = sim::world();
    for (unsigned i = 0; i < threads_.size(); ++i) {
        sim::Context& context = w.context(sim::context_key(i, sim::Slot::task));
        if (context.state == sim::ContextState::spinning && context.blocked_on == object)
            w.unblock(context);
    }
}

Machine::Local Machine::call_lock(Thread& thread, const Expr& expr) {
    sim::World& w = sim::world();
    const unsigned self = thread.number;
    const Local pointer = evaluate(thread, expr.args[0]);
    const Index number = address(pointer, expr.line);
    memory::Location& lock = *locations_[number];
    const sim::ObjectId object = object_of(number);
    if (expr.primitive.op == Op::spin_is_locked) {
        before(AccessKind::read, object);
        return kept(thread, model_.load(self, lock, Order::relaxed, {pointer.time, 0}));
    }
    before(AccessKind::write, object);
    if (expr.primitive.op == Op::spin_trylock) {
        const Value taken = model_.spin_trylock(self, lock);
        thread.loaded.add(static_cast<std::uint64_t>(taken));
        return {taken, 0};
    }
    if (expr.primitive.op == Op::spin_unlock) {
        if (memory::Model::is_free(lock) || lock.newest().id.writer != self)
            refuse(expr.line, "spin_unlock() of a lock that this process does not hold");
        model_.spin_unlock(self, lock);
        wake_waiters(object);
        return {};
    }
    while (!memory::Model::is_free(lock))
        w.block(sim::ContextState::spinning, object, Site::current());
    model_.spin_lock(self, lock);
    return {};
}

void Machine::grace_period(Thread& thread, memory::GpDomain& domain, sim::ObjectId object) {
    before(AccessKind::write, object);
    model_.gp_begin(thread.number, domain);
    before(AccessKind::write, object);
    while (!model_.gp_over(thread.number))
        sim::world().block(sim::ContextState::spinning, object, Site::current());
    model_.gp_end(thread.number);
}

Machine::Local Machine::call_srcu(Thread& thread, const Expr& expr) {
    const unsigned self = thread.number;
    const Local pointer = evaluate(thread, expr.args[0]);
    const Index number = address(pointer, expr.line);
    memory::GpDomain& domain = *srcu_[number];
    const sim::ObjectId object = object_of(number);
    if (expr.primitive.op == Op::synchronize_srcu) {
        grace_period(thread, domain, object);
        return {};
    }
    if (expr.primitive.op == Op::srcu_read_lock) {
        before(AccessKind::read, object);
        const Value token = model_.srcu_read_lock(self, domain);
        if (token < 0) refuse(expr.line, "too many open sections of one srcu_struct");
        return {token + 1, 0};
    }
    const Local index = evaluate(thread, expr.args[1]);
    const Value token = index.value - 1;  // no section has index 0, which variables begin with
    before(AccessKind::read, object);
    if (token < 0 || token >= 60 || (domain.open >> token & 1u) == 0) {
        unmatched_ = true;
        return {};
    }
    model_.srcu_read_unlock(self, domain, token);
    wake_waiters(object);
    return {};
}

}  // namespace rcufuzz::litmus
