// SPDX-License-Identifier: GPL-2.0-or-later
//
// A litmus test as read from a file: the kernel's C dialect of herd7 (tools/memory-model,
// litmus-tests/). Everything is owned by the Test; nodes refer to each other by index.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/litmus/primitive.h"
#include "core/memory/model.h"

namespace rcufuzz::litmus {

using memory::Value;
using Index = std::uint32_t;
inline constexpr Index none = ~Index{0};

// The address of a location, as a value; so far from small integers that no test mixes them up.
inline constexpr Value address_base = Value{1} << 40;
constexpr Value address_of(Index location) { return address_base + location; }

struct Expr {
    enum class Kind : std::uint8_t { number, local, deref, unary, binary, condition, call };
    Kind kind = Kind::number;
    Value number = 0;       // number; address of a location
    Index local = none;     // in its process
    std::string op;         // unary, binary
    Primitive primitive{};  // call
    std::vector<Index> args;
    unsigned line = 0;
};

struct Statement {
    enum class Kind : std::uint8_t { assign, store, call, branch, loop };
    Kind kind = Kind::call;
    Index target = none;           // assign: the local; store: expression of the address
    Index value = none;            // assign, store; call; branch and loop: the condition
    std::vector<Index> then_part;  // loop: what is repeated
    std::vector<Index> else_part;  // loop: what follows that each time
    bool body_first = false;       // loop: do ... while
};

struct Process {
    std::vector<std::string> locals;
    std::vector<Value> initial;  // of the locals
    std::vector<Index> body;
    Index local(const std::string& name) const;
    Index declare(const std::string& name, Value initial);  // or what has this name already

   private:
    std::map<std::string, Index> names_;
};

struct LocationSpec {
    std::string name;
    Value initial = 0;
    // The array that it is an element of; of others, itself.
    Index first = none;
    Index elements = 1;
};

// What a final state is asked for: a location, or a local of a process.
struct Observed {
    Index process = none;  // none: a location
    Index index = 0;
    bool operator==(const Observed&) const = default;
};

struct Condition {
    enum class Kind : std::uint8_t {
        truth,
        equal,
        differ,
        negate,
        conjunction,
        disjunction,
        implies
    };
    Kind kind = Kind::truth;
    Observed left{};
    bool right_is_observed = false;
    Observed right{};
    Value number = 0;
    std::vector<Index> args;
};

enum class Quantifier : std::uint8_t { exists, not_exists, forall };

struct Test {
    std::string name;
    std::string result;  // the word after "Result:" in a comment; empty: none
    std::vector<LocationSpec> locations;
    std::vector<Process> processes;
    std::vector<Expr> exprs;
    std::vector<Statement> statements;
    std::vector<Condition> conditions;
    Quantifier quantifier = Quantifier::exists;
    Index condition = none;
    Index filter = none;  // states that do not hold it do not count
    std::string condition_text;
    std::vector<Observed> shown;    // in states, in order of first mention
    std::set<std::string> members;  // of structs, that some process names
    bool has_plain = false;         // some access is plain, so there may be data races

    Index location(const std::string& name) const;
    Index add_location(const std::string& made);  // or what has this name already
    // `made` is its first element.
    Index add_array(const std::string& made, Index elements);
    // The address so many elements further on in the same array; std::nullopt: there is none.
    std::optional<Value> element(Value address, Value distance) const;
    // The address of a member of the struct at this address.
    std::optional<Value> member(Value address, const std::string& field) const;
    // The location of this address; none: it is no address.
    Index location_at(Value value) const {
        const auto number = static_cast<std::uint64_t>(value - address_base);
        return value >= address_base && number < locations.size() ? static_cast<Index>(number)
                                                                  : none;
    }

   private:
    std::map<std::string, Index> names_;
};

// A condition on a final state, which `value_of` knows.
bool holds(const Test& test, Index condition,
           const std::function<Value(const Observed&)>& value_of);

}  // namespace rcufuzz::litmus
