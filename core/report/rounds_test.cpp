// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/report/rounds.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rcufuzz::report {
namespace {

using testing::ElementsAre;

// A turn for each letter, one a jiffy; those with the same letter say the same.
std::vector<Turn> turns_of(const std::string& letters) {
    std::vector<Turn> turns;
    for (const char letter : letters) {
        const auto number = static_cast<unsigned>(turns.size() + 1);
        const std::string text(1, letter);
        turns.push_back({0, 99 + number, number, {{number, text, text, false}}});
    }
    return turns;
}

std::vector<std::string> texts_of(const std::vector<Turn>& turns) {
    std::vector<std::string> texts;
    for (const Turn& turn : turns) {
        std::string text = std::to_string(turn.number);
        if (turn.last_number != 0) text += "-" + std::to_string(turn.last_number);
        texts.push_back(text + " " + turn.sentences.front().text);
    }
    return texts;
}

TEST(Rounds, AreToldOnceAndCounted) {
    EXPECT_THAT(
        texts_of(told_once(turns_of("xababababy"))),
        ElementsAre("1 x", "2 a", "3 b",
                    "4-9 (These two steps come again, three times, until jiffy 108.)", "10 y"));
    EXPECT_THAT(texts_of(told_once(turns_of("aaa"))),
                ElementsAre("1 a", "2-3 (This step comes again, twice, until jiffy 102.)"));
}

TEST(Rounds, OfWhichThereAreTwoAreToldBoth) { EXPECT_EQ(told_once(turns_of("ababc")).size(), 5u); }

TEST(Rounds, DoNotHideWhatBreaksOrMustBeTold) {
    std::vector<Turn> turns = turns_of("aaaa");
    turns[1].sentences[0].breaks = true;
    EXPECT_EQ(told_once(turns).size(), 4u);
    const auto in_the_midst = [](std::size_t first, std::size_t last) {
        return first <= 2 && last >= 2;
    };
    EXPECT_EQ(told_once(turns_of("aaaa"), in_the_midst).size(), 4u);
}

TEST(Rounds, OfTwoContextsAreNotTheSame) {
    std::vector<Turn> turns = turns_of("aaaa");
    turns[2].key = 1;
    EXPECT_EQ(told_once(turns).size(), 4u);
}

}  // namespace
}  // namespace rcufuzz::report
