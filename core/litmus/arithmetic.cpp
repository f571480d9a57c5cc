// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/litmus/arithmetic.h"

namespace rcufuzz::litmus {

std::optional<Value> apply(const std::string& op, Value a, Value b) {
    if (op == "==") return a == b;
    if (op == "!=") return a != b;
    if (op == "<") return a < b;
    if (op == ">") return a > b;
    if (op == "<=") return a <= b;
    if (op == ">=") return a >= b;
    if (op == "&") return a & b;
    if (op == "|") return a | b;
    if (op == "^") return a ^ b;
    // Addresses are no numbers: the next one is not the next element.
    if ((is_address(a) && b != 0) || (is_address(b) && a != 0)) return std::nullopt;
    // Sums wrap, as they do in the kernel.
    const auto ua = static_cast<std::uint64_t>(a);
    const auto ub = static_cast<std::uint64_t>(b);
    if (op == "+") return static_cast<Value>(ua + ub);
    if (op == "-") return static_cast<Value>(ua - ub);
    if (op == "*") return static_cast<Value>(ua * ub);
    if (op == "<<" && b >= 0 && b < 32) return static_cast<Value>(ua << b);
    if (op == ">>" && b >= 0 && b < 32) return a >> b;
    if (b == 0 || b == -1) return std::nullopt;
    if (op == "/") return a / b;
    if (op == "%") return a % b;
    return std::nullopt;
}

std::optional<Value> compute(const Test& test, const std::string& op, Value a, Value b) {
    if (op == "[]") return test.element(a, b);
    if (op == "+" && is_address(a) && b != 0) return test.element(a, b);
    if (op == "+" && is_address(b) && a != 0) return test.element(b, a);
    if (op == "-" && is_address(a) && !is_address(b) && b != 0) return test.element(a, -b);
    return apply(op, a, b);
}

bool modify(void* arg, Value old, Value& out) {
    const Modify& how = *static_cast<const Modify*>(arg);
    const auto sum = [old](Value operand) {
        return static_cast<Value>(static_cast<std::uint64_t>(old) +
                                  static_cast<std::uint64_t>(operand));
    };
    switch (how.arithmetic) {
        case Arithmetic::set:
            out = how.operand;
            return true;
        case Arithmetic::unless:
            out = sum(how.operand);
            return old != how.compare;
        case Arithmetic::add:
            out = sum(how.operand);
            return true;
        case Arithmetic::sub:
            out = sum(static_cast<Value>(-static_cast<std::uint64_t>(how.operand)));
            return true;
        case Arithmetic::conj:
            out = old & how.operand;
            return true;
        case Arithmetic::disj:
            out = old | how.operand;
            return true;
        case Arithmetic::xor_:
            out = old ^ how.operand;
            return true;
        case Arithmetic::andnot:
            out = old & ~how.operand;
            return true;
        case Arithmetic::cmpxchg:
            out = how.operand;
            return old == how.compare;
    }
    return false;
}

Value result_of(Result result, Modify how, Value old) {
    Value updated = old;
    const bool stored = modify(&how, old, updated);
    switch (result) {
        case Result::none:
        case Result::old:
            return old;
        case Result::result:
            return updated;
        case Result::is_zero:
            return updated == 0;
        case Result::is_negative:
            return updated < 0;
        case Result::happened:
            return stored;
    }
    return 0;
}

}  // namespace rcufuzz::litmus
