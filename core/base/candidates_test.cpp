// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/base/candidates.h"

#include <gtest/gtest.h>

namespace rcufuzz {
namespace {

TEST(Distance, CountsSlipsOfTheHand) {
    EXPECT_EQ(distance("hunt", "hunt"), 0u);
    EXPECT_EQ(distance("hunt", "HUNT"), 0u);
    EXPECT_EQ(distance("hunt", "hnt"), 1u);
    EXPECT_EQ(distance("hunt", "hutn"), 1u);
    EXPECT_EQ(distance("hunt", "bunt"), 1u);
    EXPECT_EQ(distance("hunt", "hunnt"), 1u);
    EXPECT_EQ(distance("", "hunt"), 4u);
    EXPECT_EQ(distance("hunt", "story"), 5u);
}

TEST(DidYouMean, NamesTheNearestFirst) {
    EXPECT_EQ(did_you_mean("trcepoint", {"nocb", "tracepoint"}), " (did you mean 'tracepoint'?)");
    EXPECT_EQ(did_you_mean("rcup_a", {"rcu_b", "rcu_a"}), " (did you mean 'rcu_a' or 'rcu_b'?)");
    EXPECT_EQ(did_you_mean("aa", {"ab", "ac", "ad", "ae"}),
              " (did you mean 'ab', 'ac' or 'ad'?)");
}

TEST(DidYouMean, ElseNamesThatHoldTheWord) {
    EXPECT_EQ(did_you_mean("smp", {"queue_smp", "smp_call"}),
              " (did you mean 'smp_call' or 'queue_smp'?)");
}

TEST(DidYouMean, SaysNothingWhereNothingIsNear) {
    EXPECT_EQ(did_you_mean("moon", {"nocb", "dynticks"}), "");
    EXPECT_EQ(did_you_mean("", {"nocb"}), "");
    EXPECT_EQ(did_you_mean("x", {"y"}), "") << "another name altogether";
    EXPECT_EQ(did_you_mean(std::string(100'000, 'a'), {"a"}), "");
}

}  // namespace
}  // namespace rcufuzz
