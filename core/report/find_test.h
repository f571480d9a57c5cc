// SPDX-License-Identifier: GPL-2.0-or-later
//
// Finds for the tests of this folder, as a hunt makes them.
#pragma once

#include <gtest/gtest.h>

#include <string_view>

#include "core/run/generate.h"
#include "core/run/runner.h"
#include "core/strategy/strategies.h"

namespace rcufuzz::report {

// The first find of a policy on random workloads for `base`, with all its decisions.
inline run::Plan find_one(const run::Plan& base, std::string_view policy_name, std::uint64_t seed) {
    const auto policy = strategy::make_policy(policy_name);
    Prng prng(seed);
    for (unsigned i = 0; i < 1'000'000; ++i) {
        const run::Plan plan = run::generate(base, {}, prng);
        policy->reseed(prng.next());
        run::Recorded recorded = run::record(plan, *policy);
        if (recorded.outcome.found()) return recorded.plan;
    }
    ADD_FAILURE() << "nothing found";
    return base;
}

}  // namespace rcufuzz::report
