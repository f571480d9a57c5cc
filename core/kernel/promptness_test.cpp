// SPDX-License-Identifier: GPL-2.0-or-later
//
// A grace period that goes on without need is heard, wherever it comes from; runs without one are
// those of gp_test.cpp and grace_periods_test.cpp, where any suspicion would be a failure.
#include "core/kernel/promptness.h"

#include <gtest/gtest.h>

#include "core/kernel/gp.h"
#include "core/kernel/grace_periods.h"
#include "core/kernel/kernel_test.h"

namespace rcufuzz::kernel {

// Makes the books say what the kthread does not know.
struct GracePeriodsPeer {
    static void forget_readers(GracePeriods& gp) { gp.awaited_ = 0; }
    static void lose_readers(GracePeriods& gp) {
        gp.awaited_ = 0;
        gp.judge_promptness(Site::current());
    }
    static void ask_silently(GracePeriods& gp) { gp.needed_ += 4; }
    static bool in_progress(const GracePeriods& gp) {
        return rcu_seq_state(gp.gp_seq_.get()) != 0 && gp.awaits_first_ == gp.begun_;
    }
};

namespace {

using namespace test;

// --- rcu_gp_kthread -----------------------------------------------------------------------------

// A bit in the root for which nobody answers, until a task on CPU 1 takes it away.
std::string said_of_endless_scans(bool judged) {
    Sequential strategy;
    promptness_is_judged = judged;
    const Ran ran = run_kernel(
        3, strategy,
        [] {
            static RcuState* state;
            static RcuCpu rdp;
            state = &sim::world().arena().make<RcuState>();
            rcu_init(*state, {.cpus = 3, .gp_cpu = 2, .two_leaves = true, .strict = true});
            rdp = {.mynode = &state->leaf_of(0)};
            state->root().qsmaskinit |= 4;
            task(0, [] {
                const IrqFlags flags = raw_spin_lock_irqsave(rdp.mynode->lock);
                const Seq seq = rcu_seq_snap(state->gp_seq);
                const bool wake = rcu_start_this_gp(*state, *rdp.mynode, rdp, seq);
                raw_spin_unlock_irqrestore(rdp.mynode->lock, flags);
                if (wake) rcu_gp_kthread_wake(*state);
            });
            task(1, [] {
                while (jiffies() < 103) cpu_relax();
                state->root().qsmask.set(0);
            });
        },
        {.points = 20000, .free_jiffies = 10});
    promptness_is_judged = true;
    return fault(ran);
}

TEST(Promptness, AScanThatLosesWhatItFoundIsHeard) {
    EXPECT_EQ(said_of_endless_scans(true),
              "latency_exceeded: the grace period goes on though each CPU was quiescent since it "
              "began");
}

TEST(Promptness, IsNotJudgedWhereNobodyLooksInside) { EXPECT_EQ(said_of_endless_scans(false), ""); }

// --- GracePeriods -------------------------------------------------------------------------------

// A reader on CPU 0 that CPU 1 waits for; in the middle of it, `meddle`; a reader of CPU 2 comes
// and goes.
std::string said_after(void (*meddle)(GracePeriods& gp), bool waits) {
    Sequential strategy;
    const Ran ran = run_kernel(4, strategy,
                               [&] {
                                   static GracePeriods* gp;
                                   static bool meddled;
                                   gp = &sim::world().arena().make<GracePeriods>();
                                   gp->init("gp", "gp_seq", 3);
                                   meddled = false;
                                   task(0, [=] {
                                       if (waits) gp->reader_enter();
                                       while (waits && !GracePeriodsPeer::in_progress(*gp))
                                           cpu_relax();
                                       for (int i = 0; i < 4; ++i) cpu_relax();
                                       meddle(*gp);
                                       meddled = true;
                                       for (int i = 0; i < 4; ++i) cpu_relax();
                                       if (waits) gp->reader_exit();
                                   });
                                   task(1, [=] {
                                       if (waits) gp->synchronize();
                                   });
                                   task(2, [] {
                                       while (!meddled) cpu_relax();
                                       gp->reader_enter();
                                       gp->reader_exit();
                                       gp->start_poll();
                                   });
                               },
                               {.points = 20000, .free_jiffies = 10});
    return fault(ran);
}

TEST(Promptness, AKthreadThatIsNotToldOfTheLastReaderIsHeard) {
    EXPECT_EQ(said_after(GracePeriodsPeer::lose_readers, true),
              "latency_exceeded: a grace period goes on though the readers that it awaits have "
              "left");
}

TEST(Promptness, AwaitingReadersThatCameLaterIsHeard) {
    EXPECT_EQ(said_after(GracePeriodsPeer::forget_readers, true),
              "latency_exceeded: a grace period awaits readers that came after it had begun");
}

TEST(Promptness, ARequestThatNobodyHearsIsHeard) {
    EXPECT_EQ(said_after(GracePeriodsPeer::ask_silently, false),
              "latency_exceeded: a grace period is asked for, and nobody begins it");
}

TEST(Promptness, KeepsQuietWhereNobodyMeddles) {
    for (const bool waits : {false, true}) EXPECT_EQ(said_after([](GracePeriods&) {}, waits), "");
}

}  // namespace
}  // namespace rcufuzz::kernel
