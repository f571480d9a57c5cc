// SPDX-License-Identifier: GPL-2.0-or-later
//
// Each invariant, broken by hand.
#include <gtest/gtest.h>

#include "core/subsystems/dynticks/dynticks.h"

namespace rcufuzz::dynticks {
namespace {

class Invariants : public testing::Test {
   protected:
    void SetUp() override { set_state(state_); }

    // A task's CPU, in the form of `generation`.
    void boot(Generation generation) {
        state_.generation = generation;
        const bool apart = generation >= v4_16;
        cpu_.dynticks.set(watching_mask());
        cpu_.dynticks_nesting.set(apart ? 1 : exit_idle);
        cpu_.dynticks_nmi_nesting.set(apart ? nesting_nonidle : 0);
    }

    State state_;
    RcuDynticks& cpu_ = state_.per_cpu[0];
};

TEST_F(Invariants, W2AnInterruptLeavesNothing) {
    boot(v6_12);
    const Found found = found_now(cpu_);
    EXPECT_EQ(check_W2_transparent(cpu_, found), "");
    cpu_.dynticks.set(cpu_.dynticks.get() + 2 * step());
    EXPECT_EQ(check_W2_transparent(cpu_, found), "");  // there and back
    cpu_.dynticks.set(cpu_.dynticks.get() + step());
    EXPECT_NE(check_W2_transparent(cpu_, found), "");
}

TEST_F(Invariants, W2SeesNesting) {
    boot(v6_12);
    const Found found = found_now(cpu_);
    cpu_.dynticks_nmi_nesting.set(nesting_nonidle + 2);
    EXPECT_NE(check_W2_transparent(cpu_, found), "");
}

TEST_F(Invariants, W3EveryFormHasItsBit) {
    for (const Generation generation : {v4_11, v4_12, v4_14, v4_16, v6_12}) {
        boot(generation);
        EXPECT_EQ(check_W3_watching(cpu_, true), "");
        EXPECT_NE(check_W3_watching(cpu_, false), "");
        cpu_.dynticks.set(cpu_.dynticks.get() + step());
        EXPECT_EQ(check_W3_watching(cpu_, false), "");
        EXPECT_NE(check_W3_watching(cpu_, true), "");
    }
}

TEST_F(Invariants, W4ATaskHasATasksNesting) {
    for (const Generation generation : {v4_11, v6_12}) {
        boot(generation);
        EXPECT_EQ(check_W4_nesting(cpu_), "");
        cpu_.dynticks_nmi_nesting.set(cpu_.dynticks_nmi_nesting.get() + 1);
        EXPECT_NE(check_W4_nesting(cpu_), "");
        boot(generation);
        cpu_.dynticks_nesting.set(cpu_.dynticks_nesting.get() + 1);
        EXPECT_NE(check_W4_nesting(cpu_), "");
    }
}

TEST_F(Invariants, W6NestingAndCounterAgreeWhereAnybodyMayTrace) {
    boot(v4_14);
    EXPECT_EQ(check_W6_place(cpu_), "");
    cpu_.dynticks_nesting.set(0);
    EXPECT_NE(check_W6_place(cpu_), "");
    cpu_.disable_rcu_irq_enter.set(1);
    EXPECT_EQ(check_W6_place(cpu_), "");
    cpu_.disable_rcu_irq_enter.set(0);
    cpu_.dynticks_nmi_nesting.set(1);  // an NMI has flipped
    EXPECT_EQ(check_W6_place(cpu_), "");
}

TEST_F(Invariants, W9FlagsAndGuardsAreBalanced) {
    boot(v4_14);
    EXPECT_EQ(check_W9_balanced(cpu_), "");
    cpu_.disable_rcu_irq_enter.set(1);
    EXPECT_NE(check_W9_balanced(cpu_), "");
    cpu_.disable_rcu_irq_enter.set(0);
    cpu_.disable_stack_tracer.set(1);
    EXPECT_NE(check_W9_balanced(cpu_), "");
}

}  // namespace
}  // namespace rcufuzz::dynticks
