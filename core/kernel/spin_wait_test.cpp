// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/kernel/spin_wait.h"

#include <gtest/gtest.h>

#include "core/kernel/kernel_test.h"

namespace rcufuzz::kernel {
namespace {

using test::AtRandom;
using test::fault;
using test::Ran;
using test::task;

struct Spins {
    SpinWait waiters;
    memory::Shared<int> flag;
};

// What the spinning context has read last, after a run in which another stores 1 and then 2.
int read_last(std::uint64_t seed, bool weak) {
    AtRandom strategy(seed, 2);
    int read = 0;
    const Ran ran = sim::test::run(2, strategy, [&] {
        memory::begin_memory(weak);
        boot();
        auto& spins = sim::world().arena().make<Spins>();
        spins.flag.init("flag", -1, 0);
        task(0, [&] {
            read = spins.waiters.load_until(spins.flag, memory::Order::acquire,
                                            [](int value) { return value == 2; });
        });
        task(1, [&] {
            for (const int value : {1, 2}) {
                memory::WRITE_ONCE(spins.flag, value);
                spins.waiters.wake_all();
            }
        });
    });
    memory::begin_memory(false);
    EXPECT_EQ(fault(ran), "");
    return read;
}

TEST(SpinWait, EndsWhenTheVariableHasChanged) {
    for (std::uint64_t seed = 0; seed < 100; ++seed) ASSERT_EQ(read_last(seed, false), 2);
}

// The last store has been told when the load that follows it sees the one before.
TEST(SpinWait, EndsThoughTheLastLoadSawAnOldStore) {
    for (std::uint64_t seed = 0; seed < 200; ++seed) ASSERT_EQ(read_last(seed, true), 2);
}

}  // namespace
}  // namespace rcufuzz::kernel
