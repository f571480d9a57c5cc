// SPDX-License-Identifier: GPL-2.0-or-later
//
// Correct code is never blamed, whatever is done with it.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cstdlib>

#include "core/base/files.h"
#include "core/run/codec.h"
#include "core/run/generate.h"
#include "properties/generators.h"

namespace rcufuzz::properties {
namespace {

void expect_clean(const run::Plan& plan, const run::Outcome& outcome, const char* property) {
    if (outcome.found()) RC_LOG() << keep_failure(plan, property);
    RC_ASSERT(!outcome.found());
}

RC_GTEST_PROP(Clean, AnyBytes, (const std::vector<std::uint8_t>& bytes)) {
    const run::Plan plan = decoded(any_subsystem(), bytes);
    expect_clean(plan, run::replay(plan), "clean-bytes");
}

RC_GTEST_PROP(Clean, AnyScheduleOfAGeneratedWorkload, (std::uint64_t seed)) {
    const auto policy = any_policy();
    Prng prng(seed);
    const run::Plan plan = run::generate(any_subsystem(), {}, prng);
    policy->reseed(prng.next());
    const run::Recorded recorded = run::record(plan, *policy);
    expect_clean(recorded.plan, recorded.outcome, "clean-generated");
}

RC_GTEST_PROP(Clean, AnyScheduleOfAnySequenceOfOperations, (std::uint64_t seed)) {
    const auto policy = any_policy();
    const run::Plan plan = *workload_of(any_subsystem());
    policy->reseed(seed);
    const run::Recorded recorded = run::record(plan, *policy);
    expect_clean(recorded.plan, recorded.outcome, "clean-sequence");
}

// --- what becomes of a plan that fails ----------------------------------------------------------

TEST(Failure, IsMinimisedAndKept) {
    const std::string folder = testing::TempDir();
    setenv("RCUFUZZ_FAILURES", folder.c_str(), 1);
    run::Plan plan = run::from_text(
        "rcufuzz-plan 1\ntarget nocb\nbug D10\noracle black-box\n"
        "op cpu1 on call_rcu count=3 chain=0\nop cpu1 on await\nop cpu1 on rcu_read_lock\n"
        "op cpu1 on rcu_read_unlock\nop cpu1 off call_rcu count=2 chain=0\n",
        "text");
    ASSERT_TRUE(run::replay(plan).found());
    const std::string said = keep_failure(plan, "a-test");
    unsetenv("RCUFUZZ_FAILURES");
    const std::string file = folder + "/a-test.plan";
    EXPECT_NE(said.find("written to " + file), said.npos) << said;
    const auto bytes = read_file(file);
    const run::Plan kept = run::from_text(std::string(bytes.begin(), bytes.end()), file);
    EXPECT_LT(kept.ops.size(), plan.ops.size());
    EXPECT_TRUE(run::replay(kept).same_find(run::replay(plan)));
    EXPECT_NE(keep_failure(plan, "a-test").find("not written"), said.npos);
}

}  // namespace
}  // namespace rcufuzz::properties
