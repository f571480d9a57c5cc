// SPDX-License-Identifier: GPL-2.0-or-later
//
// Tests of each kernel that scripts/kernel has built, but for those with a fix undone, which are
// for the corpus.
#pragma once

#include <gtest/gtest.h>

#include <cctype>
#include <string>
#include <vector>

#include "core/run/plan.h"
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
