// SPDX-License-Identifier: GPL-2.0-or-later
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "core/base/arena.h"
#include "core/base/bytes.h"
#include "core/base/check.h"
#include "core/base/hash.h"
#include "core/base/prng.h"
#include "core/base/text.h"
#include "core/base/verdict.h"

namespace rcufuzz {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// --- text ---------------------------------------------------------------------------------------

TEST(ParseInt, WholeDecimalAndHexNumbers) {
    EXPECT_EQ(parse_int("0"), 0);
    EXPECT_EQ(parse_int("-0"), 0);
    EXPECT_EQ(parse_int("17"), 17);
    EXPECT_EQ(parse_int("007"), 7);
    EXPECT_EQ(parse_int("-17"), -17);
    EXPECT_EQ(parse_int("0x10"), 16);
    EXPECT_EQ(parse_int("0xfF"), 255);
    EXPECT_EQ(parse_int("-0x10"), -16);
}

TEST(ParseInt, GoesToTheEdgesAndNotBeyond) {
    EXPECT_EQ(parse_int("9223372036854775807"), INT64_MAX);
    EXPECT_EQ(parse_int("0x7fffffffffffffff"), INT64_MAX);
    EXPECT_EQ(parse_int("-9223372036854775807"), -INT64_MAX);
    EXPECT_EQ(parse_int("9223372036854775808"), std::nullopt);
    EXPECT_EQ(parse_int("-9223372036854775808"), std::nullopt);
    EXPECT_EQ(parse_int("0xffffffffffffffff"), std::nullopt);
    EXPECT_EQ(parse_int("18446744073709551616"), std::nullopt);
}

TEST(ParseInt, TakesNothingElse) {
    for (const char* text : {"", "-", "+1", "--1", "-+1", " 1", "1 ", "1a", "a", "0x", "0xg",
                             "0X10", "1.0", "1e3", "- 1", "0x-1", "1_000"})
        EXPECT_EQ(parse_int(text), std::nullopt) << '"' << text << '"';
}

TEST(NumberedName, EndsInANumberBelowTheLimit) {
    const auto refs = numbered_name("refs12", 13);
    ASSERT_TRUE(refs);
    EXPECT_EQ(refs->name, "refs");
    EXPECT_EQ(refs->number, 12u);
    ASSERT_TRUE(numbered_name("gp_2_0", 1));
    EXPECT_EQ(numbered_name("gp_2_0", 1)->name, "gp_2_");
    EXPECT_EQ(numbered_name("7", 8)->name, "");
    for (const char* const text : {"refs13", "refs", "", "refs1x", "refs99999999999999999999"})
        EXPECT_FALSE(numbered_name(text, 13)) << text;
}

TEST(Trim, TakesBlanksFromBothEnds) {
    EXPECT_EQ(trim(" \t a b\r"), "a b");
    EXPECT_EQ(trim("a"), "a");
    EXPECT_EQ(trim(" \t\r"), "");
    EXPECT_EQ(trim(""), "");
}

TEST(Words, AreSeparatedByBlanks) {
    EXPECT_THAT(words("  call_rcu\tcount=2 \r"), ElementsAre("call_rcu", "count=2"));
    EXPECT_THAT(words(""), IsEmpty());
    EXPECT_THAT(words(" \t"), IsEmpty());
}

TEST(Words, EndAtAComment) {
    EXPECT_THAT(words("a b # c"), ElementsAre("a", "b"));
    EXPECT_THAT(words("#a"), IsEmpty());
    EXPECT_THAT(words("   # a"), IsEmpty());
    // Inside a word it is a character like any other.
    EXPECT_THAT(words("a#b c"), ElementsAre("a#b", "c"));
}

TEST(Lines, KeepTheEmptyOnesButNotOneAfterTheEnd) {
    EXPECT_THAT(lines("a\n\nb\n"), ElementsAre("a", "", "b"));
    EXPECT_THAT(lines("a\nb"), ElementsAre("a", "b"));
    EXPECT_THAT(lines("\n"), ElementsAre(""));
    EXPECT_THAT(lines(""), IsEmpty());
}

TEST(Printable, EscapesWhatATerminalDoesNotShowAsItIs) {
    const std::string plain = "a b'\"\\ \xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80";
    EXPECT_EQ(printable(plain), plain);
    EXPECT_EQ(printable(std::string_view("a\0b", 3)), "a\\x00b");
    EXPECT_EQ(printable("\x1b[31m\x07\x7f\n\t"), "\\x1b[31m\\x07\\x7f\\x0a\\x09");
    EXPECT_EQ(printable("\xc2\x9b" "1m"), "\\xc2\\x9b1m") << "a control sequence of one character";
    EXPECT_EQ(printable("\xe2\x80\xae" "x"), "\\xe2\\x80\\xaex") << "from right to left";
    EXPECT_EQ(printable("\xff\xc3"), "\\xff\\xc3");
    EXPECT_EQ(printable("\xc0\xaf\xed\xa0\x80"), "\\xc0\\xaf\\xed\\xa0\\x80") << "no UTF-8";
    EXPECT_EQ(printable(printable("\x1b")), printable("\x1b"));
    EXPECT_EQ(printable_lines("a\tb\n\x1b"), "a\tb\n\\x1b");
}

TEST(Shortened, LosesItsMiddleAndNoHalfOfACharacter) {
    EXPECT_EQ(shortened("0123456789", 10), "0123456789");
    EXPECT_EQ(shortened("0123456789", 4), "01[...]89");
    EXPECT_EQ(shortened("a\xc3\xa9" "bcd\xc3\xa9" "f", 4), "a[...]\xc3\xa9" "f");
}

TEST(Quoted, IsOneLineOfBoundedLength) {
    EXPECT_EQ(quoted("a\nb"), "'a\\x0ab'");
    EXPECT_LT(rcufuzz::quoted(std::string(100000, '\x01')).size(), 200u);
}

TEST(AsCode, HoldsNoMarkup) {
    EXPECT_EQ(as_code("[a](b)<c>*d*"), "`[a](b)<c>*d*`");
    EXPECT_EQ(as_code("a`b``c"), "``` a`b``c ```");
    EXPECT_EQ(as_code("a|b"), "`a\\|b`");
    EXPECT_EQ(as_code("a\n# b"), "`a\\x0a# b`");
}

// --- verdicts -----------------------------------------------------------------------------------

TEST(Verdicts, StandInTheTableInTheirOrder) {
    for (std::size_t i = 0; i < all_verdicts().size(); ++i)
        EXPECT_EQ(static_cast<std::size_t>(all_verdicts()[i].verdict), i);
    EXPECT_EQ(all_verdicts().back().verdict, Verdict::kernel_warning) << "one is missing";
}

TEST(Verdicts, WordsAreUniqueAndReadBack) {
    std::set<std::string_view> seen;
    for (const VerdictInfo& info : all_verdicts()) {
        EXPECT_TRUE(seen.insert(info.word).second) << info.word;
        EXPECT_EQ(testing::PrintToString(info.verdict), info.word);
        EXPECT_EQ(word(info.verdict), info.word);
        EXPECT_EQ(verdict_from_word(info.word), info.verdict);
        EXPECT_THAT(words(info.word), ElementsAre(info.word)) << "a word of a file";
        EXPECT_FALSE(info.meaning.empty());
    }
}

TEST(Verdicts, OtherWordsAreNone) {
    for (const char* text : {"", "Clean", "clean ", "deadlocks", "0"})
        EXPECT_EQ(verdict_from_word(text), std::nullopt) << '"' << text << '"';
}

TEST(Verdicts, InnerOnesAreNoneOfTheUsersBusiness) {
    EXPECT_TRUE(is_black_box(Verdict::stranded_callback));
    EXPECT_FALSE(is_black_box(Verdict::invariant));
    EXPECT_FALSE(is_black_box(Verdict::data_race));
}

// --- numbers that must be the same everywhere ---------------------------------------------------

TEST(Prng, GivesTheSameNumbersOnEveryMachine) {
    EXPECT_EQ(mix64(0), 0xe220a8397b1dcdafu);  // SplitMix64's first number from seed 0
    Prng zero(0);
    const std::array<std::uint64_t, 4> from_zero{0x1a70a846bd9cc2a9u, 0x6a0ef250cd2b9e80u,
                                                 0x61325a7589c2ff27u, 0x21ccf8536a2bb70au};
    for (const std::uint64_t number : from_zero) EXPECT_EQ(zero.next(), number);
    Prng other(42);
    const std::array<std::uint64_t, 4> from_42{0x5c8961e1f2055d33u, 0xe182e8e848466886u,
                                               0x9f7313650e290a18u, 0xe6c0f551804ef0bbu};
    for (const std::uint64_t number : from_42) EXPECT_EQ(other.next(), number);
}

TEST(Prng, BelowStaysBelowAndReachesAll) {
    Prng prng(1);
    std::array<unsigned, 7> hits{};
    for (int i = 0; i < 7000; ++i) {
        const std::uint32_t n = prng.below(7);
        ASSERT_LT(n, 7u);
        ++hits[n];
    }
    for (const unsigned count : hits) EXPECT_GT(count, 800u);
    for (int i = 0; i < 100; ++i) EXPECT_EQ(prng.below(1), 0u);
    EXPECT_TRUE(prng.one_in(1));
}

TEST(Prng, SeedsGiveDifferentSequences) {
    std::set<std::uint64_t> firsts;
    for (std::uint64_t seed = 0; seed < 1000; ++seed) firsts.insert(Prng(seed).next());
    EXPECT_EQ(firsts.size(), 1000u);
}

std::uint64_t hash_of(std::initializer_list<std::uint64_t> values) {
    RunningHash hash;
    for (const std::uint64_t value : values) hash.add(value);
    return hash.value();
}

TEST(RunningHash, IsTheSameOnEveryMachine) {
    EXPECT_EQ(hash_of({}), 0xc0e16b163a85a4dcu);
    EXPECT_EQ(hash_of({1, 2, 3}), 0xbdc9e6696944fdd3u);
    static_assert(RunningHash{}.value() != 0);  // known at compile time, so no machine matters
}

TEST(RunningHash, DependsOnValuesOrderAndNumber) {
    const std::set<std::uint64_t> all{hash_of({}),     hash_of({0}),    hash_of({0, 0}),
                                      hash_of({1}),    hash_of({1, 0}), hash_of({0, 1}),
                                      hash_of({1, 2}), hash_of({2, 1}), hash_of({1ull << 63})};
    EXPECT_EQ(all.size(), 9u);
}

// --- arena --------------------------------------------------------------------------------------

TEST(Arena, AlignsWhatItMakes) {
    struct alignas(32) Wide {
        char c = 'w';
    };
    Arena arena(4096);
    arena.make<char>('x');
    const double& number = arena.make<double>(1.5);
    arena.make<char>('y');
    const Wide& wide = arena.make<Wide>();
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(&number) % alignof(double), 0u);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(&wide) % alignof(Wide), 0u);
    EXPECT_EQ(number, 1.5);
    EXPECT_EQ(wide.c, 'w');
}

