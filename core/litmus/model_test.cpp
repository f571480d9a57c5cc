// SPDX-License-Identifier: GPL-2.0-or-later
//
// The memory model against the kernel's axioms, on random programs; and the search against itself
// without its reductions.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

#include "core/litmus/axioms_test.h"
#include "core/litmus/check.h"
#include "core/litmus/parse.h"

namespace rcufuzz::litmus::test {
namespace {

States observed(const std::string& text, const CheckOptions& options = {}) {
    const Test parsed = parse(text, "random.litmus");
    const Report report = check(parsed, "random.litmus", options);
    EXPECT_TRUE(report.complete);
    EXPECT_FALSE(report.stuck);
    States states;
    for (const State& state : report.states) states.insert(state_text(parsed, state));
    return states;
}

// RCUFUZZ_LITMUS_SEEDS=20000 for a longer look.
std::uint64_t seeds(std::uint64_t standard) {
    const char* const text = std::getenv("RCUFUZZ_LITMUS_SEEDS");
    return text == nullptr ? standard : std::strtoull(text, nullptr, 10);
}

bool has_sections(const Sketch& sketch) {
    const auto begins_one = [](const Step& step) {
        return step.what == Do::lock || step.what == Do::rcu_lock || step.what == Do::sync_rcu;
    };
    return std::ranges::any_of(sketch.threads, [&](const std::vector<Step>& thread) {
        return std::ranges::any_of(thread, begins_one);
    });
}

// What is observed is allowed: no false alarm. And what the axioms allow is observed; where there
// are sections, which nothing overtakes here, at least what they allow if no load comes after a
// later store. README.md declares this limit, and the one that shows in one program of thousands.
TEST(Model, ObservesWhatTheAxiomsAllow) {
    std::uint64_t early = 0;
    std::uint64_t fewer = 0;
    std::uint64_t judged = 0;
    const std::uint64_t count = seeds(300);
    for (std::uint64_t seed = 1; seed <= count; ++seed) {
        const Sketch sketch = random_sketch(seed);
        const double candidates = candidate_count(sketch);
        if (candidates == 0 || candidates > 2000) continue;
        ++judged;
        const std::string text = to_litmus(sketch);
        SCOPED_TRACE("seed " + std::to_string(seed) + "\n" + text);
        const States ours = observed(text);
        const States expected = allowed(sketch, Axioms::kernel);
        const States in_order = allowed(sketch, Axioms::kernel_loads_first);
        ASSERT_TRUE(std::ranges::includes(expected, ours));
        ASSERT_TRUE(std::ranges::includes(ours, in_order));
        if (!has_sections(sketch) && ours != expected) ++fewer;
        if (ours.size() > in_order.size()) ++early;
    }
    EXPECT_GT(judged, count / 2);
    EXPECT_LE(fewer, judged / 1000);
    EXPECT_GT(early, 0u) << "stores come early in some of these programs";
}

// Both reductions off, and the same final states: the search leaves out no more than it may.
TEST(Search, FindsTheSameStatesWithoutReductions) {
    unsigned judged = 0;
    for (std::uint64_t seed = 1; seed <= 150; ++seed) {
        const Sketch sketch = random_sketch(seed);
        std::size_t steps = 0;
        for (const auto& thread : sketch.threads) steps += thread.size();
        if (steps > 6) continue;
        ++judged;
        const std::string text = to_litmus(sketch);
        SCOPED_TRACE("seed " + std::to_string(seed) + "\n" + text);
        CheckOptions plain;
        plain.reduce = false;
        ASSERT_EQ(observed(text), observed(text, plain));
    }
    EXPECT_GT(judged, 30u);
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
    for (std::uint64_t seed = 1; seed <= 300; ++seed) {
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
    CheckOptions sc;
    sc.mode = Mode::sc;
    unsigned fewer = 0;
    for (std::uint64_t seed = 1; seed <= 100; ++seed) {
        const std::string text = to_litmus(random_sketch(seed));
        const States weak = observed(text);
        const States strong = observed(text, sc);
        ASSERT_TRUE(std::ranges::includes(weak, strong)) << text;
        if (weak.size() != strong.size()) ++fewer;
    }
    EXPECT_GT(fewer, 10u);
}

}  // namespace
}  // namespace rcufuzz::litmus::test
