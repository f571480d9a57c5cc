// SPDX-License-Identifier: GPL-2.0-or-later
//
// That MemorySanitizer sees here what it is there for: in ordinary code, behind the library's
// arrays and vectors, in a run's memory, and from one fiber to another.
#include <gtest/gtest.h>

#include <array>
#include <vector>

#include "core/sim/test_machine.h"

namespace rcufuzz::sim {
namespace {

constexpr char seen[] = "use-of-uninitialized-value";

// Hides from the optimiser that nothing has been stored.
int& hidden(int& place) {
    asm volatile("" : : "r"(&place));
    return place;
}

void branch_on(int value) {
    if (value == 12345) asm volatile("");
}

void use_local() {
    int value;
    branch_on(hidden(value));
}

void use_element() {
    std::array<int, 4> values;
    hidden(values[0]) = 0;
    branch_on(values[1]);
}

void use_what_passed_a_vector() {
    int value;
    std::vector<int> values(3);
    values[1] = hidden(value);
    branch_on(values[1]);
}

struct Unset {
    Unset() {}  // not defaulted: that would make it zero
    int value;
};

void use_arena() {
    Arena arena(4096);
    branch_on(hidden(arena.make<Unset>().value));
}

// One fiber stores what `values` has at `index`, another uses it.
void use_across_fibers(const std::array<int, 2>& values, unsigned index) {
    test::Sequential sequential;
    int shared = 0;
    test::run(2, sequential, [&] {
        test::spawn(0, [&] { shared = values[index]; });
        test::spawn(1, [&] {
            test::point();
            branch_on(shared);
            test::told += shared == 0 ? '0' : '1';
        });
    });
}

void use_of_another_fiber(unsigned index) {
    std::array<int, 2> values;
    hidden(values[0]) = 1;
    use_across_fibers(values, index);
}

TEST(Uninitialised, IsSeenOnTheStack) { EXPECT_DEATH(use_local(), seen); }
TEST(Uninitialised, IsSeenInAnArray) { EXPECT_DEATH(use_element(), seen); }
TEST(Uninitialised, IsSeenInAVector) { EXPECT_DEATH(use_what_passed_a_vector(), seen); }
TEST(Uninitialised, IsSeenInARunsMemory) { EXPECT_DEATH(use_arena(), seen); }
TEST(Uninitialised, IsSeenOnAnotherFiber) { EXPECT_DEATH(use_of_another_fiber(1), seen); }

TEST(Uninitialised, IsNotWhatAnotherFiberHasSet) {
    use_of_another_fiber(0);
    EXPECT_EQ(test::told, "1");
}

}  // namespace
}  // namespace rcufuzz::sim
