// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/kernel/ipi.h"

#include <gtest/gtest.h>

#include "core/kernel/kernel_test.h"

namespace rcufuzz::kernel {
namespace {

using test::fault;
using test::Ran;
using test::run_kernel;
using test::Sequential;
using test::task;

struct Ipis {
    IpiVector vector;
    unsigned taken = 0;
};

Ipis* ipis = nullptr;

Ipis& make_fixture() {
    ipis = &sim::world().arena().make<Ipis>();
    ipis->vector.init("ipi", 2, [] { ++ipis->taken; });
    return *ipis;
}

TEST(Ipi, WhatIsSentWhilePendingCoalesces) {
    Sequential strategy;
    const Ran ran = run_kernel(2, strategy, [] {
        Ipis& f = make_fixture();
        task(1, [&f] {
            local_irq_disable();
            f.vector.send(1);
            f.vector.send(1);
            EXPECT_TRUE(f.vector.pending(1));
            EXPECT_FALSE(f.vector.pending(0));
            EXPECT_EQ(f.taken, 0u);
            local_irq_enable();
        });
    });
    EXPECT_EQ(fault(ran), "");
    EXPECT_EQ(ipis->taken, 1u);
}

TEST(Ipi, IsForgottenByACpuThatGoesOfflineButNotWhatComesLater) {
    Sequential strategy;
    const Ran ran = run_kernel(2, strategy, [] {
        Ipis& f = make_fixture();
        task(1, [&f] {
            local_irq_disable();
            f.vector.send(1);
            f.vector.drop(1);
            EXPECT_FALSE(f.vector.pending(1));
            local_irq_enable();
            test::point();
            EXPECT_EQ(f.taken, 0u);
            f.vector.send(1);
        });
    });
    EXPECT_EQ(fault(ran), "");
    EXPECT_EQ(ipis->taken, 1u);
}

}  // namespace
}  // namespace rcufuzz::kernel
