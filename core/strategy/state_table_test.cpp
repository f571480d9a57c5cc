// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/strategy/state_table.h"

#include <gtest/gtest.h>

#include "core/base/hash.h"

namespace rcufuzz::strategy {
namespace {

constexpr std::uint64_t many = 100'000;

TEST(StateTable, KeepsWhatWasAddedWhileItGrows) {
    StateTable table;
    for (std::uint64_t i = 0; i < many; ++i) {
        StateTable::Entry& entry = table.find(mix64(i));
        ASSERT_TRUE(StateTable::is_empty(entry));
        table.add(entry, mix64(i), i);
    }
    EXPECT_EQ(table.count(), many);
    EXPECT_LT(table.bytes(), 4 * many * sizeof(StateTable::Entry));
    for (std::uint64_t i = 0; i < many; ++i) {
        ASSERT_FALSE(StateTable::is_empty(table.find(mix64(i))));
        ASSERT_EQ(table.find(mix64(i)).sleep, i);
    }
    EXPECT_TRUE(StateTable::is_empty(table.find(mix64(many))));
}

TEST(StateTable, KnowsStatesThatBeginAtOnePlace) {
    StateTable table;
    for (std::uint64_t i = 1; i <= 1000; ++i) table.add(table.find(i << 32), i << 32, i);
    for (std::uint64_t i = 1; i <= 1000; ++i) EXPECT_EQ(table.find(i << 32).sleep, i);
}

TEST(StateTable, KeepsAStateWhoseHashIsZero) {
    StateTable table;
    table.add(table.find(0), 0, 5);
    EXPECT_EQ(table.find(0).sleep, 5u);
    EXPECT_EQ(table.count(), 1u);
}

TEST(StateTable, OfNoStatesTakesNoMemory) { EXPECT_EQ(StateTable().bytes(), 0u); }

}  // namespace
}  // namespace rcufuzz::strategy
