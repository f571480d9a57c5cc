// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/strategy/surw_profile.h"

#include <gtest/gtest.h>

namespace rcufuzz::strategy {
namespace {

TEST(SurwProfile, SharedIsWhatTwoTouchAndOneWrites) {
    SurwProfile profile;
    profile.count(1, 3, true);
    profile.count(1, 3, true);
    EXPECT_EQ(profile.shared(), 0u);
    profile.count(2, 3, false);
    profile.count(1, 4, false);
    profile.count(2, 4, false);
    EXPECT_EQ(profile.shared(), 1u << 3);
    profile.count(1, 4, true);
    EXPECT_EQ(profile.shared(), 1u << 3 | 1u << 4);
}

TEST(SurwProfile, ExpectsTheAverageOfEarlierRuns) {
    SurwProfile profile;
    const auto one_run = [&profile](int events) {
        for (int i = 0; i < events; ++i) profile.count(5, 7, true);
        profile.learn();
        return profile.expected(5, SurwProfile::Classes{1} << 7) / SurwProfile::one_event;
    };
    EXPECT_EQ(one_run(10), 10);  // the first run counts in full
    EXPECT_EQ(one_run(18), 11);
    for (int i = 0; i < 60; ++i) one_run(18);
    EXPECT_GE(one_run(18), 17);
    EXPECT_EQ(profile.expected(5, 0), 0);
    EXPECT_EQ(profile.expected(6, ~SurwProfile::Classes{0}), 0);
}

}  // namespace
}  // namespace rcufuzz::strategy