TEST(Arena, RewindGivesTheSamePlaceAgainAndCleanObjects) {
    Arena arena(4096);
    int& first = arena.make<int>(7);
    const std::span<int> array = arena.make_array<int>(10);
    for (int& value : array) value = -1;
    const std::size_t used = arena.used();
    EXPECT_GE(used, 11 * sizeof(int));
    arena.rewind();
    EXPECT_EQ(arena.used(), 0u);
    EXPECT_EQ(&arena.make<int>(8), &first);
    for (const int value : arena.make_array<int>(10)) EXPECT_EQ(value, 0);
    EXPECT_EQ(arena.used(), used);
}

TEST(Arena, ObjectsDoNotOverlap) {
    Arena arena(4096);
    const std::span<std::uint16_t> a = arena.make_array<std::uint16_t>(3);
    std::uint64_t& b = arena.make<std::uint64_t>(~0ull);
    const std::span<std::uint8_t> c = arena.make_array<std::uint8_t>(5);
    std::fill(a.begin(), a.end(), std::uint16_t{0xaaaa});
    std::fill(c.begin(), c.end(), std::uint8_t{0xcc});
    EXPECT_EQ(b, ~0ull);
    for (const std::uint16_t value : a) EXPECT_EQ(value, 0xaaaa);
}

