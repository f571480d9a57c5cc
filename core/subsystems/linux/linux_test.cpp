// SPDX-License-Identifier: GPL-2.0-or-later
//
// Every kernel that scripts/kernel has built boots, runs, and is found correct. Without one, only
// what is said then is tested.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <set>

#include "core/base/check.h"
#include "core/base/files.h"
#include "core/base/text.h"
#include "core/linux/work.h"
#include "core/run/codec.h"
#include "core/run/frame.h"
#include "core/run/generate.h"
#include "core/run/kernel_bench.h"
#include "core/run/runner.h"
#include "core/run/survey.h"
#include "core/run/verify.h"
#include "core/strategy/strategies.h"
#include "core/subsystems/linux/configuration.h"
#include "core/subsystems/linux/every_kernel_test.h"
#include "core/subsystems/linux/kernels.h"
#include "core/subsystems/linux/steps.h"
#include "core/subsystems/subsystems.h"

namespace rcufuzz::linux_subject {
namespace {

std::string complaint(const std::string& kernel) {
    try {
        static_cast<void>(find_kernel(kernel));
    } catch (const UserError& error) {
        return error.what();
    }
    return "none";
}

TEST(BuiltKernels, WithoutOneTheUserHearsHowToBuildIt) {
    const char* const before = std::getenv("RCUFUZZ_KERNELS");
    const std::string saved = before != nullptr ? before : "";
    setenv("RCUFUZZ_KERNELS", "/nowhere", 1);
    EXPECT_EQ(complaint(""), "no kernel is built; scripts/kernel build debian:6.12 builds one");
    EXPECT_TRUE(built_kernels().empty());
    if (before != nullptr)
        setenv("RCUFUZZ_KERNELS", saved.c_str(), 1);
    else
        unsetenv("RCUFUZZ_KERNELS");
}

TEST(BuiltKernels, WhatTheyStandOnIsNotOfTheKernel) {
    const scenario::Subsystem& target = *subsystems::find("linux");
    for (const char* const own : {"kernel/rcu/tree.c:7 rcu_core", "include/linux/list.h:9 f"})
        EXPECT_TRUE(target.owns(own)) << own;
    for (const char* const ours : {"linux/work/calls.c:45 check_over", "sim/machine.cpp:131 begin",
                                   "kernel/timer.cpp:3 fire", "core/linux/runtime/slab.c:1 f"})
        EXPECT_FALSE(target.owns(ours)) << ours;
}

TEST(Questions, HaveAWordForProgramsAndASentenceForPeople) {
    const scenario::Platform& platform = *target().platform;
    std::set<std::string> words;
    for (unsigned what = MACHINE_NEXT_TASK; what <= MACHINE_TAKES_OVER; ++what) {
        EXPECT_FALSE(platform.answer_words(what).empty()) << what;
        EXPECT_TRUE(words.insert(platform.question_word(what)).second) << what;
    }
    EXPECT_EQ(platform.question_word(MACHINE_ALLOCATION_FAILS), "allocation");
    EXPECT_EQ(platform.question_word(MACHINE_TAKES_OVER + 1), "");
}

TEST(BuiltKernels, NoOtherTargetHasAKernel) {
    EXPECT_THROW(run::make_frame(*subsystems::find("nocb"), {.kernel = "6.12"}), UserError);
}

TEST_P(EveryKernel, InvokesACallback) {
    const run::Outcome outcome = run::replay(plan("op cpu0 on call_rcu how=0\n"));
    EXPECT_EQ(outcome.verdict, Verdict::clean) << outcome.detail;
    EXPECT_GT(outcome.points, 200u) << "a grace period has more";
}

// A structure is made, used and taken down; its grace period takes more than its operations.
TEST_P(EveryKernel, InvokesACallbackOfSrcu) {
    const run::Outcome alone = run::replay(plan("op cpu0 on srcu_read_lock n=1\n"));
    EXPECT_EQ(alone.verdict, Verdict::clean) << alone.detail;
    const run::Outcome outcome =
        run::replay(plan("op cpu0 on srcu_read_lock n=1\nop cpu0 on call_srcu n=1\n"
                         "op cpu0 on srcu_read_unlock\nop cpu0 on srcu_barrier n=1\n"
                         "op cpu0 on srcu_cleanup n=1\nop cpu0 on synchronize_srcu\n"));
    EXPECT_EQ(outcome.verdict, Verdict::clean) << outcome.detail;
    EXPECT_GT(outcome.points, alone.points + 200);
}

// Somebody waits for a lock that is held, and is killed; a thread is parked, and one is stopped.
TEST_P(EveryKernel, TakesLocksAndStopsThreads) {
    const run::Outcome outcome = run::replay(
        plan("op cpu0 on lock kind=1\nop cpu0 on locker n=4 kind=1\nop cpu0 on sleep jiffies=2\n"
             "op cpu0 on kill_locker n=0\nop cpu0 on sleep jiffies=2\nop cpu0 on unlock\n"
             "op cpu1 on kthread_work n=0 how=0\nop cpu1 on kthread_park unparks=0\n"
             "op cpu1 on kthread_park unparks=1\nop cpu1 on kthread_stop\n"
             "op cpu1 on completion_by by=2 cpu=0\n"));
    EXPECT_EQ(outcome.verdict, Verdict::clean) << outcome.detail;
    EXPECT_GT(outcome.points, 800u) << "the threads have run";
}

TEST_P(EveryKernel, TakesNmis) {
    const run::Outcome alone = run::replay(plan("op cpu0 on trace times=1\n"));
    const run::Outcome outcome =
        run::replay(plan("op cpu0 on trace times=1\nop cpu0 on nmi cpu=1\n"
                         "op cpu0 on nmi cpu=0 does=7\n"));
    EXPECT_EQ(outcome.verdict, Verdict::clean) << outcome.detail;
    EXPECT_GT(outcome.points, alone.points + 20);
}

// Each flavour of Tasks RCU waits for its readers, which takes more than an empty period.
TEST_P(EveryKernel, WaitsForTasks) {
    for (const char* const operations :
         {"op cpu0 on tasks_call_rcu flavor=0\nop cpu1 on trampoline jiffies=12 stays=1\n"
          "op cpu0 on tasks_synchronize_rcu flavor=0\nop cpu0 on tasks_rcu_barrier flavor=0\n",
          "op cpu1 on trace_read_lock\nop cpu1 on sleep jiffies=4\n"
          "op cpu0 hardirq tasks_call_rcu flavor=1 how=2\nop cpu0 on tasks_rcu_barrier flavor=1\n",
          "op cpu1 on read_lock how=2\nop cpu0 on tasks_synchronize_rcu flavor=2\n"}) {
        const run::Outcome outcome = run::replay(plan(operations));
        EXPECT_EQ(outcome.verdict, Verdict::clean) << outcome.detail << operations;
        const bool waits = loaded_kernel()->door().work->has_tasks_rcu != 0;
        EXPECT_GT(outcome.points, waits ? 700u : 0u) << operations;
    }
}

// Generators leave out what says nothing with this kernel.
TEST_P(EveryKernel, IsAskedForNothingThatItLacks) {
    const run::Frame frame = run::make_frame(target(), {.kernel = GetParam()});
    Prng prng(1);
    unsigned of_tasks = 0;
    for (int i = 0; i < 300; ++i)
        for (const scenario::Op& op : run::generate(frame.plan, {}, prng).ops)
            of_tasks += target().ops[op.kind].name == std::string_view("trampoline") ? 1 : 0;
    run::replay(plan(""));
    EXPECT_EQ(of_tasks != 0, loaded_kernel()->door().work->has_tasks_rcu != 0);
    const run::Plan base = run::generate(frame.plan, {}, prng);
    for (int i = 0; i < 2000; ++i) {
        run::Plan mutated = base;
        run::mutate(mutated, prng);
        for (std::size_t config = 0; config < target().configs.size(); ++config)
            ASSERT_TRUE(mutated.config[config] == 0 || !run::is_lacking(mutated, config))
                << run::to_text(mutated);
    }
}

// Each of the kernel's primitives: a header may have defined one anew, without a point.
TEST_P(EveryKernel, HasAPointInEachPrimitive) {
    const std::string file = "core/linux/work/primitives.c";
    run::replay(plan(""));
    const auto& door = loaded_kernel()->door();
    std::set<unsigned> points;
    for (unsigned long i = 0; i < door.site_count; ++i)
        if (door.sites[i].file == file) points.insert(door.sites[i].line);
    const auto bytes = read_file(std::string(RCUFUZZ_SOURCE_DIR) + "/" + file);
    unsigned number = 0;
    bool looks = false;
    for (const std::string_view line :
         lines(std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()))) {
        ++number;
        if (line == "\t/* end */") looks = false;
        EXPECT_TRUE(!looks || points.contains(number)) << line;
        if (line == "\t/* begin */") looks = true;
    }
    EXPECT_GT(points.size(), 50u);
}

// Of what a call's element says, too, which is read plainly once the element is given back. A run
// without such points is as if there were none.
TEST_P(EveryKernel, HasPointsAtPlainAccesses) {
    const std::string call = "op cpu0 on call_async cpu=1 csd=1\nop cpu1 on call_rcu\n";
    const run::Outcome usual = run::replay(plan(call));
    const run::Outcome plain = run::replay(plan("config plain_points 1\n" + call));
    EXPECT_EQ(plain.verdict, Verdict::clean) << plain.detail;
    EXPECT_GT(plain.points, usual.points * 11 / 10);
    EXPECT_EQ(run::replay(plan("config plain_points 1\n" + call)).trace_hash, plain.trace_hash);
}

// What is traced must not make a plain access more.
TEST_P(EveryKernel, HasAsManyPlainAccessesWhereNobodyIsTold) {
    const auto points = [&](bool traced) {
        return run::replay(plan("config plain_points 1\nop cpu0 on synchronize_rcu\n"),
                           {.trace = traced ? sim::TraceLevel::full : sim::TraceLevel::off})
            .points;
    };
    EXPECT_EQ(points(true), points(false));
}

// Some are of a variant, or of another version: a function that no kernel has any more is renamed.
TEST_P(EveryKernel, HasTheFunctionsThatStoriesTellOf) {
    run::replay(plan(""));
    const auto& door = loaded_kernel()->door();
    std::set<std::string_view> functions;
    for (unsigned long i = 0; i < door.site_count; ++i) functions.insert(door.sites[i].function);
    std::string lacks;
    std::size_t found = 0;
    for (const scenario::StepSpec& step : steps()) {
        const bool has = functions.contains(step.function);
        found += has ? 1 : 0;
        if (!has) lacks += std::string(step.function) + " ";
    }
    EXPECT_GT(found, steps().size() * 3 / 5) << "it lacks " << lacks;
    EXPECT_TRUE(functions.contains("csd_unlock") && functions.contains("srcu_gp_end")) << lacks;
}

TEST_P(EveryKernel, TakesTheSameCourseTwice) {
    const run::Plan again = plan(
        "op cpu0 on call_rcu how=2\nop cpu1 hardirq call_rcu how=0\nop cpu1 on rcu_barrier\n"
        "op cpu0 softirq burst count=2\nop cpu1 on synchronize_rcu how=1\n");
    const run::Outcome first = run::replay(again);
    run::replay(plan("config cpus 3\nop cpu2 on sleep jiffies=2\n"));  // another boot between
    const run::Outcome second = run::replay(again);
    EXPECT_EQ(first.verdict, Verdict::clean) << first.detail;
    EXPECT_EQ(first.trace_hash, second.trace_hash);
    EXPECT_EQ(first.points, second.points);
}

// How often it is written that a run came to a line of this file.
std::size_t reached(const std::string& text, const std::string& file) {
    std::size_t count = 0;
    for (const std::string_view line : lines(text))
        count += line.starts_with(file + " ") && line.ends_with(" 1") ? 1 : 0;
    return count;
}

TEST_P(EveryKernel, TakesTheSameCourseWhereItsLinesAreWatched) {
    const run::Plan sequential = plan("op cpu0 on call_rcu how=0\n");
    const run::Plan registers = plan("op cpu0 on probe_register probe=0\n");
    const run::Outcome unwatched = run::replay(registers);
    watch_lines_of(GetParam());
    EXPECT_EQ(run::replay(sequential).verdict, Verdict::clean);
    const std::string before = watched_lines();
    const run::Outcome watched = run::replay(registers);
    EXPECT_EQ(watched.trace_hash, unwatched.trace_hash);
    EXPECT_EQ(watched.points, unwatched.points);
    const std::string after = watched_lines();
    EXPECT_GT(reached(before, "kernel/rcu/tree.c"), 300u);
    EXPECT_LT(reached(before, "kernel/tracepoint.c"), 30u) << "the boot has nearly none";
    EXPECT_GT(reached(after, "kernel/tracepoint.c"), 50u);
    EXPECT_NE(after.find("kernel/locking/rwsem.c"), after.npos);
    EXPECT_EQ(reached(after, "kernel/locking/rwsem.c"), 0u);
    forget_watched_lines();
    EXPECT_EQ(reached(watched_lines(), "kernel/tracepoint.c"), 0u);
    EXPECT_EQ(run::replay(registers).trace_hash, unwatched.trace_hash);
    EXPECT_GT(reached(watched_lines(), "kernel/tracepoint.c"), 50u);
    EXPECT_LT(reached(watched_lines(), "kernel/rcu/tree.c"), reached(after, "kernel/rcu/tree.c"));
}

TEST_P(EveryKernel, KnowsWhatStandsAtAnAddress) {
    const BuiltKernel kernel = find_kernel(GetParam());
    const auto start = load_kernel(GetParam()).door().work->start;
    const std::string place = place_of(kernel, reinterpret_cast<std::uintptr_t>(start));
    EXPECT_TRUE(place.starts_with("core/linux/work/work.c:")) << place;
    EXPECT_EQ(place_of(kernel, 0), "");
}

TEST_P(EveryKernel, SaysWhetherARunCameNear) {
    const run::Plan calls = plan("op cpu0 on call_rcu how=0\n");
    const run::Plan registers = plan("op cpu0 on probe_register probe=0\n");
    watch_lines_of(GetParam());
    run::replay(registers);
    std::string near;
    const std::string reached = watched_lines();
    for (const std::string_view line : lines(reached))
        if (line.starts_with("kernel/tracepoint.c ") && line.ends_with(" 1"))
            near += std::string(line.substr(0, line.size() - 2)) + "\n";
    watch_lines_of(GetParam(), near);
    run::replay(calls);
    came_near();  // the boot did
    for (int again = 0; again < 3; ++again) {
        run::replay(calls);
        EXPECT_FALSE(came_near());
        run::replay(registers);
        EXPECT_TRUE(came_near());
        EXPECT_FALSE(came_near());
    }
    EXPECT_THROW(watch_lines_of(GetParam(), "kernel/smp.c\n"), UserError);
}

// What it boots with does not pile up, and a boot that is forgotten is repeated exactly.
TEST_P(EveryKernel, KeepsSoManyBootedStates) {
    const run::Plan first = plan("config bypass_limit 64\nop cpu0 on call_rcu how=0\n");
    const std::uint64_t hash = run::replay(first).trace_hash;
    for (int cpus = 2; cpus <= 4; ++cpus)
        for (int limit = 1; limit <= 63; ++limit)
            for (int stride = 1; stride <= 2; ++stride)
                run::replay(plan("config cpus " + std::to_string(cpus) + "\nconfig bypass_limit " +
                                 std::to_string(limit) + "\nconfig gp_stride " +
                                 std::to_string(stride) + "\n"));
    EXPECT_EQ(loaded_kernel()->booted(), linux_guest::Kernel::max_booted);
    EXPECT_EQ(run::replay(first).trace_hash, hash);
}

TEST_P(EveryKernel, HasNothingToFind) { finds_nothing(GetParam(), "sc", 100); }

// The last operation waits for a jiffy while the CPU that keeps the time idles.
TEST_P(EveryKernel, LetsTimeGoOnForACpuWithoutATick) {
    std::string ops = "config cpus 3\nconfig nohz_full 1\nconfig gp_stride 2\n";
    for (const char* op : {"sleep jiffies=4", "sleep jiffies=3", "sleep jiffies=2",
                           "user jiffies=0", "spin jiffies=1 how=0", "cond_resched",
                           "sleep jiffies=2", "spin jiffies=1 how=0", "spin jiffies=1 how=1"})
        ops += std::string("op cpu1 on ") + op + "\n";
    const std::optional<run::Find> find =
        run::Survey({.strategies = {"surw"}, .runs = 1000}).try_plan(plan(ops));
    EXPECT_FALSE(find.has_value()) << find->outcome.detail << "\n" << run::to_text(find->plan);
}

// A cookie is taken by a softirq in the middle of another's, of which each part is as it was.
TEST_P(EveryKernel, TakesCookiesInEachOthersMiddle) {
    const run::Plan workload =
        plan("op cpu0 softirq get_state how=2\nop cpu0 on get_state how=3\n");
    const std::optional<run::Find> find =
        run::Survey({.strategies = {"pos"}, .runs = 3000}).try_plan(workload);
    EXPECT_FALSE(find.has_value()) << find->outcome.detail << "\n" << run::to_text(find->plan);
}

// Reports name them.
TEST_P(EveryKernel, InterruptsHaveNames) {
    run::NamedTrace trace;
    run::replay(plan("op cpu1 hardirq call_rcu how=0\nop cpu0 on call_single cpu=1 wait=1\n"),
                {.trace = sim::TraceLevel::full, .keep = &trace});
    std::set<std::string> names;
    for (const sim::Event& event : trace.events)
        if (event.kind == sim::EventKind::irq_enter) names.insert(trace.objects[event.object]);
    for (const char* const name : {"function call", "workload's", ""})
        EXPECT_EQ(names.count(name), 1u) << "'" << name << "', the timer's has none";
}

// What a CPU does on its way out of an interrupt is no longer part of that.
TEST_P(EveryKernel, SoftirqsAreTold) {
    struct Seen {
        std::set<std::string> in_softirq, in_interrupt;
    } seen;
    const auto sink = [](void* arg, const sim::Context& who) {
        if (sim::is_task_key(who.key) || who.is_task()) return;
        auto& all = *static_cast<Seen*>(arg);
        (target().platform->in_softirq(who.cpu) ? all.in_softirq : all.in_interrupt)
            .insert(who.site.function_name());
    };
    sim::world().watchers().set_access_sink(sink, &seen);
    run::replay(plan("op cpu0 on call_rcu how=0\nop cpu0 on spin jiffies=4 how=0\n"));
    sim::world().watchers().set_access_sink(nullptr, nullptr);
    EXPECT_EQ(seen.in_softirq.count("note_gp_changes"), 1u);
    EXPECT_EQ(seen.in_interrupt.count("note_gp_changes"), 0u);
    EXPECT_EQ(seen.in_interrupt.count("rcu_pending"), 1u);
}

// Nodes of their own have to be gone through, and one above them.
TEST_P(EveryKernel, HasLeavesOfTwoCpus) {
    const std::string ops =
        "config cpus 4\nop cpu3 on synchronize_rcu how=0\n"
        "op cpu0 on synchronize_rcu how=1\n";
    const run::Outcome one = run::replay(plan(ops));
    const run::Outcome three = run::replay(plan("config two_per_leaf 1\n" + ops));
    EXPECT_EQ(three.verdict, Verdict::clean) << three.detail;
    EXPECT_GT(three.points, one.points + 20);
}

// Two CPUs arm the same timer of a third, which may idle, or is that of a CPU that goes.
TEST_P(EveryKernel, ArmsTimersOfOtherCpus) {
    const run::Plan workload = plan(
        "config cpus 3\nconfig hotplug 1\nop cpu0 on timer n=4 how=5\nop cpu1 on timer n=5 how=5\n"
        "op cpu0 hardirq timer n=2 how=5\nop cpu1 on cpu_down cpu=2\nop cpu1 on sleep jiffies=2\n"
        "op cpu0 on timer n=4 how=5\nop cpu1 on cpu_up cpu=2\n");
    const std::optional<run::Find> find =
        run::Survey({.strategies = {}, .runs = 600}).try_plan(workload);
    EXPECT_FALSE(find.has_value()) << find->outcome.detail << "\n" << run::to_text(find->plan);
    const run::Outcome nothing = run::replay(plan("op cpu0 on read_unlock\n"));
    EXPECT_GT(run::replay(plan("op cpu0 on timer n=2 how=5\n")).points, nothing.points + 20);
}

TEST_P(EveryKernel, TakesCpusOffline) {
    const std::string down = "op cpu0 on cpu_down cpu=1\nop cpu2 on cpu_down cpu=1\n";
    const run::Outcome stays = run::replay(plan("config cpus 3\n" + down));
    const run::Outcome goes = run::replay(plan("config cpus 3\nconfig hotplug 1\n" + down));
    EXPECT_EQ(stays.verdict, Verdict::clean) << stays.detail;
    EXPECT_EQ(goes.verdict, Verdict::clean) << goes.detail;
    EXPECT_GT(goes.points, stays.points + 1000) << "grace periods, threads that park, a stop";
}

// Timers, callbacks and calls of a CPU that goes and comes, and one that is taken back offline.
TEST_P(EveryKernel, LosesNothingWhereCpusComeAndGo) {
    const run::Plan workload = plan(
        "config cpus 4\nconfig hotplug 1\nop cpu0 on cpu_down cpu=1\nop cpu0 on call_rcu how=1\n"
        "op cpu0 on rcu_barrier\nop cpu0 on cpu_up cpu=1\nop cpu1 on call_rcu how=1\n"
        "op cpu1 on timer n=2 how=0\nop cpu1 on burst count=1\nop cpu1 on sleep jiffies=1\n"
        "op cpu2 on call_single cpu=1\nop cpu2 on synchronize_rcu how=1\n"
        "op cpu2 on cpu_down cpu=3\nop cpu2 on rcu_barrier\nop cpu2 on cpu_up cpu=3\n");
    const std::optional<run::Find> find =
        run::Survey({.strategies = {}, .runs = 600}).try_plan(workload);
    EXPECT_FALSE(find.has_value()) << find->outcome.detail << "\n" << run::to_text(find->plan);
}

// A CPU that starts has its tick, be it that a task runs there before it has ever been idle.
TEST_P(EveryKernel, TicksFromTheStart) {
    const run::Plan workload = plan(
        "config cpus 4\nconfig hotplug 1\nconfig use_softirq 0\nconfig two_per_leaf 1\n"
        "op cpu1 on cpu_down cpu=2\nop cpu2 on spin jiffies=1 how=0\n"
        "op cpu2 on spin jiffies=3 how=1\nop cpu2 on spin jiffies=3 how=1\n"
        "op cpu2 on spin jiffies=3 how=1\n");
    const std::optional<run::Find> find =
        run::Survey({.strategies = {}, .runs = 600}).try_plan(workload);
    EXPECT_FALSE(find.has_value()) << find->outcome.detail << "\n" << run::to_text(find->plan);
}

TEST_P(EveryKernel, RunsRcusCoreInThreads) {
    const std::string ops = "config nocbs 0\nop cpu0 on call_rcu how=1\nop cpu1 on rcu_barrier\n";
    const run::Outcome softirq = run::replay(plan(ops));
    const run::Outcome threads = run::replay(plan("config use_softirq 0\n" + ops));
    EXPECT_EQ(threads.verdict, Verdict::clean) << threads.detail;
    EXPECT_GT(threads.points, softirq.points + 20) << "threads are woken";
}

// Whether a CPU takes a task over is asked only where one may be ready elsewhere.
TEST_P(EveryKernel, TakesTasksOver) {
    const std::string ops =
        "config cpus 3\nop cpu1 on synchronize_rcu how=1\n"
        "op cpu2 on rcu_barrier\nop cpu0 on synchronize_rcu how=0\n";
    unsigned differ = 0;
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
        const auto policy = strategy::make_policy("random");
        policy->reseed(seed);
        const run::Recorded stay = run::record(plan(ops), *policy);
        policy->reseed(seed);
        const run::Recorded move = run::record(plan("config balance 1\n" + ops), *policy);
        EXPECT_EQ(move.outcome.verdict, Verdict::clean) << move.outcome.detail;
        differ += stay.outcome.trace_hash != move.outcome.trace_hash ? 1 : 0;
    }
    EXPECT_GT(differ, 0u);
}

