// SPDX-License-Identifier: GPL-2.0-or-later
//
// The memory model against the kernel's axioms, on random programs; and the search against itself
// without its reductions.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

#include "core/base/effort_test.h"
#include "core/litmus/axioms_test.h"
#include "core/litmus/check.h"
#include "core/litmus/parse.h"

namespace rcufuzz::litmus::test {
namespace {

CheckOptions on_machine() {
    CheckOptions options;
    options.method = Method::machine;
    return options;
}

States observed(const std::string& text, const CheckOptions& options = on_machine()) {
    const Test parsed = parse(text, "random.litmus");
    const Report report = check(parsed, "random.litmus", options);
    EXPECT_TRUE(report.complete);
    EXPECT_FALSE(report.stuck);
    States states;
    for (const FinalState& state : report.states) states.insert(state_text(parsed, state));
    return states;
}

// RCUFUZZ_LITMUS_SEEDS=20000 for a longer look.
std::uint64_t seeds(std::uint64_t standard) {
    const char* const text = std::getenv("RCUFUZZ_LITMUS_SEEDS");
    return text == nullptr ? standard : std::strtoull(text, nullptr, 10);
}

// The axioms two times: as a search that is in use, and tried one by one on every candidate.
TEST(Axioms, AllowWhatTheJudgeAllows) {
    std::uint64_t judged = 0;
    const std::uint64_t count = seeds(effort(600u));
    for (std::uint64_t seed = 1; seed <= count; ++seed) {
        const Sketch sketch = random_sketch(seed);
        const double candidates = candidate_count(sketch);
        if (candidates == 0 || candidates > 2000) continue;
        ++judged;
        const std::string text = to_litmus(sketch);
        SCOPED_TRACE("seed " + std::to_string(seed) + "\n" + text);
        ASSERT_EQ(observed(text, CheckOptions{}), allowed(sketch, Axioms::kernel));
    }
    EXPECT_GT(judged, count / 2);
}

// What the machine shows is allowed: no false alarm. And it shows all that is allowed where no load
// comes after a later store (core/memory/README.md, Limits).
TEST(Model, ObservesWhatTheAxiomsAllow) {
    std::uint64_t fewer = 0;
    std::uint64_t judged = 0;
    const std::uint64_t count = seeds(effort(300u));
    for (std::uint64_t seed = 1; seed <= count; ++seed) {
        const Sketch sketch = random_sketch(seed);
        const double candidates = candidate_count(sketch);
        if (candidates == 0 || candidates > 2000) continue;
        ++judged;
        const std::string text = to_litmus(sketch);
        SCOPED_TRACE("seed " + std::to_string(seed) + "\n" + text);
        const States ours = observed(text);
        const States expected = observed(text, CheckOptions{});
        ASSERT_TRUE(std::ranges::includes(expected, ours));
        ASSERT_TRUE(std::ranges::includes(ours, allowed(sketch, Axioms::kernel_loads_first)));
        if (ours != expected) ++fewer;
    }
    EXPECT_GT(judged, count / 2);
    // A sample may miss those that show it.
    if (effort_share == 1) {
        EXPECT_GT(fewer, 0u) << "the limit shows";
    }
}

// Both reductions off, and the same final states: the search leaves out no more than it may.
TEST(Search, FindsTheSameStatesWithoutReductions) {
    unsigned judged = 0;
    for (std::uint64_t seed = 1; seed <= effort(150u); ++seed) {
        const Sketch sketch = random_sketch(seed);
        std::size_t steps = 0;
        for (const auto& thread : sketch.threads) steps += thread.size();
        if (steps > 6) continue;
        ++judged;
        const std::string text = to_litmus(sketch);
        SCOPED_TRACE("seed " + std::to_string(seed) + "\n" + text);
        CheckOptions plain = on_machine();
        plain.reduce = false;
        ASSERT_EQ(observed(text), observed(text, plain));
    }
    EXPECT_GT(judged, effort(30u));
}

// Histories, dots and logs of one or two entries: fewer states, never others.
TEST(Model, SqueezedBoundsOnlyForbid) {
    struct Squeeze {
        Squeeze() {
            memory::Model::history_limit = 2;
            memory::Model::log_limit = 1;
            memory::View::dot_limit = 1;
        }
        ~Squeeze() {
            memory::Model::history_limit = memory::max_history;
            memory::Model::log_limit = memory::max_log;
            memory::View::dot_limit = memory::View::max_dots;
        }
    };
    unsigned fewer = 0;
    for (std::uint64_t seed = 1; seed <= effort(300u); ++seed) {
        const std::string text = to_litmus(random_sketch(seed));
        SCOPED_TRACE("seed " + std::to_string(seed) + "\n" + text);
        const States whole = observed(text);
        const Squeeze squeeze;
        const States squeezed = observed(text);
        ASSERT_TRUE(std::ranges::includes(whole, squeezed));
        if (whole.size() != squeezed.size()) ++fewer;
    }
    EXPECT_GT(fewer, 0u) << "the bounds make a difference";
}

// With sequential consistency the outcomes are some of those.
TEST(Model, SequentialConsistencyObservesLess) {
    CheckOptions sc = on_machine();
    sc.mode = Mode::sc;
    unsigned fewer = 0;
    for (std::uint64_t seed = 1; seed <= effort(100u); ++seed) {
        const std::string text = to_litmus(random_sketch(seed));
        const States weak = observed(text);
        const States strong = observed(text, sc);
        ASSERT_TRUE(std::ranges::includes(weak, strong)) << text;
        if (weak.size() != strong.size()) ++fewer;
    }
    EXPECT_GT(fewer, effort_share == 1 ? 10u : 0u);
}

}  // namespace
}  // namespace rcufuzz::litmus::test