// The dead man's words end with a line of the file that asked too much.
TEST(ArenaDeathTest, CannotGrow) {
    Arena arena(64);
    arena.make_array<char>(64);
    EXPECT_EXIT(arena.make<char>('x'), testing::ExitedWithCode(exit_internal), "arena.h");
}

// --- bytes --------------------------------------------------------------------------------------

TEST(Bytes, ReadsWhatWasWritten) {
    ByteWriter writer;
    writer.u8(0x12);
    writer.u16(0x3456);
    writer.u8(0x1ff);  // the low eight bits
    const std::vector<std::uint8_t> bytes = writer.take();
    EXPECT_THAT(bytes, ElementsAre(0x12, 0x56, 0x34, 0xff));
    ByteReader reader(bytes);
    EXPECT_EQ(reader.u8(), 0x12);
    EXPECT_EQ(reader.position(), 1u);
    EXPECT_EQ(reader.u16(), 0x3456);
    EXPECT_EQ(reader.remaining(), 1u);
    EXPECT_EQ(reader.u8(), 0xff);
}

TEST(Bytes, ArePastTheEndAllZero) {
    const std::array<std::uint8_t, 1> one{0x7f};
    ByteReader reader(one);
    EXPECT_EQ(reader.u16(), 0x007f);
    for (int i = 0; i < 10; ++i) EXPECT_EQ(reader.u8(), 0);
    EXPECT_EQ(reader.remaining(), 0u);
    EXPECT_EQ(reader.position(), 1u);
}

// --- our own faults -----------------------------------------------------------------------------

TEST(CheckDeathTest, ExitsWithSeventyAndSaysWhere) {
    EXPECT_EXIT(CHECK(1 + 1 == 3), testing::ExitedWithCode(exit_internal),
                "rcufuzz: internal check failed: 1 \\+ 1 == 3 \\(.*base_test.cpp:[0-9]+\\)");
}

TEST(Check, CostsNothingElseWhereItHolds) {
    int evaluated = 0;
    CHECK(++evaluated == 1);
    EXPECT_EQ(evaluated, 1);
}

}  // namespace
}  // namespace rcufuzz
