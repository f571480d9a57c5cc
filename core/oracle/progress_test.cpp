// SPDX-License-Identifier: GPL-2.0-or-later
//
// The oracle shown to object, and shown to keep quiet where all is well.
#include "core/oracle/progress.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/kernel/kernel_test.h"
#include "core/kernel/spinlock.h"
#include "core/kernel/swait.h"

namespace rcufuzz::oracle {
namespace {

using kernel::LockClass;
using kernel::RawSpinlock;
using kernel::SwaitQueue;
using kernel::test::Answers;
using kernel::test::fault;
using kernel::test::kthread;
using kernel::test::make_lock;
using kernel::test::run_kernel;
using kernel::test::run_of;
using kernel::test::Sequential;
using kernel::test::step;
using kernel::test::task;
using kernel::test::told;
using sim::Site;

std::string end_fault(unsigned cpus, sim::Strategy& strategy, const kernel::test::Body& body) {
    kernel::lock_hooks = {};
    return fault(run_kernel(cpus, strategy, body, sim::test::without_ticks(), judge_progress));
}

std::string end_fault(const kernel::test::Body& body) {
    Sequential strategy;
    return end_fault(2, strategy, body);
}

SwaitQueue& make_queue() {
    SwaitQueue& queue = sim::world().arena().make<SwaitQueue>();
    queue.init("nocb_gp_wq", 0);
    return queue;
}

void wait_for(const bool& flag) {
    swait_event_idle_exclusive(make_queue(), [&flag] { return flag; });
}

TEST(Progress, AFinishedRunIsFine) {
    EXPECT_EQ(end_fault([] {
                  task(0, [] { step('a'); });
                  kthread(1, [] { step('k'); });
              }),
              "");
}

TEST(Progress, ASleeperWhoseConditionHoldsHasLostItsWakeup) {
    for (const bool is_kthread : {false, true}) {
        bool flag = false;
        EXPECT_EQ(end_fault([&, is_kthread] {
                      const auto sleeper = [&flag] { wait_for(flag); };
                      is_kthread ? kthread(0, sleeper, "rcuog") : task(0, sleeper, "rcuog");
                      task(1, [&flag] { flag = true; });  // and wakes nobody
                  }),
                  "lost_wakeup: rcuog[0] sleeps on nocb_gp_wq[0] though its condition holds");
    }
}

TEST(Progress, AWokenSleeperIsFine) {
    bool flag = false;
    EXPECT_EQ(end_fault([&flag] {
                  SwaitQueue& queue = make_queue();
                  task(0, [&] { swait_event_idle_exclusive(queue, [&flag] { return flag; }); });
                  task(1, [&] {
                      flag = true;
                      swake_up_one(queue);
                  });
              }),
              "");
}

TEST(Progress, AWorkloadThatSleepsForEverIsADeadlock) {
    static const bool never = false;
    EXPECT_EQ(end_fault([] { task(1, [] { wait_for(never); }); }),
              "deadlock: task[1] waits on nocb_gp_wq[0] for ever");
}

TEST(Progress, AKthreadMaySleepForEver) {
    static const bool never = false;
    EXPECT_EQ(end_fault([] {
                  kthread(0, [] { wait_for(never); });
                  kthread(1, [] {
                      kernel::set_current_state(kernel::TaskState::idle);
                      kernel::schedule(0, {});
                  });
              }),
              "");
}

TEST(Progress, TwoThatWaitForEachOthersLockAreADeadlock) {
    Answers strategy(
        [](const sim::Choice& choice) { return told == "(" ? choice.answer_for(run_of(1)) : 0; });
    const std::string said = end_fault(2, strategy, [] {
        RawSpinlock& a = make_lock("a", 0);
        RawSpinlock& b = make_lock("b", 1);
        task(0, [&] {
            raw_spin_lock(a);
            step('(');
            raw_spin_lock(b);
        });
        task(1, [&] {
            raw_spin_lock(b);
            raw_spin_lock(a);
        });
    });
    EXPECT_THAT(said, testing::MatchesRegex("deadlock: a context waits for [ab] for ever"));
}

TEST(Progress, ASpinnerWhoseLockIsNeverReleasedIsADeadlock) {
    EXPECT_EQ(end_fault([] {
                  RawSpinlock& a = make_lock("a", 0, 3);
                  task(0, [&] { raw_spin_lock(a); });
                  kthread(1, [&] { raw_spin_lock(a); });
              }),
              "deadlock: a context waits for a[3] for ever");
}

TEST(Progress, NothingIsSaidOfARunThatFailedAlready) {
    EXPECT_EQ(end_fault([] {
                  task(0, [] { wait_for(told.empty()); });
                  task(1, [] { sim::world().fail(Verdict::data_race, "first", Site::current()); });
              }),
              "data_race: first");
}

}  // namespace
}  // namespace rcufuzz::oracle
