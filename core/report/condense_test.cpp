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

std::vector<std::string> texts_of(const std::vector<Sentence>& sentences) {
    std::vector<std::string> texts;
    for (const Sentence& sentence : condensed(sentences)) texts.push_back(sentence.text);
    return texts;
}

// A page has it there.
TEST(Condensed, StandsWhereItsFirstSentenceStood) {
    const std::vector<Sentence> told =
        condensed(said({"invokes callback a.", "invokes callback b.", "sleeps."}));
    ASSERT_EQ(told.size(), 2u);
    EXPECT_EQ(told[0].event, 0u);
    EXPECT_EQ(told[1].event, 2u);
}

TEST(Condensed, CountsASentenceThatRepeats) {
    EXPECT_THAT(texts_of(said({"wakes rcuo0 at 1.", "wakes rcuo0 at 1.", "goes on."})),
                ElementsAre("rcuog0 wakes rcuo0 at 1, twice.", "It goes on."));
    EXPECT_THAT(texts_of(said({"looks at 1.", "looks at 1.", "looks at 1."})),
                ElementsAre("rcuog0 looks at 1, three times."));
}

TEST(Condensed, CountsSentencesThatRepeatTogether) {
    EXPECT_THAT(texts_of(said({"looks at 1.", "waits.", "looks at 1.", "waits.", "sleeps."})),
                ElementsAre("rcuog0 looks at 1.", "It waits.", "(These two twice.)", "It sleeps."));
}

TEST(Condensed, ListsWhatStandsAtTheEnd) {
    EXPECT_THAT(texts_of(said({"invokes callback a.", "invokes callback b.",
                                "invokes callback c.", "goes to sleep."})),
                ElementsAre("rcuog0 invokes callback a, b and c.", "It goes to sleep."));
}

TEST(Condensed, ListsNoNumbers) {
    const auto list = said({"counts down to 2.", "counts down to 1."});
    EXPECT_THAT(texts_of(list), ElementsAre("rcuog0 counts down to 2.", "It counts down to 1."));
}

TEST(Condensed, SaysThatItIsDoneAgainAfterSomethingElse) {
    const auto once =
        said({"looks at 1.", "waits.", "wakes up.", "looks at 1.", "waits.", "ends."});
    EXPECT_THAT(texts_of(once), ElementsAre("rcuog0 looks at 1.", "It waits.",
                                             "It wakes up, and does the same again.", "It ends."));
    const auto thrice = said({"looks at 1.", "waits.", "wakes up.", "looks at 1.", "waits.",
                              "wakes up.", "looks at 1.", "waits."});
    EXPECT_THAT(texts_of(thrice),
                ElementsAre("rcuog0 looks at 1.", "It waits.",
                            "It wakes up, and does the same again, twice."));
    EXPECT_THAT(texts_of(said({"waits.", "waits.", "waits.", "waits.", "waits."})),
                ElementsAre("rcuog0 waits, five times."));
    const auto other = said({"looks at 1.", "waits.", "wakes up.", "looks at 2.", "waits."});
    EXPECT_EQ(texts_of(other).size(), 5u);
}

TEST(Condensed, CountsOn) {
    EXPECT_THAT(texts_of(said({"has 1 now.", "has 2 now.", "has 3 now.", "ends."})),
                ElementsAre("rcuog0 has 1 now.", "(The same with 2 and 3.)", "It ends."));
    EXPECT_THAT(texts_of(said({"calls f(a).", "puts a there.", "calls f(b).", "puts b there.",
                                "calls f(c).", "puts c there.", "calls f(d).", "puts d there."})),
                ElementsAre("rcuog0 calls f(a).", "It puts a there.", "(The same with b to d.)"));
    for (const std::vector<std::string>& other :
         {std::vector<std::string>{"has 1 now.", "has 2 now."},
          {"has 1 now.", "has 3 now.", "has 5 now."},
          {"has 3 now.", "has 2 now.", "has 1 now."},
          {"has 1 of 1.", "has 2 of 3.", "has 3 of 4."}})
        EXPECT_EQ(texts_of(said(other)).size(), other.size()) << other[1];
}

