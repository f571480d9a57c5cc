// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/sim/oops.h"

#include <gtest/gtest.h>

#include "core/sim/test_machine.h"
#include "core/sim/world.h"

namespace rcufuzz::sim {
namespace {

using test::Ran;
using test::run;
using test::Sequential;
using test::spawn;
using test::step;

class Oops : public testing::Test {
   protected:
    void SetUp() override {
        if (!survives_oopses) GTEST_SKIP() << "a sanitizer, or another architecture";
        survive_oopses();
    }
    bool looked_ = false;
};

// Twice, since the context has to be usable again.
void expect_end(Verdict verdict, const test::Body& fault) {
    Sequential strategy;
    for (int i = 0; i < 2; ++i) {
        unsigned line = 0;
        const Ran ran = run(2, strategy, [&] {
            spawn(0, [&] {
                const Site here = Site::current();
                line = here.line();
                step('a', here);
                fault();
            });
            spawn(1, [] { step('b'); });
        });
        EXPECT_EQ(ran.verdict, verdict) << ran.detail;
        EXPECT_EQ(ran.line, line);
        EXPECT_EQ(ran.told, "a");
    }
    const Ran after = run(2, strategy, [] {
        spawn(0, [] { step('a'); });
        spawn(1, [] { step('b'); });
    });
    EXPECT_TRUE(after.quiescent);
    EXPECT_EQ(after.told, "ab");
}

int* volatile nowhere = nullptr;
volatile int zero = 0;

TEST_F(Oops, APointerLeadsNowhere) {
    expect_end(Verdict::oops, [] { *nowhere = 1; });
}

// Of a call to nowhere there is no code: what called is the place.
TEST_F(Oops, TheCodeWhereItStoodIsKnownOnce) {
    void (*volatile no_function)() = nullptr;
    take_fault();
    EXPECT_EQ(take_fault(), 0u);
    expect_end(Verdict::oops, [&] { no_function(); });
    const std::uintptr_t caller = take_fault();
    EXPECT_GT(caller, 4096u);
    expect_end(Verdict::oops, [] { *nowhere = 1; });
    const std::uintptr_t writer = take_fault();
    EXPECT_GT(writer, 4096u);
    EXPECT_NE(writer, caller);
    EXPECT_EQ(take_fault(), 0u);
}

TEST_F(Oops, AnInterruptsTooAboveItsTask) {
    test::Prefer strategy({actor(Act::irq, 0)});
    for (int i = 0; i < 2; ++i) {
        const Ran ran = run(1, strategy, [] {
            spawn(0, [] {
                world().raise_irq(0, test::make_irq([] { *nowhere = 1; }));
                step('a');
            });
        });
        EXPECT_EQ(ran.verdict, Verdict::oops);
        EXPECT_EQ(ran.told, "");
    }
}

int depth_of(volatile int* from) {
    volatile int here = *from + 1;
    return zero == 0 ? depth_of(&here) + here : 0;
}

TEST_F(Oops, TheStackOverflows) {
    expect_end(Verdict::oops, [] {
        volatile int start = 0;
        depth_of(&start);
    });
}

TEST_F(Oops, ADivisionIsByZero) {
    expect_end(Verdict::oops, [] { zero = 100 / zero; });
}

TEST_F(Oops, ATrapThatWasCompiledInIsOurFault) {
    EXPECT_EXIT(expect_end(Verdict::oops, [] { __builtin_trap(); }), testing::ExitedWithCode(70),
                "no trap behind the last point .*oops_test.cpp");
}

TEST_F(Oops, ALoopHasNeitherEndNorPoint) {
    expect_end(Verdict::livelock, [] {
        while (zero == 0) continue;
    });
}

TEST_F(Oops, WhoeverLooksFromOutsideIsTold) {
    for (int i = 0; i < 2; ++i) {
        EXPECT_FALSE(survives([](void*) { *nowhere = 1; }, nullptr));
        EXPECT_FALSE(survives(
            [](void*) {
                while (zero == 0) continue;
            },
            nullptr));
        EXPECT_TRUE(survives([](void* looked) { *static_cast<bool*>(looked) = true; }, &looked_));
    }
    EXPECT_TRUE(looked_);
}

TEST_F(Oops, OutsideOfContextsItIsNoOnesFind) { EXPECT_DEATH(*nowhere = 1, ""); }

}  // namespace
}  // namespace rcufuzz::sim
