// SPDX-License-Identifier: GPL-2.0-or-later
#include <gtest/gtest.h>

#include <array>
#include <string>

#include "core/sim/fiber_switch.h"
#include "core/sim/test_machine.h"

namespace rcufuzz::sim {
namespace {

using test::told;

// A fiber's stack is never given back, so all tests share these few. Each executes one job after
// another, and parks at home in between.
struct Member {
    Fiber fiber;
    unsigned number = 0;
    void (*job)(Member& self) = nullptr;
};

Fiber home;
std::array<Member, 3> crew;

void member_main(void* arg) {
    Member& self = *static_cast<Member*>(arg);
    for (;;) {
        self.job(self);
        Fiber::switch_between(self.fiber, home);
    }
}

void go_home(Member& self) { Fiber::switch_between(self.fiber, home); }

class FiberTest : public testing::Test {
   protected:
    FiberTest() {
        told.clear();
        for (unsigned i = 0; i < crew.size(); ++i) {
            crew[i].number = i;
            crew[i].fiber.create(member_main, &crew[i]);
        }
    }

    static void enter(unsigned number) { Fiber::switch_between(home, crew[number].fiber); }
    static void enter(unsigned number, void (*job)(Member&)) {
        crew[number].job = job;
        enter(number);
    }
};

TEST_F(FiberTest, GoesOnWhereItStopped) {
    enter(0, [](Member& self) {
        told += 'a';
        go_home(self);
        told += 'c';
    });
    told += 'b';
    enter(0);
    told += 'd';
    EXPECT_EQ(told, "abcd");
}

TEST_F(FiberTest, ExecutesOneJobAfterAnother) {
    enter(0, [](Member&) { told += 'a'; });
    enter(0, [](Member&) { told += 'b'; });
    EXPECT_EQ(told, "ab");
}

TEST_F(FiberTest, FibersSwitchBetweenEachOther) {
    crew[1].job = [](Member& self) {
        told += 'b';
        Fiber::switch_between(self.fiber, crew[2].fiber);
        told += 'e';
    };
    crew[2].job = [](Member& self) {
        told += 'c';
        Fiber::switch_between(self.fiber, crew[0].fiber);
    };
    enter(0, [](Member& self) {
        told += 'a';
        Fiber::switch_between(self.fiber, crew[1].fiber);
        told += 'd';
        Fiber::switch_between(self.fiber, crew[1].fiber);
        told += 'x';  // only when it is entered again, below
    });
    EXPECT_EQ(told, "abcde");
    enter(0);
    enter(2);
    EXPECT_EQ(told, "abcdex");
}

TEST_F(FiberTest, LocalsSurviveASwitch) {
    crew[0].job = crew[1].job = [](Member& self) {
        std::array<unsigned, 64> local{};
        for (unsigned i = 0; i < local.size(); ++i) local[i] = self.number * 1000 + i;
        std::string text(100, static_cast<char>('a' + self.number));
        go_home(self);
        for (unsigned i = 0; i < local.size(); ++i) EXPECT_EQ(local[i], self.number * 1000 + i);
        EXPECT_EQ(text, std::string(100, static_cast<char>('a' + self.number)));
    };
    for (const unsigned number : {0u, 1u, 1u, 0u}) enter(number);
}

struct Thrown {
    unsigned by;
};

TEST_F(FiberTest, AJobsExceptionStaysOnItsStack) {
    crew[0].job = crew[1].job = [](Member& self) {
        try {
            go_home(self);
            throw Thrown{self.number};
        } catch (const Thrown& thrown) {
            told += "of " + std::to_string(thrown.by);
        }
    };
    enter(0);
    enter(1);
    enter(0);
    enter(1);
    EXPECT_EQ(told, "of 0of 1");
}

unsigned depth_of(unsigned n) {
    std::array<volatile char, 256> frame{};
    frame[n % frame.size()] = 1;
    return n == 0 ? 0 : 1 + depth_of(n - 1) + (frame[0] > 1 ? 1 : 0);
}

TEST_F(FiberTest, HasRoomForDeepCalls) {
    enter(0, [](Member&) { told = std::to_string(depth_of(50)); });
    EXPECT_EQ(told, "50");
}

TEST_F(FiberTest, SwitchesAsOftenAsOneLikes) {
    static unsigned count;
    count = 0;
    crew[0].job = [](Member& self) {
        for (int i = 0; i < 100'000; ++i) {
            ++count;
            go_home(self);
        }
    };
    for (int i = 0; i < 100'001; ++i) enter(0);  // the last lets the job end
    EXPECT_EQ(count, 100'000u);
}

TEST(FiberDeathTest, EntryFunctionMustNotReturn) {
    EXPECT_EXIT(
        {
            Fiber fiber;
            fiber.create([](void*) {}, nullptr);
            Fiber::switch_between(home, fiber);
        },
        testing::ExitedWithCode(70), "entry function returned");
}

}  // namespace
}  // namespace rcufuzz::sim
