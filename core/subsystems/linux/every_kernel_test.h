// SPDX-License-Identifier: GPL-2.0-or-later
//
// Tests of each kernel that scripts/kernel has built, but for those with a fix undone, which are
// for the corpus.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <string>
#include <vector>

#include "core/run/codec.h"
#include "core/run/frame.h"
#include "core/run/generate.h"
#include "core/run/plan.h"
#include "core/run/runner.h"
#include "core/strategy/strategies.h"
#include "core/subsystems/linux/configuration.h"
#include "core/subsystems/linux/kernels.h"
#include "core/subsystems/subsystems.h"

namespace rcufuzz::linux_subject {

inline const scenario::Subsystem& target() { return *subsystems::find("linux"); }

inline std::vector<std::string> correct_kernels() {
    std::vector<std::string> names;
    for (const BuiltKernel& kernel : built_kernels())
        if (kernel.name.find("without") == std::string::npos) names.push_back(kernel.name);
    return names;
}

class EveryKernel : public testing::TestWithParam<std::string> {
   protected:
    // Of lines that follow "kernel".
    static run::Plan plan(const std::string& text) {
        const std::string subject = target().platform->subject(GetParam());
        const std::string head = "rcufuzz-plan 1\ntarget linux\nkernel " + subject + "\n";
        return run::from_text(head + text, "test");
    }
};

inline void expect_clean(const run::Plan& workload, strategy::Policy& policy, std::uint64_t seed) {
    policy.reseed(seed);
    const run::Recorded recorded = run::record(workload, policy);
    ASSERT_EQ(recorded.outcome.verdict, Verdict::clean) << recorded.outcome.detail << "\n"
                                                        << run::to_text(recorded.plan);
}

// In 6.1, which offloads CPUs online, there is something to find where a CPU is taken back (R1 of
// corpus/linux).
inline bool may_find_what_is_known(const run::Plan& workload, const std::string& release) {
    return release.starts_with("6.1.") &&
           std::ranges::any_of(workload.ops, [](const scenario::Op& op) {
               return target().ops[op.kind].name == "nocb_toggle";
           });
}

// Random workloads, each with one schedule.
inline void finds_nothing(const std::string& kernel, const std::string& memory, unsigned at_least) {
    run::Frame frame = run::make_frame(target(), {.memory = memory, .kernel = kernel});
    const std::string release = find_kernel(kernel).release;
    Prng prng(7);
    const auto policy = strategy::make_policy("pct");
    unsigned runs = 0;
    for (unsigned i = 0; i < 2 * at_least && !testing::Test::HasFatalFailure(); ++i) {
        run::Plan workload = run::generate(frame.plan, {}, prng);
        workload.config[kcsan] = 0;
        const std::uint64_t seed = prng.next();
        if (may_find_what_is_known(workload, release)) continue;
        expect_clean(workload, *policy, seed);
        ++runs;
    }
    EXPECT_GT(runs, at_least);
}

inline std::string test_name(const testing::TestParamInfo<std::string>& info) {
    std::string name;
    for (const char c : info.param)
        name += std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
    return name;
}

}  // namespace rcufuzz::linux_subject

#define RCUFUZZ_FOR_EVERY_KERNEL(suite)                                                    \
    GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(suite);                                  \
    INSTANTIATE_TEST_SUITE_P(Built, suite, testing::ValuesIn(correct_kernels()), test_name)