TEST_P(EveryKernel, LetsWorkloadsBeLong) {
    std::string ops;
    for (int i = 0; i < 60; ++i) ops += "op cpu" + std::to_string(i % 4) + " on synchronize_rcu\n";
    Prng prng(11);
    const auto policy = strategy::make_policy("random");
    for (unsigned i = 0; i < 20 && !HasFatalFailure(); ++i)
        expect_clean(plan("config cpus 4\n" + ops), *policy, prng.next());
}

// Where an interrupt stands on the stack of a CPU that rests is part of the state, too.
TEST_P(EveryKernel, IsSearchedPointByPoint) {
    run::VerifyOptions options;
    options.base = plan("op cpu0 on call_rcu how=1\nop cpu1 on call_rcu how=1\n");
    options.delays = 0;
    options.keep_going = [](void*, const run::VerifyProgress& done) { return done.runs < 10; };
    const run::VerifyResult result = run::verify(options);
    EXPECT_EQ(result.outcome.verdict, Verdict::clean) << result.outcome.detail;
    EXPECT_GE(result.done.runs, 10u) << "more answers than one to who is next and where";
}

TEST_P(EveryKernel, IsMeasured) {
    const auto lines =
        run::measure_kernel(run::make_frame(target(), {.kernel = GetParam()}), 0.001);
    EXPECT_GT(lines.size(), 20u);
    for (const run::Measurement& line : lines) {
        if (line.unit != "per execution") continue;  // a time
        EXPECT_GT(line.value, 0) << line.what;
    }
}

RCUFUZZ_FOR_EVERY_KERNEL(EveryKernel);

}  // namespace
}  // namespace rcufuzz::linux_subject
