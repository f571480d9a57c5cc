// SPDX-License-Identifier: GPL-2.0-or-later
//
// A run is a function of its plan, and a plan survives every form that it is given.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "core/run/codec.h"
#include "core/run/generate.h"
#include "properties/generators.h"

namespace rcufuzz::properties {
namespace {

// Any subsystem with any set of its bugs: a run that fails must be as repeatable as one that ends.
run::Plan generated(std::uint64_t bugs, Prng& prng) {
    run::Plan base = any_subsystem();
    base.bugs = bugs;
    run::canonicalize(base);
    return run::generate(base, {}, prng);
}

RC_GTEST_PROP(Determinism, AnyBytesDecodeIntoACanonicalPlan,
              (const std::vector<std::uint8_t>& bytes)) {
    const run::Plan plan = decoded(any_subsystem(), bytes);
    RC_ASSERT(run::decode(run::encode(plan), {plan}) == plan);
    RC_ASSERT(run::from_text(run::to_text(plan), "text") == plan);
}

RC_GTEST_PROP(Determinism, AnyBytesTakeTheSameCourseTwice,
              (const std::vector<std::uint8_t>& bytes)) {
    const run::Plan plan = decoded(any_subsystem(), bytes);
    const run::Outcome first = run::replay(plan);
    if (run::replay(plan).trace_hash != first.trace_hash)
        RC_LOG() << keep_failure(plan, "determinism-bytes");
    RC_ASSERT(run::replay(plan).trace_hash == first.trace_hash);
}

RC_GTEST_PROP(Determinism, WhatAPolicyDecidedReplaysExactly,
              (std::uint64_t seed, std::uint64_t bugs)) {
    const auto policy = any_policy();
    Prng prng(seed);
    const run::Plan plan = generated(bugs, prng);
    policy->reseed(prng.next());
    const run::Recorded recorded = run::record(plan, *policy);
    const run::Plan read = run::from_text(run::to_text(recorded.plan), "text");
    const run::Outcome again = run::replay(read);
    if (again.trace_hash != recorded.outcome.trace_hash)
        RC_LOG() << keep_failure(recorded.plan, "determinism-replay");
    RC_ASSERT(again.same_find(recorded.outcome));
    RC_ASSERT(again.trace_hash == recorded.outcome.trace_hash);
}

// Whoever asks the same questions in the same order gets the same answers.
RC_GTEST_PROP(Determinism, TheSameSeedIsTheSameRun, (std::uint64_t seed, std::uint64_t bugs)) {
    const std::size_t index = *rc::gen::inRange<std::size_t>(0, strategy::all_policies().size());
    Prng prng(seed);
    const run::Plan plan = generated(bugs, prng);
    const auto hash = [&] {
        const auto policy = strategy::make_policy(strategy::all_policies()[index].name);
        policy->reseed(seed);
        return run::record(plan, *policy).outcome.trace_hash;
    };
    RC_ASSERT(hash() == hash());
}

}  // namespace
}  // namespace rcufuzz::properties
