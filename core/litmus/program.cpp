// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/litmus/program.h"

#include <algorithm>

namespace rcufuzz::litmus {

Index Process::local(const std::string& name) const {
    const auto at = names_.find(name);
    return at == names_.end() ? none : at->second;
}

Index Process::declare(const std::string& name, Value value) {
    const auto [at, fresh] = names_.try_emplace(name, static_cast<Index>(locals.size()));
    if (fresh) {
        locals.push_back(name);
        initial.push_back(value);
    }
    return at->second;
}

Index Test::location(const std::string& wanted) const {
    const auto at = names_.find(wanted);
    return at == names_.end() ? none : at->second;
}

Index Test::add_location(const std::string& made) {
    const auto [at, fresh] = names_.try_emplace(made, static_cast<Index>(locations.size()));
    if (fresh) locations.push_back({made, 0, at->second, 1});
    return at->second;
}

Index Test::add_array(const std::string& made, Index elements) {
    const auto first = static_cast<Index>(locations.size());
    for (Index i = 0; i < elements; ++i) {
        locations.push_back({made + "[" + std::to_string(i) + "]", 0, first, elements});
        names_.try_emplace(locations.back().name, first + i);
    }
    names_.try_emplace(made, first);
    return first;
}

std::optional<Value> Test::element(Value address, Value distance) const {
    const Index at = location_at(address);
    if (at == none) return std::nullopt;
    const LocationSpec& here = locations[at];
    const Value number = static_cast<Value>(at - here.first) + distance;
    if (distance > here.elements || number < 0 || number >= here.elements) return std::nullopt;
    return address_of(here.first + static_cast<Index>(number));
}

std::optional<Value> Test::member(Value address, const std::string& field) const {
    const Index at = location_at(address);
    const Index found = at == none ? none : location(locations[at].name + "." + field);
    if (found == none) return std::nullopt;
    return address_of(found);
}

bool holds(const Test& test, Index number, const std::function<Value(const Observed&)>& value_of) {
    const Condition& condition = test.conditions[number];
    const auto all = [&](bool wanted) {
        return std::ranges::all_of(condition.args,
                                   [&](Index arg) { return holds(test, arg, value_of) == wanted; });
    };
    switch (condition.kind) {
        case Condition::Kind::truth:
            return true;
        case Condition::Kind::equal:
        case Condition::Kind::differ: {
            const Value right =
                condition.right_is_observed ? value_of(condition.right) : condition.number;
            return (value_of(condition.left) == right) ==
                   (condition.kind == Condition::Kind::equal);
        }
        case Condition::Kind::negate:
            return !holds(test, condition.args[0], value_of);
        case Condition::Kind::conjunction:
            return all(true);
        case Condition::Kind::disjunction:
            return !all(false);
        case Condition::Kind::implies:
            return !holds(test, condition.args[0], value_of) ||
                   holds(test, condition.args[1], value_of);
    }
    return false;
}

}  // namespace rcufuzz::litmus
