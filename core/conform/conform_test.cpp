// SPDX-License-Identifier: GPL-2.0-or-later
//
// Traces as text, and that the machine can make those of its own runs, and no others.
#include "core/conform/conform.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "core/base/check.h"
#include "core/base/files.h"
#include "core/conform/meaning.h"
#include "core/conform/print.h"
#include "core/run/codec.h"
#include "core/run/runner.h"
#include "core/strategy/strategies.h"
#include "core/subsystems/linux/kernels.h"

namespace rcufuzz::conform {
namespace {

TEST(Meaning, CountsGracePeriodsFromTheWindow) {
    Meaning meaning(-1180);
    EXPECT_EQ(meaning.of("rcu_grace_period: rcu_preempt -1179 start"),
              "rcu_grace_period rcu_preempt +1 start");
    EXPECT_EQ(meaning.of("rcu_quiescent_state_report: rcu_preempt -1179 2>1 1 0 1 0"),
              "rcu_quiescent_state_report rcu_preempt +1 2>1 1 0 1 0");
    EXPECT_EQ(meaning.of("rcu_grace_period: rcu_preempt -1180 cpuend"), std::nullopt)
        << "the CPU hears late of a period that was over before";
    EXPECT_EQ(meaning.of("rcu_grace_period: rcu_preempt -1180 cpuqs"), std::nullopt)
        << "it was asked for it before";
    EXPECT_EQ(meaning.of("rcu_fqs: rcu_preempt -1179 1 dti"), "rcu_fqs rcu_preempt +1 1 dti");
    EXPECT_EQ(meaning.of("rcu_fqs: rcu_preempt -1188 1 dti"), "rcu_fqs rcu_preempt old 1 dti");
    EXPECT_EQ(meaning.of("rcu_grace_period: rcu_preempt -1180 newreq"),
              "rcu_grace_period rcu_preempt +0 newreq");
}

TEST(Meaning, KnowsCallbacksByTheOrderOfTheirPosting) {
    Meaning meaning(0);
    const std::string_view first = "rcu_callback: rcu_preempt rhp=00aa func=f [module] 1";
    EXPECT_EQ(meaning.of(first), "rcu_callback rcu_preempt 1");
    meaning.traced(first);
    meaning.traced("rcu_callback: rcu_preempt rhp=00bb func=f 2");
    EXPECT_EQ(meaning.of("rcu_invoke_callback: rcu_preempt rhp=00bb func=f"),
              "rcu_invoke_callback rcu_preempt #1");
    const std::string_view invoked = "rcu_invoke_callback: rcu_preempt rhp=00aa func=f [module]";
    EXPECT_EQ(meaning.of(invoked), "rcu_invoke_callback rcu_preempt #0");
    meaning.traced(invoked);
    EXPECT_EQ(meaning.of(invoked), "rcu_invoke_callback rcu_preempt ?") << "a second time";
}

TEST(Meaning, LeavesOutWhatItDoesNotKnow) {
    Meaning meaning(0);
    EXPECT_EQ(meaning.of("rcu_utilization: Start context switch"), std::nullopt);
    EXPECT_EQ(meaning.of("rcu_grace_period: rcu_preempt many start"), std::nullopt);
    EXPECT_EQ(meaning.of("rcu_grace_period: rcu_preempt 5"), std::nullopt);
    EXPECT_EQ(meaning.of("rcu_batch_end: rcu_preempt CBs-invoked=1 idle=.SI."),
              "rcu_batch_end rcu_preempt CBs-invoked=1 idle=..I.");
    EXPECT_EQ(meaning.of("work [m]: rcufuzz: begin 3"), "begin 3");
    EXPECT_EQ(meaning.of("local_timer_entry: vector=236"), "irq timer");
}

TEST(Meaning, NamesWhoActs) {
    EXPECT_EQ(who_of("rcufuzz/2", 2, '.'), "cpu2");
    EXPECT_EQ(who_of("work/2", 2, '.'), "cpu2");
    EXPECT_EQ(who_of("rcu_preempt", 1, 's'), "cpu1/softirq");
    EXPECT_EQ(who_of("<idle>", 1, 'H'), "cpu1/hardirq");
    EXPECT_EQ(who_of("swapper/1", 1, '.'), "cpu1/idle");
    EXPECT_EQ(who_of("rcuog/0", 3, '.'), "rcuog/0");
}

std::string complaint(const std::string& trace) {
    try {
        static_cast<void>(read_trace(trace, "t", ""));
    } catch (const UserError& error) {
        return error.what();
    }
    return "none";
}

constexpr std::string_view before = "  rcufuzz/0-7  [000] d..1.  1.000000: f: rcufuzz: ";

std::string marks(std::initializer_list<std::string_view> all) {
    std::string text = "# tracer: nop\n";
    for (const std::string_view mark : all) text.append(before).append(mark).append("\n");
    return text;
}

TEST(Trace, WhatIsWrongIsSaidInALine) {
    EXPECT_EQ(complaint("x"), "t:1: is no line of a trace: 'x'");
    EXPECT_EQ(complaint(marks({"begin 1"})),
              "t:2: has no window: no line \"rcufuzz: window\" to \"over\"");
    EXPECT_EQ(complaint(marks({"window gp_seq=x"})),
              "t:2: expected window gp_seq=NUMBER, or before it the end of a grace period");
    EXPECT_EQ(complaint(marks({"window gp_seq=4", "jump"})), "t:3: a window has no mark 'jump'");
    EXPECT_EQ(complaint(marks({"window gp_seq=4", "over"})),
              "t:3: a window is over that has not begun");
    EXPECT_NE(complaint(marks({"window gp_seq=4", "op cpu0 on jump", "go", "over"})), "none");
}

TEST(Trace, IsCutIntoWindows) {
    const std::string text =
        marks({"window gp_seq=4", "op cpu0 on cond_resched", "go", "begin 0"}) +
        "  a b-c-15  [001] d.s1.  1.5: rcu_grace_period: rcu_preempt 5 start\n"
        "  a b-c-15  [001] d.s1.  1.5: rcu_utilization: Start context switch\n" +
        marks({"end 0", "over", "begin 7", "window gp_seq=8", "go"}) +
                             "CPU:1 [LOST 7 EVENTS]\n" + marks({"over"});
    const std::vector<Window> windows = read_trace(text, "t", "");
    ASSERT_EQ(windows.size(), 2u);
    ASSERT_EQ(windows[0].events.size(), 3u);
    EXPECT_EQ(windows[0].others, 1u);
    EXPECT_EQ(windows[0].events[1].what, "rcu_grace_period rcu_preempt +1 start");
    EXPECT_EQ(windows[0].events[1].who, "cpu1/softirq");
    EXPECT_EQ(windows[0].events[1].line, 6u);
    EXPECT_EQ(windows[0].plan.ops.size(), 1u);
    EXPECT_FALSE(windows[0].lost);
    EXPECT_TRUE(windows[1].lost);
}

// All CPUs tick at the same times, and some are late.
TEST(Trace, CountsJiffiesByItsTicks) {
    const std::string tick = "  <idle>-0  [001] d.h1.  ";
    const std::string text =
        marks({"window gp_seq=4", "go"}) + tick + "1.003: local_timer_entry: vector=236\n" +
        "  a-15  [001] d.s1.  1.0125: rcu_grace_period: rcu_preempt 5 start\n" + tick +
        "1.015: local_timer_entry: vector=236\n" +
        "  a-15  [001] d.s1.  1.0225: rcu_grace_period: rcu_preempt 5 end\n" + tick +
        "1.0231: local_timer_entry: vector=236\n" + marks({"over"});
    const std::vector<Window> windows = read_trace(text, "t", "");
    ASSERT_EQ(windows.size(), 1u);
    std::vector<std::int64_t> jiffies;
    for (const Due& due : windows[0].events) jiffies.push_back(due.jiffy);
    EXPECT_EQ(jiffies, (std::vector<std::int64_t>{1, 1, 2, 2, 3}));
}

// --- of booted kernels --------------------------------------------------------------------------

const std::string traces = std::string(RCUFUZZ_SOURCE_DIR) + "/core/conform/traces/";

std::string file_text(const std::string& path) {
    const std::vector<std::uint8_t> bytes = read_file(path, 1 << 20);
    return {bytes.begin(), bytes.end()};
}

TEST(BootedKernels, TracesAreRead) {
    std::size_t windows = 0, events = 0, others = 0;
    for (const char* const kernel : {"6.12-preempt", "6.1-preempt"})
        for (const Window& window : read_trace(file_text(traces + kernel + ".trace"), "t", "")) {
            ++windows;
            events += window.events.size() - window.interrupts;
            others += window.others;
            EXPECT_FALSE(window.plan.ops.empty());
            EXPECT_EQ(window.events.front().what.substr(0, 6), "begin ");
            EXPECT_FALSE(window.lost);
        }
    EXPECT_EQ(windows, 7u);
    EXPECT_EQ(events, 434u);
    EXPECT_EQ(others, 0u) << "all but these are compared";
}

class BootedKernelsTraces : public testing::TestWithParam<std::string> {};

TEST_P(BootedKernelsTraces, AreAccepted) {
    for (const Window& window :
         read_trace(file_text(traces + GetParam() + ".trace"), "t", GetParam())) {
        const Conformance result = conform(window, 2000);
        EXPECT_TRUE(result.accepted) << window.line << ": " << result.instead;
    }
}

// Which of two tasks goes on the trace says, so nobody has to search for it: by chance alone they
// take hundreds of runs.
TEST_P(BootedKernelsTraces, SayWhichTaskGoesOn) {
    if (GetParam() != "6.12-preempt") GTEST_SKIP() << "a trace of that kernel is kept";
    const std::vector<Window> windows =
        read_trace(file_text(traces + "tasks-" + GetParam() + ".trace"), "t", GetParam());
    EXPECT_EQ(windows.size(), 3u);
    for (const Window& window : windows)
        EXPECT_TRUE(conform(window, 50).accepted) << window.line;
}

// A kthread's CPU is part of what is compared. It does not sleep before this event.
TEST_P(BootedKernelsTraces, OnAnotherCpuAreRefused) {
    unsigned changed = 0;
    for (Window& window :
         read_trace(file_text(traces + GetParam() + ".trace"), "t", GetParam())) {
        const auto waits = std::ranges::find_if(window.events, [](const Due& due) {
            return due.who == "rcu_preempt" && due.what.ends_with(" fqswait");
        });
        if (waits == window.events.end()) continue;
        waits->cpu ^= 1;
        ++changed;
        EXPECT_FALSE(conform(window, 500).accepted) << window.line;
    }
    EXPECT_GT(changed, 1u);
}

std::vector<std::string> traced_kernels() {
    std::vector<std::string> names;
    for (const linux_subject::BuiltKernel& kernel : linux_subject::built_kernels())
        if (kernel.name == "6.12-preempt" || kernel.name == "6.1-preempt")
            names.push_back(kernel.name);
    return names;
}

std::string test_name(const testing::TestParamInfo<std::string>& info) {
    std::string name = info.param;
    std::ranges::replace_if(
        name, [](char c) { return c == '.' || c == '-' || c == '+'; }, '_');
    return name;
}

INSTANTIATE_TEST_SUITE_P(Built, BootedKernelsTraces, testing::ValuesIn(traced_kernels()),
                         test_name);
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(BootedKernelsTraces);

// --- with a kernel ------------------------------------------------------------------------------

std::vector<std::string> correct_kernels() {
    std::vector<std::string> names;
    for (const linux_subject::BuiltKernel& kernel : linux_subject::built_kernels())
        if (kernel.name.find("without") == std::string::npos) names.push_back(kernel.name);
    return names;
}

class OwnTraces : public testing::TestWithParam<std::string> {
   protected:
    static constexpr unsigned tries = 2000;

