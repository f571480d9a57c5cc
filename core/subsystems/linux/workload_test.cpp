// SPDX-License-Identifier: GPL-2.0-or-later
//
// What operations make a kernel do: its functions that a run comes to, and its boot not.
#include <gtest/gtest.h>

#include <string>

#include "core/base/text.h"
#include "core/linux/work.h"
#include "core/run/codec.h"
#include "core/run/runner.h"
#include "core/scenario/platform.h"
#include "core/subsystems/linux/configuration.h"
#include "core/subsystems/linux/every_kernel_test.h"

namespace rcufuzz::linux_subject {
namespace {

class Workload : public EveryKernel {
   protected:
    void SetUp() override { watch_lines_of(GetParam()); }

    // To how many points of the function, which has some.
    std::size_t points_in(const std::string& function) const {
        const auto& door = loaded_kernel()->door();
        bool has = false;
        std::size_t count = 0;
        for (unsigned long i = 0; i < door.site_count; ++i) {
            const machine_site& site = door.sites[i];
            if (site.function != function) continue;
            has = true;
            const std::string line = std::string(site.file) + " " + std::to_string(site.line);
            if (("\n" + lines_).find("\n" + line + " 1\n") != std::string::npos) ++count;
        }
        EXPECT_TRUE(has) << function;
        return count;
    }

    std::size_t lines_of(const std::string& file) const {
        std::size_t count = 0;
        for (const std::string_view line : lines(lines_))
            count += line.starts_with(file + " ") && line.ends_with(" 1") ? 1 : 0;
        return count;
    }

    // In a run without a find.
    void run(const std::string& text) {
        std::string booted;
        for (const std::string_view line : lines(text))
            if (line.starts_with("config")) booted += std::string(line) + "\n";
        run::replay(plan(booted));
        forget_watched_lines();
        const run::Outcome outcome = run::replay(plan(text));
        EXPECT_EQ(outcome.verdict, Verdict::clean) << outcome.detail << "\n" << text;
        lines_ = watched_lines();
    }

    void expect(const std::string& function) const {
        EXPECT_GT(points_in(function), 0u) << function;
    }
    void expect_not(const std::string& function) const {
        EXPECT_EQ(points_in(function), 0u) << function;
    }

