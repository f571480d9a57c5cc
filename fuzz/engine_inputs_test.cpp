// SPDX-License-Identifier: GPL-2.0-or-later
#include "fuzz/engine_inputs.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "core/base/text.h"
#include "core/run/codec.h"
#include "core/run/frame.h"
#include "core/run/names.h"

namespace rcufuzz::fuzz {
namespace {

std::vector<std::uint8_t> bytes_of(std::string_view line) {
    std::vector<std::uint8_t> bytes;
    for (std::size_t at = line.find("\\x"); at != line.npos; at = line.find("\\x", at + 1)) {
        const std::string number = "0" + std::string(line.substr(at + 1, 3));
        bytes.push_back(static_cast<std::uint8_t>(parse_int(number).value()));
    }
    return bytes;
}

TEST(EngineInputs, ASeedIsThePlanWithoutItsBugs) {
    const run::Plan plan = run::from_text(
        "rcufuzz-plan 1\ntarget nocb\nbug D01_wake_leaves_level\nmemory sc\noracle all\n"
        "config strict_gp 1\nop cpu1 hardirq call_rcu count=1 chain=0\n",
        "test");
    const run::Plan seed = run::decode_body(seed_of(plan), run::make_frame(*plan.target, {}));
    EXPECT_EQ(seed, run::without_bugs(plan));
    EXPECT_EQ(seed.bugs, 0u);
}

TEST(EngineInputs, ASeedKeepsFormAndMemory) {
    const run::Plan plan = run::from_text(
        "rcufuzz-plan 1\ntarget smp_call\nmemory weak\noracle all\nconfig generation 6\n"
        "op cpu1 on call_many to=1 how=1\n",
        "test");
    run::Frame frame = run::make_frame(*plan.target, {});
    run::let_inputs_choose(frame, {});
    EXPECT_EQ(run::decode_body(seed_of(plan), frame), plan);
}

TEST(EngineInputs, AnEntryOfADictionaryIsARecord) {
    for (const scenario::Subsystem* target : run::all_targets()) {
        run::Frame frame = run::make_frame(*target, {});
        run::let_inputs_choose(frame, {});
        const std::string dictionary = dictionary_of(*target);
        std::size_t ops = 0;
        for (const std::string_view line : lines(dictionary)) {
            const std::vector<std::uint8_t> bytes = bytes_of(line);
            EXPECT_EQ(bytes.size(), run::record_bytes) << line;
            const run::Plan plan = run::decode_body(bytes, frame);
            EXPECT_EQ(run::encode_body(plan, frame), bytes) << line;
            ops += plan.ops.size();
        }
        EXPECT_EQ(ops, target->ops.size()) << target->name;
    }
}

}  // namespace
}  // namespace rcufuzz::fuzz
