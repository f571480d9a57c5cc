// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/report/condense.h"

#include <gmock/gmock.h>

namespace rcufuzz::report {
namespace {

using testing::ElementsAre;

// What one context says; the first sentence names it, the others say "It".
std::vector<Sentence> said(const std::vector<std::string>& predicates) {
    std::vector<Sentence> list;
    for (const std::string& predicate : predicates)
        list.push_back({list.size(), (list.empty() ? "rcuog0 " : "It ") + predicate,
                        "It " + predicate, false});
    return list;
}

TEST(Condensed, CountsASentenceThatRepeats) {
    EXPECT_THAT(condensed(said({"wakes rcuo0 at 1.", "wakes rcuo0 at 1.", "goes on."})),
                ElementsAre("rcuog0 wakes rcuo0 at 1, twice.", "It goes on."));
    EXPECT_THAT(condensed(said({"looks at 1.", "looks at 1.", "looks at 1."})),
                ElementsAre("rcuog0 looks at 1, three times."));
}

TEST(Condensed, CountsSentencesThatRepeatTogether) {
    EXPECT_THAT(condensed(said({"looks at 1.", "waits.", "looks at 1.", "waits.", "sleeps."})),
                ElementsAre("rcuog0 looks at 1.", "It waits.", "(These two twice.)", "It sleeps."));
}

TEST(Condensed, ListsWhatStandsAtTheEnd) {
    EXPECT_THAT(condensed(said({"invokes callback a.", "invokes callback b.",
                                "invokes callback c.", "goes to sleep."})),
                ElementsAre("rcuog0 invokes callback a, b and c.", "It goes to sleep."));
}

TEST(Condensed, ListsNoNumbers) {
    const auto list = said({"counts down to 2.", "counts down to 1."});
    EXPECT_THAT(condensed(list), ElementsAre("rcuog0 counts down to 2.", "It counts down to 1."));
}

TEST(Condensed, KeepsWhatIsPointedOut) {
    auto list = said({"a is b.", "a is b.", "a is c."});
    list[1].breaks = true;
    EXPECT_THAT(condensed(list), ElementsAre("rcuog0 a is b.", "It a is b.", "It a is c."));
}

TEST(JoinedWaits, SayTheVerbOnce) {
    EXPECT_EQ(joined_waits({"rcuo0 waits for a", "rcuo1 waits for b", "cpu1 spins"}),
              "rcuo0 waits for a, rcuo1 for b, cpu1 spins");
    EXPECT_EQ(joined_waits({}), "");
}

TEST(MeaningOf, TakesTheClauseOfTheValue) {
    EXPECT_EQ(meaning_of("1: each of its own; 0: all of one", 0), "all of one");
    EXPECT_EQ(meaning_of("1: each of its own; 0: all of one", 1), "each of its own");
    EXPECT_EQ(meaning_of("1: each of its own", 0), "1: each of its own");
    EXPECT_EQ(meaning_of("CPUs", 3), "CPUs");
}

}  // namespace
}  // namespace rcufuzz::report
