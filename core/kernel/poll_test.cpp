// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/kernel/poll.h"

#include <gtest/gtest.h>

#include "core/kernel/interrupt.h"
#include "core/kernel/kernel_test.h"

namespace rcufuzz::kernel {
namespace {

using namespace test;

bool is_set(const void* flag) { return *static_cast<const bool*>(flag); }

// Whether the task came back from its poll, and not before it should.
bool comes_back(sim::Strategy& strategy) {
    bool set = false;
    bool seen = false;
    Poll poll;
    const Ran ran = run_kernel(2, strategy, [&] {
        poll.init("poll", 0);
        task(0, [&] {
            poll.until({is_set, &set});
            seen = set;
        });
        task(1, [&] {
            point();
            set = true;
            poll.changed();
        });
    });
    return fault(ran).empty() && seen;
}

TEST(Poll, ReturnsWhenTheConditionHolds) {
    EveryRun strategy(3);
    do ASSERT_TRUE(comes_back(strategy));
    while (strategy.next());
}

TEST(Poll, IsNotEndedByAnotherChange) {
    bool set = false;
    Poll poll;
    Sequential strategy;
    run_kernel(2, strategy, [&] {
        poll.init("poll", 0);
        task(0, [&] {
            poll.until({is_set, &set});
            step('p');
        });
        task(1, [&] { poll.changed(); });
    });
    EXPECT_EQ(told, "");
}

TEST(Interrupts, ANmiComesWithInterruptsDisabledAndADevicesDoesNot) {
    Interrupt irq;
    Interrupt nmi;
    Prefer strategy({sim::actor(sim::Act::nmi, 0), irq_of(0)});
    const Ran ran = run_kernel(1, strategy, [&] {
        irq.init("irq", 0, [](void*) { step('i'); }, nullptr);
        nmi.init("nmi", 0, [](void*) { step('n'); }, nullptr);
        task(0, [&] {
            local_irq_disable();
            irq.raise_irq(0);
            nmi.raise_nmi(0);
            point();
            step('t');
            local_irq_enable();
        });
    });
    EXPECT_EQ(fault(ran), "");
    EXPECT_EQ(told, "nti");
}

}  // namespace
}  // namespace rcufuzz::kernel
