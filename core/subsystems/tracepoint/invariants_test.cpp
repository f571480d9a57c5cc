// SPDX-License-Identifier: GPL-2.0-or-later
//
// Each invariant over the state of a tracepoint, broken by hand.
#include <gtest/gtest.h>

#include "core/subsystems/tracepoint/tracepoint.h"

namespace rcufuzz::tracepoint {
namespace {

class Invariants : public testing::Test {
   protected:
    void SetUp() override {
        set_state(state_);
        for (TpProbes* array : {&first_, &second_}) {
            array->allocated_before = state_.last_allocated;
            state_.last_allocated = array;
        }
        state_.tps[1].number = 1;
        state_.tps[1].funcs.set(&first_);
    }

    TpProbes first_, second_;
    State state_;
};

TEST_F(Invariants, P5AnArrayThatIsReplacedIsFreed) {
    EXPECT_NE(check_P5_all_freed(), "") << "nobody shows the second";
    second_.freed = true;
    EXPECT_EQ(check_P5_all_freed(), "");
}

TEST_F(Invariants, P8NoGracePeriodForAnArrayThatIsStillShown) {
    EXPECT_EQ(check_P8_out_of_reach(&first_),
              "P8: a grace period is to outlive the readers of an array that tracepoint 1 still "
              "shows");
    EXPECT_EQ(check_P8_out_of_reach(&second_), "");
    EXPECT_EQ(check_P8_out_of_reach(nullptr), "") << "none is replaced";
    state_.tps[1].funcs.set(&second_);
    EXPECT_EQ(check_P8_out_of_reach(&first_), "");
}

}  // namespace
}  // namespace rcufuzz::tracepoint
