// SPDX-License-Identifier: GPL-2.0-or-later
//
// What locks, completions, calls, works, new tasks and deleted timers order under weak memory:
// plain accesses on both sides of it are no data race, under any of many random schedules. Without
// one they are.
#include <gtest/gtest.h>

#include "core/kernel/kernel_test.h"
#include "core/kernel/smp.h"
#include "core/kernel/spinlock.h"
#include "core/kernel/timer.h"
#include "core/memory/shared.h"

namespace rcufuzz::kernel {
namespace {

using namespace test;
using memory::load_plain;
using memory::Shared;
using memory::store_plain;

constexpr unsigned ordering_runs = 500;

struct Common {
    Shared<int> there;
    Shared<int> back;
    RawSpinlock lock;
    Mutex mutex;
    Completion completion;
    CpuHotplugLock hotplug;
    CallSingle call;
    CpuWorker worker;
    TimerList timer;
};

Common* common = nullptr;

// The first run's verdict that is not clean.
std::string fault_of(const Body& first, const Body& second) {
    std::string found;
    for (unsigned seed = 1; seed <= ordering_runs && found.empty(); ++seed) {
        AtRandom strategy(seed, 2);
        found = fault(sim::test::run(2, strategy, [&] {
            memory::begin_memory(true);
            boot();
            common = &sim::world().arena().make<Common>();
            common->there.init("there", -1, 0);
            common->back.init("back", -1, 0);
            common->lock.init("lock", -1, 1);
            common->mutex.init("mutex", -1);
            common->completion.init("completion", -1);
            common->hotplug.init("hotplug");
            common->call.init("call", -1);
            common->worker.init("worker", -1);
            task(0, first);
            if (second) task(1, second);
        }));
    }
    memory::begin_memory(false);
    return found;
}

void put() { store_plain(common->there, 1); }
void get() { load_plain(common->there); }

// Looks at what its caller has stored, and leaves something for it.
void answer(void*) {
    get();
    store_plain(common->back, 1);
}

TEST(Ordering, NothingOrdersNothing) { EXPECT_EQ(fault_of(put, get).find("data_race"), 0u); }

TEST(Ordering, Spinlocks) {
    const auto locked = [](void (*access)()) {
        return [access] {
            raw_spin_lock(common->lock);
            access();
            raw_spin_unlock(common->lock);
        };
    };
    EXPECT_EQ(fault_of(locked(put), locked(get)), "");
}

TEST(Ordering, Mutexes) {
    const auto locked = [](void (*access)()) {
        return [access] {
            common->mutex.lock();
            access();
            common->mutex.unlock();
        };
    };
    EXPECT_EQ(fault_of(locked(put), locked(get)), "");
}

TEST(Ordering, TheHotplugLock) {
    const auto as_writer = [] {
        common->hotplug.write_lock();
        put();
        common->hotplug.write_unlock();
    };
    const auto as_reader = [] {
        common->hotplug.read_lock();
        get();
        common->hotplug.read_unlock();
    };
    EXPECT_EQ(fault_of(as_writer, as_reader), "");
}

TEST(Ordering, Completions) {
    const auto complete = [] {
        put();
        common->completion.complete();
    };
    const auto wait = [] {
        common->completion.wait_for_completion();
        get();
    };
    EXPECT_EQ(fault_of(complete, wait), "");
}

TEST(Ordering, CallsToAnotherCpu) {
    const auto call = [] {
        put();
        common->call.call_and_wait(1, answer, nullptr);
        load_plain(common->back);
    };
    EXPECT_EQ(fault_of(call, {}), "");
}

TEST(Ordering, WorkOnAnotherCpu) {
    const auto work = [] {
        put();
        common->worker.run_and_wait(1, answer, nullptr);
        load_plain(common->back);
    };
    EXPECT_EQ(fault_of(work, {}), "");
}

TEST(Ordering, TasksThatAreMade) {
    const auto make = [] {
        put();
        test::task(1, get);
    };
    EXPECT_EQ(fault_of(make, {}), "");
}

// Whoever deletes a timer comes after its handler, or in its place.
TEST(Ordering, TimersThatAreDeleted) {
    const auto arm = [] {
        timer_setup(common->timer, [](TimerList&) { put(); }, nullptr, "timer", -1);
        mod_timer(common->timer, jiffies() + 1);
        common->completion.complete();
    };
    const auto remove = [] {
        common->completion.wait_for_completion();
        del_timer_sync(common->timer);
        get();
    };
    EXPECT_EQ(fault_of(arm, remove), "");
}

}  // namespace
}  // namespace rcufuzz::kernel
