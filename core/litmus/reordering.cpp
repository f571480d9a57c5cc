// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/litmus/reordering.h"

#include <algorithm>

namespace rcufuzz::litmus {

namespace {

using memory::Order;

// What a statement does, as far as its place in the program goes.
struct Deeds {
    bool keeps_its_place = false;  // a branch, a plain access, a location that is not known
    std::vector<Index> reads;      // locals
    Index writes = none;           // local
    std::vector<const Expr*> calls;

    bool reads_local(Index local) const { return std::ranges::count(reads, local) != 0; }
};

void collect(const Test& test, Index number, Deeds& deeds) {
    const Expr& expr = test.exprs[number];
    if (expr.kind == Expr::Kind::local) deeds.reads.push_back(expr.local);
    if (expr.kind == Expr::Kind::deref) deeds.keeps_its_place = true;
    if (expr.kind == Expr::Kind::call) deeds.calls.push_back(&expr);
    for (const Index arg : expr.args) collect(test, arg, deeds);
}

Deeds deeds_of(const Test& test, Index number) {
    const Statement& statement = test.statements[number];
    Deeds deeds;
    if (statement.kind == Statement::Kind::assign) deeds.writes = statement.target;
    deeds.keeps_its_place =
        statement.kind == Statement::Kind::store || statement.kind == Statement::Kind::branch;
    collect(test, statement.value, deeds);
    return deeds;
}

bool accesses_memory(Op op) { return op == Op::load || op == Op::store || op == Op::rmw; }

// Which location a call of one process accesses, where the text tells.
class Addresses {
   public:
    Addresses(const Test& test, const Process& process) : test_(test), values_(process.initial) {
        forget_assigned(process.body);
    }
    // 0: known only when it runs.
    Value of(const Expr& call) const { return address(test_.exprs[call.args[0]]); }

   private:
    Value address(const Expr& expr) const {
        if (expr.kind == Expr::Kind::number) return expr.number;
        if (expr.kind == Expr::Kind::local) return values_[expr.local];
        // To an address nothing but 0 can be added (Machine::binary()).
        if (expr.kind == Expr::Kind::binary && expr.op == "+")
            return address(test_.exprs[expr.args[0]]);
        return 0;
    }
    void forget_assigned(const std::vector<Index>& block) {
        for (const Index number : block) {
            const Statement& statement = test_.statements[number];
            if (statement.kind == Statement::Kind::assign) values_[statement.target] = 0;
            forget_assigned(statement.then_part);
            forget_assigned(statement.else_part);
        }
    }

    const Test& test_;
    std::vector<Value> values_;  // of the locals that keep theirs, parameters mostly
};

// Goes through what stands before an access, beginning with the last: which of it may be overtaken?
class Overtaking {
   public:
    Overtaking(const Addresses& addresses, const Deeds& access)
        : addresses_(addresses), access_(access) {}

    bool passes(const Deeds& other) {
        if (other.keeps_its_place) return false;
        if (other.writes != none &&
            (access_.reads_local(other.writes) || access_.writes == other.writes))
            return false;
        if (access_.writes != none && other.reads_local(access_.writes)) return false;
        return std::ranges::all_of(other.calls, [this](const Expr* call) { return passes(*call); });
    }

   private:
    bool passes(const Expr& other) {
        const Op op = other.primitive.op;
        if (op == Op::nothing) return true;
        if (op == Op::rcu_read_unlock) return access_.calls.front()->primitive.op == Op::store;
        if (op == Op::smp_rmb) return rmb_ = true;
        if (op == Op::smp_wmb) return wmb_ = true;
        if (op == Op::after_atomic) return after_atomic_ = true;
        const Expr& call = *access_.calls.front();
        if (op == Op::before_atomic) return call.primitive.op != Op::rmw;
        if (!accesses_memory(op)) return false;
        const Order order = other.primitive.order;
        const bool is_load = op != Op::store;
        const bool is_store = op != Op::load;
        if (order == Order::full || (is_load && order == Order::acquire)) return false;
        if (is_store && wmb_) return false;
        if (op == Op::rmw && after_atomic_) return false;
        if (rmb_ && ordered_by_rmb(other) && ordered_by_rmb(call)) return false;
        const Value location = addresses_.of(other);
        return location != 0 && location != addresses_.of(call);
    }

    // Not what a void atomic operation loads.
    static bool ordered_by_rmb(const Expr& call) {
        return call.primitive.op == Op::load ||
               (call.primitive.op == Op::rmw && call.primitive.result != Result::none);
    }

    const Addresses& addresses_;
    const Deeds& access_;
    bool rmb_ = false;  // between it and what is looked at
    bool wmb_ = false;
    bool after_atomic_ = false;
};

bool is_weak_access(const Deeds& deeds, const Addresses& addresses) {
    if (deeds.keeps_its_place || deeds.calls.size() != 1) return false;
    const Expr& call = *deeds.calls.front();
    if (!accesses_memory(call.primitive.op) || addresses.of(call) == 0) return false;
    const Order order = call.primitive.order;
    return order == Order::relaxed || order == Order::acquire;
}

bool calls(const Deeds& deeds, Op op) {
    return std::ranges::any_of(deeds.calls,
                               [op](const Expr* call) { return call->primitive.op == op; });
}

class Finder {
   public:
    explicit Finder(const Test& test) : test_(test) {
        result_.loads.resize(test.statements.size());
        result_.may_come_early.resize(test.statements.size());
        result_.follows.resize(test.statements.size());
    }

    Reordering find() {
        for (const Process& process : test_.processes)
            look_at(Addresses(test_, process), process.body);
        return std::move(result_);
    }

   private:
    void look_at(const Addresses& addresses, const std::vector<Index>& block) {
        std::vector<Deeds> deeds;
        for (std::size_t i = 0; i < block.size(); ++i) {
            const Index number = block[i];
            deeds.push_back(deeds_of(test_, number));
            result_.loads[number] = calls(deeds[i], Op::load) || calls(deeds[i], Op::rmw);
            result_.may_come_early[number] = is_weak_access(deeds[i], addresses);
            Overtaking overtaking(addresses, deeds[i]);
            for (std::size_t j = i; result_.may_come_early[number] && j-- > 0;)
                if (!overtaking.passes(deeds[j])) result_.follows[number].push_back(block[j]);
            look_at(addresses, test_.statements[number].then_part);
            look_at(addresses, test_.statements[number].else_part);
        }
        keep_useless_loads_in_place(block, deeds);
    }

    void keep_useless_loads_in_place(const std::vector<Index>& block,
                                     const std::vector<Deeds>& deeds) {
        std::vector<bool> is_followed(test_.statements.size());
        for (std::size_t i = block.size(); i-- > 0;) {
            const Index number = block[i];
            const bool stores = calls(deeds[i], Op::store) || calls(deeds[i], Op::rmw);
            if (!stores && !is_followed[number]) result_.may_come_early[number] = false;
            if (!result_.may_come_early[number]) continue;
            for (const Index other : result_.follows[number]) is_followed[other] = true;
        }
    }

    const Test& test_;
    Reordering result_;
};

}  // namespace

Reordering reordering_of(const Test& test) { return Finder(test).find(); }

}  // namespace rcufuzz::litmus
