// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/kernel/smp.h"

#include <gtest/gtest.h>

#include "core/kernel/kernel_test.h"

namespace rcufuzz::kernel {
namespace {

using test::AtRandom;
using test::EveryRun;
using test::fault;
using test::Ran;
using test::run_kernel;
using test::task;

struct Fixture {
    Mutex mutex;
    Completion completion;
    CpuHotplugLock hotplug;
    CallSingle call;
    CpuWorker worker;
    unsigned inside = 0;
    unsigned ran_on = 99;
    bool irqs_off = false;

    Fixture() {
        mutex.init("mutex", -1);
        completion.init("completion", -1);
        hotplug.init("cpu_hotplug_lock");
        call.init("call_function_single", 1);
        worker.init("kworker", 1);
    }
};

TEST(Mutex, AdmitsOneAtATimeAndEverybodyInTheEnd) {
    for (std::uint64_t seed = 0; seed < 300; ++seed) {
        AtRandom strategy(seed, 2);
        unsigned done = 0;
        const Ran ran = run_kernel(3, strategy, [&] {
            Fixture& f = sim::world().arena().make<Fixture>();
            for (unsigned cpu = 0; cpu < 3; ++cpu)
                task(cpu, [&] {
                    f.mutex.lock();
                    EXPECT_EQ(++f.inside, 1u);
                    test::point();
                    --f.inside;
                    f.mutex.unlock();
                    ++done;
                });
        });
        ASSERT_EQ(fault(ran), "");
        ASSERT_EQ(done, 3u);
    }
}

TEST(Mutex, TakenTwiceIsADeadlock) {
    test::Sequential strategy;
    const Ran ran = run_kernel(1, strategy, [] {
        task(0, [] {
            Fixture& f = sim::world().arena().make<Fixture>();
            f.mutex.lock();
            f.mutex.lock();
        });
    });
    EXPECT_EQ(fault(ran), "deadlock: takes a mutex that it already holds");
}

TEST(HotplugLock, HasManyReadersOrOneWriter) {
    for (std::uint64_t seed = 0; seed < 300; ++seed) {
        AtRandom strategy(seed, 2);
        const Ran ran = run_kernel(3, strategy, [] {
            Fixture& f = sim::world().arena().make<Fixture>();
            task(0, [&] {
                f.hotplug.write_lock();
                EXPECT_EQ(f.inside, 0u);
                test::point();
                EXPECT_EQ(f.inside, 0u);
                f.hotplug.write_unlock();
            });
            for (unsigned cpu = 1; cpu < 3; ++cpu)
                task(cpu, [&] {
                    f.hotplug.read_lock();
                    ++f.inside;
                    test::point();
                    --f.inside;
                    f.hotplug.read_unlock();
                });
        });
        ASSERT_EQ(fault(ran), "");
    }
}

TEST(CpuCalls, RunsThereWithInterruptsDisabledAndIsWaitedFor) {
    for (const unsigned from : {0u, 1u}) {
        test::Sequential strategy;
        const Ran ran = run_kernel(2, strategy, [from] {
            task(from, [] {
                Fixture& f = sim::world().arena().make<Fixture>();
                f.call.call_and_wait(
                    1,
                    [](void* arg) {
                        Fixture& fixture = *static_cast<Fixture*>(arg);
                        fixture.ran_on = smp_processor_id();
                        fixture.irqs_off = irqs_disabled();
                    },
                    &f);
                EXPECT_EQ(f.ran_on, 1u);
                EXPECT_TRUE(f.irqs_off);
            });
        });
        EXPECT_EQ(fault(ran), "");
    }
}

TEST(CpuWorker, RunsOnItsCpuBesideTheTaskThere) {
    test::Sequential strategy;
    const Ran ran = run_kernel(2, strategy, [] {
        task(1, [] { test::point(); });
        task(0, [] {
            Fixture& f = sim::world().arena().make<Fixture>();
            for (unsigned i = 0; i < 5; ++i)
                f.worker.run_and_wait(
                    1, [](void* arg) { static_cast<Fixture*>(arg)->ran_on = smp_processor_id(); },
                    &f);
            EXPECT_EQ(f.ran_on, 1u);
        });
    });
    EXPECT_EQ(fault(ran), "");
}

TEST(CpuOffline, ActsNoMoreUntilItIsBack) {
    EveryRun strategy(1);
    do {
        const Ran ran = run_kernel(2, strategy, [] {
            Fixture& f = sim::world().arena().make<Fixture>();
            task(1, [&] {
                ++f.inside;
                test::point();
                ++f.inside;
            });
            task(0, [&] {
                f.worker.run_and_wait(
                    1,
                    [](void* arg) {
                        local_irq_disable();
                        static_cast<Fixture*>(arg)->worker.take_cpu_down();
                    },
                    &f);
                EXPECT_FALSE(cpu_online(1));
                const unsigned before = f.inside;
                test::point();
                EXPECT_EQ(f.inside, before);
                set_cpu_online(1, true);
            });
        });
        ASSERT_EQ(fault(ran), "");
    } while (strategy.next());
    EXPECT_GT(strategy.runs(), 5u);
}

// A CPU at rest runs no task that became ready before, until an interrupt ends.
TEST(Rest, EndsWithAnInterrupt) {
    for (const bool interrupted : {false, true}) {
        test::Sequential strategy;
        bool ran_there = false;
        const Ran ran = run_kernel(2, strategy, [&] {
            task(1, [] {
                local_irq_disable();
                EXPECT_TRUE(need_resched());
                rest_until_interrupt();
            });
            task(1, [&] { ran_there = true; });
            if (interrupted)
                task(0, [] { sim::world().raise_irq(1, test::make_irq([] { test::point(); })); });
        });
        EXPECT_EQ(fault(ran), "");
        EXPECT_EQ(ran_there, interrupted);
    }
}

}  // namespace
}  // namespace rcufuzz::kernel