TEST(Condensed, KeepsWhatIsPointedOut) {
    auto list = said({"a is b.", "a is b.", "a is c."});
    list[1].breaks = true;
    EXPECT_THAT(texts_of(list), ElementsAre("rcuog0 a is b.", "It a is b.", "It a is c."));
}

TEST(JoinedWaits, SayTheVerbOnce) {
    EXPECT_EQ(joined_waits({"rcuo0 waits for a", "rcuo1 waits for b", "cpu1 spins"}),
              "rcuo0 waits for a, rcuo1 for b, cpu1 spins");
    EXPECT_EQ(joined_waits({}), "");
}

TEST(MeaningOf, TakesTheClauseOfTheValue) {
    EXPECT_EQ(meaning_of("1: each of its own; 0: all of one", 0), "all of one");
    EXPECT_EQ(meaning_of("1: each of its own; 0: all of one", 1), "each of its own");
    EXPECT_EQ(meaning_of("1: each of its own", 0), "not: each of its own");
    EXPECT_EQ(meaning_of("CPUs", 3), "CPUs");
    EXPECT_EQ(meaning_of("the code of 0 v4.11, 1 v4.12, 2 v4.14", 0), "v4.11");
    EXPECT_EQ(meaning_of("the code of 0 v4.11, 1 v4.12, 2 v4.14", 1), "v4.12");
    EXPECT_EQ(meaning_of("the code of 0 v4.11, 1 v4.12, 2 v4.14", 2), "v4.14");
    EXPECT_EQ(meaning_of("0 here, once 2 there", 2), "0 here, once 2 there");
}

// Turns of one sentence each, "NAME goes to sleep." of each name.
std::vector<Turn> each_says(const std::vector<std::string>& names, const std::string& predicate) {
    std::vector<Turn> turns;
    for (const std::string& name : names)
        turns.push_back({{}, 100, 1, {{0, name + predicate, "It" + predicate, false}}});
    return turns;
}

TEST(ToldTogether, SaysOnceWhatSeveralDo) {
    EXPECT_THAT(told_together(each_says({"rcuo0", "rcuo1"}, " goes to sleep.")),
                ElementsAre("rcuo0 goes to sleep; so does rcuo1."));
    EXPECT_THAT(told_together(each_says({"rcuo0", "rcuo1", "rcuo2"}, " goes to sleep.")),
                ElementsAre("rcuo0 goes to sleep; so do rcuo1 and rcuo2."));
    EXPECT_THAT(told_together(each_says({"Ahead of the others, rcuo0", "rcuo1"}, " sleeps.")),
                ElementsAre("Ahead of the others, rcuo0 sleeps; so does rcuo1."));
}

TEST(ToldTogether, CountsNobodyTwice) {
    EXPECT_THAT(told_together(each_says({"m0", "m1", "m0", "m1", "m2"}, " takes part.")),
                ElementsAre("m0 takes part; so do m1 and m2, some of them several times."));
}

TEST(ToldTogether, LeavesADecisionAndWhatDiffersAlone) {
    EXPECT_THAT(told_together(each_says({"rcuo0", "before cpu0 goes on, rcuo1"}, " sleeps.")),
                ElementsAre("rcuo0 sleeps.", "before cpu0 goes on, rcuo1 sleeps."));
    std::vector<Turn> turns = each_says({"rcuo0", "rcuo1"}, " sleeps.");
    turns[1].sentences[0].again = "It wakes up.";
    turns[1].sentences[0].text = "rcuo1 wakes up.";
    EXPECT_THAT(told_together(turns), ElementsAre("rcuo0 sleeps.", "rcuo1 wakes up."));
}

}  // namespace
}  // namespace rcufuzz::report
