// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/litmus/walk.h"

#include <algorithm>

#include "core/base/check.h"

namespace rcufuzz::litmus {

namespace {

// As herd7's -unroll: a loop that waits is gone round no more often.
constexpr unsigned max_rounds_that_load = 2;
constexpr unsigned max_steps = 10000;

Some bit(std::size_t event) { return Some{1} << event; }

}  // namespace

Walk::Walk(const Test& test, const std::string& file, Index process, const Domains& others,
           Answers& answers)
    : test_(test), file_(file), process_(process), others_(others), answers_(answers) {
    for (const Value value : test.processes[process].initial) locals_.push_back({value, 0, 0, 0});
}

bool Walk::all() {
    try {
        execute(test_.processes[process_].body);
    } catch (const Impossible&) {
        return false;
    } catch (const Fault& fault) {
        trace_.fault = file_ + ":" + std::to_string(fault.line) + ": " + fault.what;
    }
    for (const Computed& local : locals_) trace_.locals.push_back(local.value);
    return true;
}

// --- statements ---------------------------------------------------------------------------------

void Walk::execute(const std::vector<Index>& statements) {
    for (const Index number : statements) execute(test_.statements[number]);
}

void Walk::execute(const Statement& statement) {
    if (++steps_ > max_steps)
        throw UserError(file_ + ": P" + std::to_string(process_) + " takes more than " +
                        std::to_string(max_steps) + " steps");
    switch (statement.kind) {
        case Statement::Kind::assign:
            return assign(statement.target, evaluate(statement.value));
        case Statement::Kind::call:
            evaluate(statement.value);
            return;
        case Statement::Kind::store: {
            const Computed pointer = evaluate(statement.target);
            const Computed value = evaluate(statement.value);
            const Index x = address(pointer, test_.exprs[statement.target].line);
            emit(Event::Kind::write, x, value.value, Event::plain, pointer.loads()).data =
                value.loads();
            return;
        }
        case Statement::Kind::loop:
            return loop(statement);
        case Statement::Kind::branch: {
            const Some events = ctrl_events_;
            const Some registers = ctrl_registers_;
            const bool holds = condition(statement.value).holds;
            execute(holds ? statement.then_part : statement.else_part);
            ctrl_events_ = events;
            ctrl_registers_ = registers;
        }
    }
}

void Walk::loop(const Statement& statement) {
    const Some events = ctrl_events_;
    const Some registers = ctrl_registers_;
    unsigned rounds_that_load = 0;
    for (bool first = true;; first = false) {
        if (!(first && statement.body_first)) {
            const Condition again = condition(statement.value);
            if (!again.holds) break;
            if (again.loaded && rounds_that_load++ == max_rounds_that_load) {
                cut_short_ = true;
                throw Impossible{};
            }
        }
        if (++steps_ > max_steps)
            throw UserError(file_ + ": P" + std::to_string(process_) + " takes more than " +
                            std::to_string(max_steps) + " steps");
        execute(statement.then_part);
        execute(statement.else_part);
    }
    ctrl_events_ = events;
    ctrl_registers_ = registers;
}

// From here on, until the caller takes it back, events depend on what the condition loaded.
Walk::Condition Walk::condition(Index expr) {
    const Computed value = evaluate(expr);
    ctrl_events_ |= value.loads() | value.ctrl;
    ctrl_registers_ |= value.data | value.ctrl;
    return {value.value != 0, (value.loads() | value.ctrl) != 0, 0, 0};
}

void Walk::assign(Index local, const Computed& value) {
    locals_[local] = {value.value, value.loads(), 0, value.loads() | value.ctrl | ctrl_registers_};
}

// --- expressions --------------------------------------------------------------------------------

Walk::Computed Walk::evaluate(Index number) {
    const Expr& expr = test_.exprs[number];
    switch (expr.kind) {
        case Expr::Kind::number:
            return {expr.number, 0, 0, 0};
        case Expr::Kind::local:
            return locals_[expr.local];
        case Expr::Kind::deref: {
            const Computed pointer = evaluate(expr.args[0]);
            const Index x = address(pointer, expr.line);
            return read(x, choose_value(x), Event::plain, pointer.loads());
        }
        case Expr::Kind::unary:
            return unary(expr);
        case Expr::Kind::binary:
            return binary(expr);
        case Expr::Kind::condition: {
            const Computed which = evaluate(expr.args[0]);
            Computed chosen = evaluate(expr.args[which.value != 0 ? 1 : 2]);
            chosen.depend_on(which);
            return chosen;
        }
        case Expr::Kind::call:
            return call(expr);
    }
    return {};
}

Walk::Computed Walk::unary(const Expr& expr) {
    Computed arg = evaluate(expr.args[0]);
    if (expr.op == "!") arg.value = arg.value == 0;
    if (expr.op == "-") arg.value = static_cast<Value>(-static_cast<std::uint64_t>(arg.value));
    if (expr.op == "~") arg.value = ~arg.value;
    if (expr.op[0] == '.') {
        const auto member = test_.member(arg.value, expr.op.substr(1));
        if (!member) throw Fault{expr.line, "access through what is no address"};
        arg.value = *member;
    }
    return arg;
}

// herd7 has no short way through && and ||; where the right side may fail or store, C's is taken.
Walk::Computed Walk::binary(const Expr& expr) {
    Computed left = evaluate(expr.args[0]);
    const bool logical = expr.op == "&&" || expr.op == "||";
    if (logical && (left.value != 0) == (expr.op == "||")) {
        left.value = expr.op == "||";
        const Expr::Kind kind = test_.exprs[expr.args[1]].kind;
        if (kind == Expr::Kind::call || kind == Expr::Kind::deref) return left;
        const Value value = left.value;
        left.depend_on(evaluate(expr.args[1]));
        left.value = value;
        return left;
    }
    const Computed right = evaluate(expr.args[1]);
    if (logical) {
        left.value = right.value != 0;
    } else {
        const auto value = compute(test_, expr.op, left.value, right.value);
        if (!value) throw Fault{expr.line, "'" + expr.op + "' of these values is not supported"};
        left.value = *value;
    }
    left.depend_on(right);
    return left;
}

Index Walk::address(const Computed& pointer, unsigned line) const {
    const Index location = test_.location_at(pointer.value);
    if (location == none) throw Fault{line, "access through what is no address"};
    return location;
}

// --- events -------------------------------------------------------------------------------------

// What this process stored there last, or the initial value; or what another process stored.
Value Walk::choose_value(Index location) {
    Value own = test_.locations[location].initial;
    for (const Event& event : trace_.events)
        if (event.kind == Event::Kind::write && event.location == location) own = event.value;
    const std::set<Value>& others = others_[location];
    const bool known = others.contains(own);
    const unsigned answer = answers_.choose(others.size() + (known ? 0 : 1));
    return answer == others.size() ? own : *std::next(others.begin(), answer);
}

Event& Walk::emit(Event::Kind kind, Index location, Value value, unsigned marks, Some addr) {
    if (trace_.events.size() >= max_events_of_process)
        throw UserError(file_ + ": P" + std::to_string(process_) + " makes more than " +
                        std::to_string(max_events_of_process) + " accesses");
    Event made;
    made.kind = kind;
    made.location = location;
    made.value = value;
    made.marks = static_cast<std::uint16_t>(marks);
    made.addr = addr;
    made.ctrl = ctrl_events_;
    trace_.events.push_back(made);
    return trace_.events.back();
}

Walk::Computed Walk::read(Index location, Value value, unsigned marks, Some addr) {
    emit(Event::Kind::read, location, value, marks, addr);
    return {value, 0, bit(trace_.events.size() - 1), 0};
}

}  // namespace rcufuzz::litmus