   private:
    std::string lines_;
};

// Online in v6.1, offline later.
TEST_P(Workload, OffloadsACpuAgain) {
    const bool online = find_kernel(GetParam()).release.starts_with("6.1.");
    const std::string before =
        online ? "" : "config cpus 3\nconfig hotplug 1\nop cpu0 on cpu_down cpu=1\n";
    run(before + "op cpu0 on nocb_toggle cpu=1 how=0\n");
    expect("nocb_gp_toggle_rdp");
    expect_not("rcu_nocb_rdp_offload");
    run(before + "op cpu0 on nocb_toggle cpu=1 how=2\nop cpu0 on cpu_up cpu=1\n"
                 "op cpu0 on call_single cpu=1 wait=1\n");
    expect("rcu_nocb_rdp_offload");
}

TEST_P(Workload, BringsACpuBackAtOnce) {
    const std::string call = "op cpu0 on call_single cpu=1 wait=1\n";
    run("config hotplug 1\nop cpu0 on cpu_down cpu=1 how=0\n" + call);
    expect_not("bring_up");
    run("config hotplug 1\nop cpu0 on cpu_down cpu=1 how=4\n" + call);
    expect("bring_up");
    expect("rcutree_online_cpu");
}

// More than those of one grace period that its kthread wakes by itself (v6.10 and later).
TEST_P(Workload, HasManyWaiters) {
    run("op cpu0 on waiters count=1\n");
    const std::size_t normal = lines_of("kernel/rcu/tree_exp.h");
    run("op cpu0 on waiters count=2 how=1\n");
    EXPECT_GT(lines_of("kernel/rcu/tree_exp.h"), normal);
    if (target().platform->lacks(target().platform->subject(GetParam()), wake_from_gp)) return;
    run("config wake_from_gp 1\nop cpu0 hardirq waiters count=4\n");
    expect_not("rcu_sr_normal_gp_cleanup_work");
    run("config wake_from_gp 1\nop cpu0 hardirq waiters count=6\n");
    expect("rcu_sr_normal_gp_cleanup_work");
}

TEST_P(Workload, ChoosesWhomToCall) {
    run("op cpu0 on call_chosen mask=2 how=1\n");
    expect("smp_call_function_any");
    expect_not("wants_call");
    run("op cpu0 on call_chosen mask=3 how=3\nop cpu0 on call_chosen mask=2 how=2\n");
    expect("wants_call");
}

// The element is queued again as soon as it is unlocked, which may be before its function has run.
TEST_P(Workload, CallsAgainWithTheSameElement) {
    const std::string call = "op cpu0 on call_async cpu=1 csd=0\n";
    const std::string later = "op cpu0 on sleep jiffies=1\nop cpu0 on call_async cpu=0 csd=0\n";
    run(call);
    expect("generic_exec_single");
    const std::uint64_t once = run::replay(plan(call)).points;
    EXPECT_LT(run::replay(plan(call + call)).points, once + 20) << "it is under way";
    EXPECT_GT(run::replay(plan(call + later)).points, once + 20);
    run(call + call + later);
}

TEST_P(Workload, UsesAPercpuRwsemForAWhile) {
    run("op cpu0 on read_lock how=0\nop cpu0 on rwsem_life how=3\n");
    const std::size_t refused = lines_of("kernel/rcu/sync.c");
    run("op cpu0 on rwsem_life how=2\n");
    const std::size_t only_read = lines_of("kernel/rcu/sync.c");
    EXPECT_GT(only_read, refused) << "it is taken down";
    run("op cpu0 on rwsem_life how=3\n");
    EXPECT_GT(lines_of("kernel/rcu/sync.c"), only_read) << "a grace period may be outstanding";
}

// Who calls it sets a flag, which it watches, and sends no interrupt.
TEST_P(Workload, PollsWhereItIsIdle) {
    const std::string calls = "op cpu0 on call_single cpu=1 wait=1\nop cpu0 on irq_work cpu=1\n";
    run(calls);
    const std::size_t nothing_there = points_in("flush_smp_call_function_queue");
    run("config polling 1\n" + calls);
    EXPECT_GT(points_in("flush_smp_call_function_queue"), nothing_there);
}

// A CPU that idles takes one tick more, and is done with its time later.
TEST_P(Workload, KeepsItsTickAtFirstWhereThereIsNoCpuidle) {
    const std::string ops = "op cpu0 on cond_resched\nop cpu1 on cond_resched\n";
    const std::uint64_t stops = run::replay(plan(ops)).points;
    run("config no_cpuidle 1\n" + ops);
    EXPECT_GT(run::replay(plan("config no_cpuidle 1\n" + ops)).points, stops);
}

TEST_P(Workload, IsOverloaded) {
    run("config qovld 2\nop cpu0 on burst count=4\n");
    expect("check_cb_ovld_locked");
}

// Another reader ends with interrupts off, in which its quiescent state cannot be reported.
TEST_P(Workload, HasReadersOfNoCpu) {
    const std::uint64_t alone = run::replay(plan("op cpu0 on sleep jiffies=1\n")).points;
    for (const char* const how : {"0", "1", "2", "3"})
        EXPECT_GT(run::replay(plan(std::string("op cpu0 on other_reader cpu=1 how=") + how +
                                   "\nop cpu0 on sleep jiffies=1\n"))
                      .points,
                  alone + 10)
            << how;
}

RCUFUZZ_FOR_EVERY_KERNEL(Workload);

}  // namespace
}  // namespace rcufuzz::linux_subject
