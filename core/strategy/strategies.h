// SPDX-License-Identifier: GPL-2.0-or-later
//
// The list of scheduling policies that a hunt can use, by name.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "core/base/place.h"
#include "core/sim/strategy.h"

namespace rcufuzz::strategy {

struct PolicyInfo {
    std::string_view name;  // "random", "pct", "pos", "surw"
    std::string_view summary;
};

std::span<const PolicyInfo> all_policies();

// A policy object serves many runs: it keeps what it learned from earlier ones (the length of a
// run, events per context). reseed() comes before each run; the decisions are then a function of
// the seed, of what was learned, and of the choices that the run meets.
class Policy : public sim::Strategy {
   public:
    // The next runs are of another workload: what was learned is forgotten.
    virtual void forget() {}
    // From now on: points where to look most, in ascending order.
    virtual void name_places(const std::vector<Place>& /*places*/) {}
    virtual void reseed(std::uint64_t seed) = 0;
};

// Null: no such policy.
std::unique_ptr<Policy> make_policy(std::string_view name);

}  // namespace rcufuzz::strategy
