// SPDX-License-Identifier: GPL-2.0-or-later
//
// What grace periods promise: readers that are inside are waited for, later ones are not; cookies
// cover what came before them and claim nothing that did not happen; callbacks run in order.
#include "core/kernel/grace_periods.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "core/kernel/kernel_test.h"
#include "core/memory/atomic.h"

namespace rcufuzz::kernel {
namespace {

using namespace test;

constexpr unsigned random_runs = 3000;

// One grace-period machine on the CPU behind those of the test.
struct Scene {
    GracePeriods gp;
    bool inside = false;  // the reader
    bool waited = false;  // the waiter
    unsigned done = 0;
};

Scene* scene = nullptr;

// Runs `tasks` under many random schedules, and `check` after each.
void many_runs(unsigned cpus, const Body& tasks, const Body& check, bool weak = false) {
    for (unsigned seed = 1; seed <= random_runs; ++seed) {
        AtRandom strategy(seed, 2);
        const Ran ran = sim::test::run(cpus + 1, strategy, [&] {
            memory::begin_memory(weak);
            boot();
            scene = &sim::world().arena().make<Scene>();
            scene->gp.init("gp", "gp_seq", cpus);
            tasks();
        });
        ASSERT_EQ(fault(ran), "") << "seed " << seed;
        check();
        if (testing::Test::HasFailure()) {
            memory::begin_memory(false);
            FAIL() << "seed " << seed;
        }
    }
    memory::begin_memory(false);
}

void read_side() {
    scene->gp.reader_enter();
    scene->inside = true;
    point();
    point();
    scene->inside = false;
    scene->gp.reader_exit();
}

TEST(GracePeriods, ReadersThatAreInsideAreWaitedFor) {
    std::set<bool> overlapped;
    many_runs(
        2,
        [&] {
            task(0, read_side);
            task(1, [&] {
                point();
                const std::uint32_t sections = scene->gp.sections_begun();
                const bool inside = scene->inside;
                scene->gp.synchronize();
                EXPECT_FALSE(scene->gp.any_open_of_first(sections));
                overlapped.insert(inside);
                ++scene->done;
            });
        },
        [] { EXPECT_EQ(scene->done, 1u); });
    EXPECT_EQ(overlapped.size(), 2u) << "the schedules did not come to both";
}

TEST(GracePeriods, ReadersThatComeLaterAreNot) {
    Prefer strategy({run_of(1), run_of(2)});
    const Ran ran = run_kernel(3, strategy, [&] {
        scene = &sim::world().arena().make<Scene>();
        scene->gp.init("gp", "gp_seq", 2);
        task(1, [&] {
            scene->gp.synchronize();
            scene->waited = true;
        });
        task(0, [&] {
            scene->gp.reader_enter();
            scene->inside = true;
            while (!scene->waited) cpu_relax();
            scene->inside = false;
            scene->gp.reader_exit();
        });
    });
    EXPECT_EQ(fault(ran), "");
    EXPECT_TRUE(scene->waited);
}

TEST(GracePeriods, WaitingWithinAReaderIsADeadlock) {
    Sequential strategy;
    const Ran ran = run_kernel(2, strategy, [&] {
        scene = &sim::world().arena().make<Scene>();
        scene->gp.init("gp", "gp_seq", 1);
        task(0, [] {
            scene->gp.reader_enter();
            scene->gp.synchronize();
        });
    });
    EXPECT_EQ(ran.verdict, Verdict::deadlock);
}

TEST(GracePeriods, LeavingAReaderTwiceIsMisuse) {
    Sequential strategy;
    const Ran ran = run_kernel(2, strategy, [&] {
        scene = &sim::world().arena().make<Scene>();
        scene->gp.init("gp", "gp_seq", 1);
        task(0, [] {
            scene->gp.reader_enter();
            scene->gp.reader_exit();
            scene->gp.reader_exit();
        });
    });
    EXPECT_EQ(ran.verdict, Verdict::lock_misuse);
}

TEST(GracePeriods, NestedReadersLeaveWithTheOutermost) {
    many_runs(
        2,
        [] {
            task(0, [] {
                scene->gp.reader_enter();
                scene->inside = true;
                scene->gp.reader_enter();
                scene->gp.reader_exit();
                point();
                scene->inside = false;
                scene->gp.reader_exit();
            });
            task(1, [] {
                point();
                const bool inside = scene->inside;
                scene->gp.synchronize();
                if (inside) {
                    EXPECT_FALSE(scene->inside);
                }
            });
        },
        [] {});
}

// A cookie that is polled as done: whoever was inside when it was taken has left.
TEST(GracePeriods, ACookieClaimsOnlyWhatHappened) {
    std::set<bool> polled;
    many_runs(
        3,
        [&] {
            task(0, read_side);
            task(1, [] { scene->gp.synchronize(); });  // starts grace periods of its own
            task(2, [&] {
                point();
                const std::uint32_t sections = scene->gp.sections_begun();
                const Seq cookie = scene->gp.get_state();
                for (int i = 0; i < 6; ++i) point();
                const bool done = scene->gp.poll_state(cookie);
                polled.insert(done);
                if (done) {
                    EXPECT_FALSE(scene->gp.any_open_of_first(sections));
                }
                scene->gp.cond_synchronize(cookie);
                EXPECT_FALSE(scene->gp.any_open_of_first(sections));
            });
        },
        [] {});
    EXPECT_EQ(polled.size(), 2u) << "the schedules did not come to both";
}

TEST(GracePeriods, CallbacksRunOnceInOrderAfterTheReaders) {
    struct Numbered : GpCallback {
        unsigned number = 0;
        std::uint32_t sections = 0;
    };
    many_runs(
        2,
        [] {
            task(0, read_side);
            task(1, [] {
                for (unsigned i = 0; i < 3; ++i) {
                    Numbered& callback = sim::world().arena().make<Numbered>();
                    callback.number = i;
                    callback.sections = scene->gp.sections_begun();
                    callback.fn = [](GpCallback& called) {
                        const auto& self = static_cast<Numbered&>(called);
                        EXPECT_EQ(scene->done++, self.number);
                        EXPECT_FALSE(scene->gp.any_open_of_first(self.sections));
                    };
                    scene->gp.call(callback);
                    point();
                }
            });
        },
        [] { EXPECT_EQ(scene->done, 3u); });
}

// The law of RCU under weak memory: a reader that sees the second store, which came after the grace
// period, or did not see the first, which came before it... may not do both the wrong way round.
TEST(GracePeriods, OrderMemoryAsWellUnderWeakMemory) {
    struct Variables {
        memory::Shared<int> before, after;
        int saw_after = -1;
        int saw_before = -1;
    };
    Variables* v = nullptr;
    std::set<std::pair<int, int>> seen;
    many_runs(
        2,
        [&] {
            v = &sim::world().arena().make<Variables>();
            v->before.init("before", -1, 0);
            v->after.init("after", -1, 0);
            task(0, [&] {
                scene->gp.reader_enter();
                v->saw_after = READ_ONCE(v->after);
                v->saw_before = READ_ONCE(v->before);
                scene->gp.reader_exit();
            });
            task(1, [&] {
                WRITE_ONCE(v->before, 1);
                scene->gp.synchronize();
                WRITE_ONCE(v->after, 1);
            });
        },
        [&] { seen.insert({v->saw_after, v->saw_before}); }, true);
    EXPECT_THAT(seen, testing::ElementsAre(std::pair(0, 0), std::pair(0, 1), std::pair(1, 1)));
}

}  // namespace
}  // namespace rcufuzz::kernel
