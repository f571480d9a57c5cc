// SPDX-License-Identifier: GPL-2.0-or-later
//
// The second half of W8, broken by hand: a CPU that has scheduled or rests, and whose counters do
// not say so.
#include <gtest/gtest.h>

#include "core/subsystems/dynticks/dynticks.h"

namespace rcufuzz::dynticks {

struct GracePeriodPeer {
    static void snapshot(GracePeriod& gp) {
        gp.seen_[0] = {};
        gp.seen_[0].snap = state().per_cpu[0].dynticks.get();
        gp.seen_[0].context_switches = state().per_cpu[0].context_switches.get();
    }
    static void passes(GracePeriod& gp) { gp.seen_[0].passed = true; }
    static void schedules(GracePeriod& gp) {
        state().per_cpu[0].context_switches.set(1);
        gp.seen_[0].context_switches = 1;  // as if the snapshot had come later
    }
    static std::string check(const GracePeriod& gp) { return gp.check_W8_promptness(0).cause; }
};

namespace {

using Peer = GracePeriodPeer;

class Promptness : public testing::Test {
   protected:
    void SetUp() override {
        set_state(state_);
        cpu_.dynticks.set(watching_mask());
        Peer::snapshot(state_.gp);
    }

    State state_;
    RcuDynticks& cpu_ = state_.per_cpu[0];
};

TEST_F(Promptness, ACpuThatHasDoneNothingIsWaitedFor) { EXPECT_EQ(Peer::check(state_.gp), ""); }

TEST_F(Promptness, ACpuThatHasScheduledIsNot) {
    Peer::schedules(state_.gp);
    EXPECT_EQ(Peer::check(state_.gp), "W8_goes_on_for_a_CPU_that_has_scheduled");
    cpu_.context_switches.set(2);
    EXPECT_EQ(Peer::check(state_.gp), "") << "the scan will see it";
}

TEST_F(Promptness, ACpuThatRestsIsNot) {
    cpu_.resting = true;
    EXPECT_EQ(Peer::check(state_.gp), "W8_goes_on_for_a_CPU_that_rests");
    cpu_.handlers = 1;
    EXPECT_EQ(Peer::check(state_.gp), "") << "a handler is at work";
    cpu_.handlers = 0;
    Peer::passes(state_.gp);
    EXPECT_EQ(Peer::check(state_.gp), "") << "it is no longer waited for";
}

}  // namespace
}  // namespace rcufuzz::dynticks
