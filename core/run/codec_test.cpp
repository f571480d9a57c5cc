// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/run/codec.h"

#include <gmock/gmock.h>

#include "core/base/check.h"
#include "core/base/effort_test.h"
#include "core/base/prng.h"
#include "core/run/generate.h"
#include "core/run/names.h"
#include "core/run/toy_test.h"

namespace rcufuzz::run {
namespace {

using testing::HasSubstr;

std::vector<std::uint8_t> random_bytes(Prng& prng, std::uint32_t max_size) {
    std::vector<std::uint8_t> bytes(prng.below(max_size + 1));
    for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(prng.next());
    return bytes;
}

Plan random_plan(std::uint64_t seed) {
    Prng prng(seed);
    Plan base = empty_plan(toy::subsystem());
    base.bugs = prng.below(16);
    base.oracle = static_cast<OracleMode>(prng.below(2));
    Plan plan = generate(base, {}, prng);
    for (unsigned i = prng.below(20); i != 0; --i) mutate(plan, prng);
    return plan;
}

std::string error_of(std::string_view text) {
    try {
        from_text(text, "file");
    } catch (const UserError& error) {
        return error.what();
    }
    return "";
}

TEST(Codec, EveryByteStringDecodesToACanonicalPlan) {
    Prng prng(1);
    const Frame frame{empty_plan(toy::subsystem())};
    for (int i = 0; i < effort(10000); ++i) {
        const Plan plan = decode(random_bytes(prng, 4096), frame);
        Plan again = plan;
        canonicalize(again);
        ASSERT_EQ(again, plan);
        const std::vector<std::uint8_t> body = encode_body(plan);
        ASSERT_EQ(decode_body(body, frame), plan);
        ASSERT_EQ(encode_body(decode_body(body, frame)), body);
    }
}

TEST(Codec, EmptyBytesAreTheEmptyPlan) {
    const Frame frame{empty_plan(toy::subsystem())};
    EXPECT_EQ(decode({}, frame), frame.plan);
    EXPECT_TRUE(encode_body(frame.plan).empty());
}

TEST(Codec, FrameCarriesTargetBugsAndModes) {
    const Frame frame{empty_plan(toy::subsystem())};
    for (std::uint64_t seed = 0; seed < 500; ++seed) {
        const Plan plan = random_plan(seed);
        ASSERT_EQ(decode(encode(plan), frame), plan);
    }
}

TEST(Codec, DamagedFrameIsABody) {
    const Frame frame{empty_plan(toy::subsystem())};
    std::vector<std::uint8_t> bytes = encode(random_plan(3));
    bytes[4] = 99;  // version
    EXPECT_EQ(decode(bytes, frame), decode_body(bytes, frame));
}

// Every value of a field is as likely among random bytes: what is out of range goes round.
TEST(Codec, FieldsOutOfRangeGoRound) {
    const Frame frame{empty_plan(toy::subsystem())};
    for (const auto& [byte, times] : {std::pair{0, 3}, {1, 1}, {3, 3}, {4, 1}, {254, 2}}) {
        const std::vector<std::uint8_t> add{0x80, 0, static_cast<std::uint8_t>(byte), 0};
        EXPECT_EQ(decode_body(add, frame).ops.at(0).args[0], times) << byte;
    }
    for (const auto& [value, step] : {std::pair{301, -5}, {-6, 300}, {7, 7}, {302, -4}}) {
        std::vector<std::uint8_t> config{0xc2, 0, 0, 0};
        config[1] = static_cast<std::uint8_t>(value & 0xff);
        config[2] = static_cast<std::uint8_t>(value >> 8 & 0xff);
        EXPECT_EQ(decode_body(config, frame).config[toy::config_step], step) << value;
    }
}

// How many operations, configuration values and decisions of `a` are not in `b`.
unsigned lost_items(const Plan& a, const Plan& b) {
    unsigned lost = 0;
    for (std::size_t i = 0; i < a.config.size(); ++i) lost += a.config[i] != b.config[i] ? 1 : 0;
    std::vector<scenario::Op> ops = b.ops;
    for (const scenario::Op& op : a.ops) {
        const auto at = std::find(ops.begin(), ops.end(), op);
        if (at == ops.end())
            ++lost;
        else
            ops.erase(at);
    }
    for (const sim::Decision& decision : a.decisions) {
        if (std::find(b.decisions.begin(), b.decisions.end(), decision) == b.decisions.end())
            ++lost;
    }
    return lost;
}

TEST(Codec, ChangingOneByteChangesOneThing) {
    const Frame frame{empty_plan(toy::subsystem())};
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        Prng prng(seed + 1000);
        Plan plan = random_plan(seed);
        // The number of CPUs moves operations; that is what the value means.
        plan.config = frame.plan.config;
        canonicalize(plan);
        std::vector<std::uint8_t> body = encode_body(plan);
        if (body.empty()) continue;
        const std::size_t at = prng.below(static_cast<std::uint32_t>(body.size()));
        if (body[at] >= 0xc0) continue;
        body[at] ^= static_cast<std::uint8_t>(1 + prng.below(0x3f));
        const Plan changed = decode_body(body, frame);
        // A changed decision may land on the place of another, which makes two lost.
        EXPECT_LE(lost_items(plan, changed), 2u);
        EXPECT_LE(lost_items(changed, plan), 1u);
    }
}

TEST(Codec, TextRoundTrip) {
    for (std::uint64_t seed = 0; seed < 500; ++seed) {
        const Plan plan = random_plan(seed);
        const std::string text = to_text(plan);
        ASSERT_EQ(from_text(text, "x"), plan) << text;
        ASSERT_EQ(to_text(from_text(text, "x")), text);
    }
}

TEST(Codec, TextOfAnyBytesRoundTrips) {
    Prng prng(2);
    const Frame frame{empty_plan(toy::subsystem())};
    for (int i = 0; i < 500; ++i) {
        const Plan plan = decode_body(random_bytes(prng, 512), frame);
        ASSERT_EQ(from_text(to_text(plan), "x"), plan) << to_text(plan);
    }
}

TEST(Codec, TextIsReadable) {
    const std::string text =
        "rcufuzz-plan 1\n"
        "target toy\n"
        "bug T01_no_lock\n"
        "memory sc\n"
        "oracle black-box\n"
        "config end_tick 1\n"
        "op cpu0 off add times=2\n"
        "op cpu1 hardirq post\n"
        "decide cpu0 17 run cpu1\n"
        "decide cpu1/softirq 3 irq cpu1\n"
        "decide worker 1 time\n"
        "decide @9 2 answer 100\n"
        "decide world 1 run worker\n";
    const Plan plan = from_text(text, "x");
    EXPECT_EQ(to_text(plan), text);
    EXPECT_EQ(plan.ops.size(), 2u);
    EXPECT_EQ(plan.decisions.size(), 5u);
    EXPECT_EQ(plan.oracle, OracleMode::black_box);
    EXPECT_EQ(plan.decisions[0], (sim::Decision{0, 17, 2}));
}

TEST(Codec, CommentsAndBlankLinesAreIgnored) {
    const std::string text =
        "rcufuzz-plan 1 # by hand\n\n# nothing\ntarget toy\r\nop cpu1 on post\n";
    EXPECT_EQ(from_text(text, "x").ops.size(), 1u);
}

TEST(Codec, BadTextNamesTheLine) {
    const std::string head = "rcufuzz-plan 1\ntarget toy\n";
    EXPECT_EQ(error_of(""), "file:0: no target");
    EXPECT_THAT(error_of("plan\n"), HasSubstr("file:1: unknown word 'plan'"));
    EXPECT_THAT(error_of("rcufuzz-plan 2\n"), HasSubstr("file:1: "));
    EXPECT_THAT(error_of("rcufuzz-plan 1\ntarget moon\n"), HasSubstr("file:2: unknown target"));
    EXPECT_THAT(error_of("rcufuzz-plan 1\nop cpu0 on post\n"), HasSubstr("file:2: "));
    EXPECT_THAT(error_of(head + "bug T09\n"), HasSubstr("file:3: unknown bug 'T09' of toy"));
    EXPECT_THAT(error_of(head + "config cpus 4\n"), HasSubstr("from 1 to 3"));
    EXPECT_THAT(error_of(head + "config speed 4\n"), HasSubstr("unknown configuration 'speed'"));
    EXPECT_THAT(error_of(head + "op cpu2 on post\n"), HasSubstr("no CPU for operations"));
    EXPECT_THAT(error_of(head + "op cpu0 up post\n"), HasSubstr("unknown context 'up'"));
    EXPECT_THAT(error_of(head + "op cpu0 on jump\n"), HasSubstr("unknown operation 'jump'"));
    EXPECT_THAT(error_of(head + "op cpu0 on add times=9\n"), HasSubstr("from 1 to 3"));
    EXPECT_THAT(error_of(head + "op cpu0 on add size=1\n"), HasSubstr("no parameter 'size'"));
    EXPECT_THAT(error_of(head + "op cpu0 off leave_irqs_off\n"), HasSubstr("cannot run"));
    EXPECT_THAT(error_of(head + "decide cpu9 1 time\n"), HasSubstr("unknown context 'cpu9'"));
    EXPECT_THAT(error_of(head + "decide cpu0 70000 time\n"), HasSubstr("0 to 65535"));
    EXPECT_THAT(error_of(head + "decide cpu0 1 jump cpu0\n"), HasSubstr("expected run|irq"));
    EXPECT_THAT(error_of(head + "decide cpu0 1 time\ndecide cpu0 1 time\n"),
                HasSubstr("file:4: a second decision"));
    EXPECT_THAT(error_of(head + "decide cpu0 1 time\nop cpu0 on post\n"),
                HasSubstr("file:4: op must stand above decide"));
}

TEST(Names, BugsByNamePrefixAndSpec) {
    const scenario::Subsystem& target = toy::subsystem();
    EXPECT_EQ(find_bug(target, "T02_no_wake"), 1u);
    EXPECT_EQ(find_bug(target, "T02"), 1u);
    EXPECT_EQ(find_bug(target, "toy:T03"), 2u);
    EXPECT_THROW(find_bug(target, "nocb:T03"), UserError);
    EXPECT_THROW(find_bug(target, "T"), UserError);
    EXPECT_THROW(find_bug(target, ""), UserError);
}

TEST(Names, ConfigAssignments) {
    Plan plan = empty_plan(toy::subsystem());
    EXPECT_EQ(set_config(plan, "step=-5"), toy::config_step);
    EXPECT_EQ(plan.config[toy::config_step], -5);
    for (const char* bad : {"step", "step=", "step=301", "=1", "step=1x", "pace=1"})
        EXPECT_THROW(set_config(plan, bad), UserError) << bad;
}

}  // namespace
}  // namespace rcufuzz::run