    static std::string head() {
        return "rcufuzz-plan 1\ntarget linux\nkernel " +
               linux_subject::find_kernel(GetParam()).name + " " +
               linux_subject::find_kernel(GetParam()).hash + "\n";
    }
    std::string trace_of(const std::string& config, std::uint64_t seed) const {
        const run::Plan plan = run::from_text(
            head() + config +
                "op cpu0 on call_rcu how=0\nop cpu1 off call_rcu how=2\n"
                "op cpu1 on read_lock how=0\nop cpu1 on read_unlock\n"
                "op cpu0 on synchronize_rcu how=0\n"
                "op cpu1 softirq call_rcu how=0\nop cpu0 on rcu_barrier\n",
            "plan");
        const auto policy = strategy::make_policy("pct");
        policy->reseed(seed);
        return print_events(run::record(plan, *policy).plan).trace;
    }
    Window window_of(const std::string& config, std::uint64_t seed) const {
        std::vector<Window> windows = read_trace(trace_of(config, seed), "own", "");
        EXPECT_EQ(windows.size(), 1u);
        return std::move(windows.front());
    }
};

constexpr const char* two_cpus = "config cpus 2\nconfig nocbs 0\n";

// The search is left to chance and gives up: for some there may be no schedule in so many tries.
TEST_P(OwnTraces, AreAccepted) {
    unsigned accepted = 0;
    for (std::uint64_t seed = 1; seed <= 7; ++seed) {
        const Window window = window_of(two_cpus, seed);
        EXPECT_GT(window.events.size(), 40u);
        accepted += conform(window, tries).accepted ? 1 : 0;
    }
    EXPECT_GE(accepted, 5u);
}

// The same window, and one event in it that could not have been.
void refuses(const Window& right, const char* what, void (*change)(Window&, std::size_t at),
             bool (*fits)(const Window&, std::size_t at)) {
    unsigned changed = 0;
    for (std::size_t at = 1; at + 1 < right.events.size() && changed < 12; ++at) {
        if (right.events[at].optional || !fits(right, at)) continue;
        Window wrong = right;
        change(wrong, at);
        ++changed;
        EXPECT_FALSE(conform(wrong, 150).accepted) << what << ": " << right.events[at].what;
    }
    EXPECT_GT(changed, 2u) << what;
}

bool has(const Window& window, std::size_t at, std::string_view text) {
    return window.events[at].what.find(text) != std::string::npos;
}

TEST_P(OwnTraces, WithAWrongEventAreRefused) {
    Window right;
    for (std::uint64_t seed = 1; seed <= 7 && right.events.empty(); ++seed)
        if (Window window = window_of(two_cpus, seed); conform(window, tries).accepted)
            right = std::move(window);
    ASSERT_FALSE(right.events.empty());
    refuses(right, "a grace period's number", [](Window& w, std::size_t at) {
        w.events[at].what.insert(w.events[at].what.find('+') + 1, "1");
    }, [](const Window& w, std::size_t at) { return has(w, at, "rcu_grace_period "); });
    refuses(right, "left out", [](Window& w, std::size_t at) {
        w.events.erase(w.events.begin() + static_cast<std::ptrdiff_t>(at));
    }, [](const Window&, std::size_t) { return true; });
    refuses(right, "twice", [](Window& w, std::size_t at) {
        w.events.insert(w.events.begin() + static_cast<std::ptrdiff_t>(at), w.events[at]);
    }, [](const Window& w, std::size_t at) { return has(w, at, "callback"); });
    refuses(right, "exchanged", [](Window& w, std::size_t at) {
        std::swap(w.events[at].what, w.events[at + 1].what);
    }, [](const Window& w, std::size_t at) {
        return w.events[at].who == w.events[at + 1].who &&
               w.events[at].what != w.events[at + 1].what;
    });
    refuses(right, "another CPU's", [](Window& w, std::size_t at) {
        w.events[at].who = w.events[at].who.front() == 'c' ? "cpu7" : "rcu_other";
    }, [](const Window&, std::size_t) { return true; });
}

// What is behind a callback's grace period, before it.
TEST_P(OwnTraces, WithACallbackTooEarlyAreRefused) {
    Window window = window_of(two_cpus, 1);
    const auto is = [](std::string_view word) {
        return [word](const Due& due) { return due.what.find(word) != std::string::npos; };
    };
    const auto end = std::ranges::find_if(window.events, is("+1 end"));
    const auto batch = std::ranges::find_if(window.events, is("rcu_batch_start"));
    ASSERT_TRUE(end < batch && batch != window.events.end());
    std::rotate(end, batch, batch + 2);
    EXPECT_FALSE(conform(window, 500).accepted);
}

TEST_P(OwnTraces, AreThoseOfTheSameRunWithoutAListener) {
    const run::Plan plan =
        run::from_text(head() + "op cpu0 on call_rcu\nop cpu1 on rcu_barrier\n", "plan");
    EXPECT_EQ(print_events(plan).outcome.points, run::replay(plan).points);
    EXPECT_EQ(print_events(plan).trace, print_events(plan).trace);
}

INSTANTIATE_TEST_SUITE_P(Built, OwnTraces, testing::ValuesIn(correct_kernels()), test_name);
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(OwnTraces);

}  // namespace
}  // namespace rcufuzz::conform
