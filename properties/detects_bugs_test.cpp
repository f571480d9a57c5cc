// SPDX-License-Identifier: GPL-2.0-or-later
//
// Every bug of every subsystem that is no benign control is found by a hunt of bounded length, its
// reproducer shows the verdict of its table, and without it the same runs are clean. Which of its
// consequences a hunt comes upon first is luck. A benign control is not found.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>

#include "core/base/files.h"
#include "core/run/codec.h"
#include "core/run/hunt.h"
#include "core/run/names.h"
#include "core/strategy/strategies.h"
#include "core/subsystems/subsystems.h"

namespace rcufuzz {
namespace {

constexpr std::uint64_t runs_per_strategy = 12000;
// Nothing ends such a hunt early, and there are many.
constexpr std::uint64_t runs_of_a_control = 2000;

// Too rare for that; the reproducers in corpus/bugs stand in for them.
constexpr std::string_view rare[] = {
    "dynticks_D07",   "dynticks_D13c",  "nocb_D03",       "nocb_D12",       "nocb_D16",
    "nocb_D19",       "nocb_D47",       "nocb_D48",       "nocb_D50",       "smp_call_S03",
    "smp_call_S05b",  "tracepoint_T03", "tracepoint_T04", "tracepoint_T05", "tracepoint_T07",
    "tracepoint_T10", "tracepoint_T11", "tracepoint_T23"};

struct Subject {
    const scenario::Subsystem* target;
    std::size_t bug;

    const scenario::BugSpec& spec() const { return target->bugs[bug]; }
    std::string name() const { return std::string(target->name) + "_" + std::string(spec().spec); }
};

std::vector<Subject> all_bugs() {
    std::vector<Subject> subjects;
    for (const scenario::Subsystem* target : subsystems::all())
        for (std::size_t bug = 0; bug < target->bugs.size(); ++bug)
            subjects.push_back({target, bug});
    return subjects;
}

run::Plan reproducer(const Subject& subject) {
    const std::string file = std::string(RCUFUZZ_SOURCE_DIR) + "/corpus/bugs/" +
                             std::string(subject.target->name) + "/" +
                             std::string(subject.spec().spec) + ".plan";
    const auto bytes = read_file(file);
    return run::from_text(std::string(bytes.begin(), bytes.end()), file);
}

run::Frame with_bug(const Subject& subject) {
    run::FrameWords words;
    words.bugs = {std::string(subject.spec().name)};
    words.oracle = subject.spec().verdict == Verdict::invariant ? "all" : "black-box";
    return run::make_frame(*subject.target, words);
}

// The finds of one strategy after the other, each with workloads of its own, until there is one.
std::vector<run::Find> finds_of(const Subject& subject) {
    std::vector<run::Find> finds;
    run::HuntOptions options;
    const run::Frame frame = with_bug(subject);
    options.base = frame.plan;
    options.workload.fixed_configs = frame.fixed_configs;
    options.runs = subject.spec().benign() ? runs_of_a_control : runs_per_strategy;
    options.runs_per_workload = 4;
    for (const strategy::PolicyInfo& policy : strategy::all_policies()) {
        options.strategy = policy.name;
        ++options.seed;
        run::HuntResult result = run::hunt(options);
        std::move(result.finds.begin(), result.finds.end(), std::back_inserter(finds));
        if (!finds.empty()) break;
    }
    return finds;
}

class DetectsBugs : public testing::TestWithParam<Subject> {};

TEST_P(DetectsBugs, AsWhatTheyAre) {
    const Subject& subject = GetParam();
    const Verdict verdict = subject.spec().verdict;
    if (!subject.spec().benign()) {
        EXPECT_EQ(run::replay(reproducer(subject)).verdict, verdict);
    }
    if (std::ranges::find(rare, subject.name()) != std::end(rare)) return;
    const std::vector<run::Find> finds = finds_of(subject);
    if (subject.spec().benign()) {
        for (const run::Find& find : finds) ADD_FAILURE() << run::to_text(find.plan);
        return;
    }
    EXPECT_FALSE(finds.empty());
    for (const run::Find& find : finds)
        EXPECT_FALSE(run::replay(run::without_bugs(find.plan)).found()) << run::to_text(find.plan);
}

INSTANTIATE_TEST_SUITE_P(All, DetectsBugs, testing::ValuesIn(all_bugs()),
                         [](const auto& info) { return info.param.name(); });

}  // namespace
}  // namespace rcufuzz
