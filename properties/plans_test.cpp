// SPDX-License-Identifier: GPL-2.0-or-later
//
// What must hold for every plan of every subsystem, whatever its tables say.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "core/run/codec.h"
#include "core/run/generate.h"
#include "core/run/runner.h"
#include "core/strategy/strategies.h"
#include "core/subsystems/subsystems.h"

namespace rcufuzz {
namespace {

const scenario::Subsystem& any_subsystem() {
    return *subsystems::all()[*rc::gen::inRange<std::size_t>(0, subsystems::all().size())];
}

run::Plan decoded(const scenario::Subsystem& target, const std::vector<std::uint8_t>& bytes) {
    return run::decode_body(bytes, run::empty_plan(target));
}

RC_GTEST_PROP(Plans, AnyBytesDecodeIntoACanonicalPlan, (const std::vector<std::uint8_t>& bytes)) {
    const run::Plan plan = decoded(any_subsystem(), bytes);
    RC_ASSERT(run::decode(run::encode(plan), plan) == plan);
    RC_ASSERT(run::from_text(run::to_text(plan), "text") == plan);
}

RC_GTEST_PROP(Plans, AnyBytesRunCleanOnCorrectCode, (const std::vector<std::uint8_t>& bytes)) {
    const run::Plan plan = decoded(any_subsystem(), bytes);
    const run::Outcome outcome = run::replay(plan);
    if (outcome.found()) RC_LOG() << outcome.detail << '\n' << run::to_text(plan);
    RC_ASSERT(!outcome.found());
    RC_ASSERT(run::replay(plan).trace_hash == outcome.trace_hash);
}

RC_GTEST_PROP(Plans, AnyScheduleIsCleanAndReplaysExactly, (std::uint64_t seed)) {
    const std::size_t index = *rc::gen::inRange<std::size_t>(0, strategy::all_policies().size());
    const auto policy = strategy::make_policy(strategy::all_policies()[index].name);
    Prng prng(seed);
    const run::Plan plan = run::generate(run::empty_plan(any_subsystem()), {}, prng);
    policy->reseed(prng.next());
    const run::Recorded recorded = run::record(plan, *policy);
    if (recorded.outcome.found())
        RC_LOG() << recorded.outcome.detail << '\n' << run::to_text(recorded.plan);
    RC_ASSERT(!recorded.outcome.found());
    RC_ASSERT(run::replay(recorded.plan).trace_hash == recorded.outcome.trace_hash);
}

}  // namespace
}  // namespace rcufuzz
