// SPDX-License-Identifier: GPL-2.0-or-later
//
// One way of each process put together: who may read from whom, and in which order stores to one
// location may come, location by location. Options are coherent and atomic, and locks are held by
// one process at a time (linux-kernel.cat, "coherence" and "atomic"; lock.cat).
#pragma once

#include <span>
#include <vector>

#include "core/litmus/axioms.h"

namespace rcufuzz::litmus {

using Number = std::uint8_t;  // of an event, among those of all processes
inline constexpr Number initial_value = 255;

// What happens at one location.
struct Option {
    std::vector<Number> order;   // stores, first to last
    std::vector<Number> source;  // of each load, beside Place::reads
    Number last = initial_value;
};

struct Place {
    Index location = none;
    std::vector<Number> reads;
    std::vector<Option> options;
    bool too_many = false;
};

// One for each location that is accessed.
std::vector<Place> places_of(const Test& test, std::span<const Trace* const> traces);

template <typename Set>
void link(const Place& place, const Option& option, Links<Set>& links) {
    std::array<Number, Relation<Set>::capacity> position{};
    for (std::size_t i = 0; i < option.order.size(); ++i) {
        position[option.order[i]] = static_cast<Number>(i);
        for (std::size_t j = i + 1; j < option.order.size(); ++j)
            links.co.add(option.order[i], option.order[j]);
    }
    for (std::size_t i = 0; i < place.reads.size(); ++i) {
        const Number from = option.source[i];
        std::size_t next = 0;
        if (from != initial_value) {
            links.rf.add(from, place.reads[i]);
            next = position[from] + 1u;
        }
        for (; next < option.order.size(); ++next) links.fr.add(place.reads[i], option.order[next]);
    }
}

}  // namespace rcufuzz::litmus
