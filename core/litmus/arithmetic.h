// SPDX-License-Identifier: GPL-2.0-or-later
//
// What C operators and atomic operations make of values.
#pragma once

#include <optional>
#include <string>

#include "core/litmus/program.h"

namespace rcufuzz::litmus {

inline bool is_address(Value value) { return value >= address_base; }

// std::nullopt: not defined, as the sum of two addresses.
std::optional<Value> apply(const std::string& op, Value a, Value b);

// Also `+`, `-` and `[]` of an address and a number, within one array.
std::optional<Value> compute(const Test& test, const std::string& op, Value a, Value b);

// A read-modify-write with its operands.
struct Modify {
    Arithmetic arithmetic = Arithmetic::set;
    Value operand = 0;
    Value compare = 0;  // cmpxchg: what it must be; unless: what it must not be
};
// False: given up, nothing is stored. A memory::Model::Update; `arg` is a Modify.
bool modify(void* arg, Value old, Value& out);
// What the operation returns, having loaded `old`.
Value result_of(Result result, Modify how, Value old);

}  // namespace rcufuzz::litmus
