// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/linux/lines.h"

#include <gtest/gtest.h>

#include <array>

#include "core/base/check.h"

namespace rcufuzz::linux_guest {
namespace {

using Places = std::vector<Place>;

TEST(Places, AreAFileAndALineEach) {
    EXPECT_EQ(places(""), Places{});
    EXPECT_EQ(places("b.c 7\na.c 12\nb.c 3\n"), (Places{{"a.c", 12}, {"b.c", 3}, {"b.c", 7}}));
    EXPECT_THROW(places("a.c\n"), UserError);
    EXPECT_THROW(places("a.c x\n"), UserError);
}

// f has points at 10, 14 and 90, g one in between, and another file has a function f as well.
constexpr std::array<machine_site, 5> points{{{"a.c", "f", 14, 0},
                                              {"a.c", "f", 10, 0},
                                              {"a.c", "g", 30, 0},
                                              {"a.c", "f", 90, 0},
                                              {"b.c", "f", 12, 0}}};

Places near(const Places& lines) { return points_of_functions_at(points, lines); }

TEST(Places, AreNearThePointsOfTheirFunction) {
    EXPECT_EQ(near({{"a.c", 12}}), (Places{{"a.c", 10}, {"a.c", 14}, {"a.c", 90}}));
    EXPECT_EQ(near({{"a.c", 29}}), (Places{{"a.c", 30}}));
    EXPECT_EQ(near({{"b.c", 1}, {"a.c", 23}}), (Places{{"a.c", 30}, {"b.c", 12}}));
}

TEST(Places, FarFromEveryPointHaveNone) {
    EXPECT_EQ(near({{"a.c", 131}, {"c.c", 10}}), Places{});
    EXPECT_EQ(near({{"a.c", 130}}).size(), 3u);
}

}  // namespace
}  // namespace rcufuzz::linux_guest
