// SPDX-License-Identifier: GPL-2.0-or-later
//
// The hand-written stories of the corpus, and the minimiser, on the real subsystem.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "core/base/text.h"
#include "core/report/explain.h"
#include "core/report/find_test.h"
#include "core/report/minimize.h"
#include "core/report/story_run.h"
#include "core/run/codec.h"
#include "core/run/names.h"

namespace rcufuzz::report {
namespace {

std::vector<std::string> story_files() {
    std::vector<std::string> files;
    const std::string folder = std::string(RCUFUZZ_SOURCE_DIR) + "/corpus/stories";
    for (const auto& entry : std::filesystem::directory_iterator(folder))
        if (entry.path().extension() == ".story") files.push_back(entry.path().filename());
    std::sort(files.begin(), files.end());
    return files;
}

Story read_story(const std::string& name) {
    const auto bytes = read_file(std::string(RCUFUZZ_SOURCE_DIR) + "/corpus/stories/" + name);
    return parse_story(std::string(bytes.begin(), bytes.end()), name);
}

class CorpusStory : public testing::TestWithParam<std::string> {};

TEST_P(CorpusStory, GoesAsTold) {
    const Story story = read_story(GetParam());
    for (const bool with_bug : {true, false}) {
        const StoryResult result = run_story(story, with_bug);
        EXPECT_TRUE(as_told(story, result))
            << (with_bug ? "with the bug\n" : "without the bug\n") << describe(story, result);
    }
}

TEST_P(CorpusStory, IsAlsoAPlan) {
    const StoryResult result = run_story(read_story(GetParam()), true);
    const run::Plan plan = run::from_text(run::to_text(result.plan), "text");
    const run::Outcome outcome = run::replay(plan);
    EXPECT_TRUE(outcome.same_find(result.outcome));
    EXPECT_EQ(outcome.trace_hash, result.outcome.trace_hash);
    EXPECT_FALSE(explain(plan, Format::story, "x").empty());
}

std::string test_name(const testing::TestParamInfo<std::string>& info) {
    std::string name = info.param.substr(0, info.param.find('.'));
    std::replace(name.begin(), name.end(), '-', '_');
    return name;
}
INSTANTIATE_TEST_SUITE_P(All, CorpusStory, testing::ValuesIn(story_files()), test_name);

// The hand-made minimum of D01 is nocb-d01-min.story: three operations.
TEST(MinimizeNocb, ComesNearToTheHandMadeMinimum) {
    run::Plan base = run::empty_plan(run::target_from_word("nocb"));
    run::enable_bug(base, "nocb:D01");
    base.oracle = run::OracleMode::black_box;
    const std::size_t by_hand =
        run_story(read_story("nocb-d01-min.story"), true).plan.decisions.size();
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
        const run::Plan found = find_one(base, "pct", seed);
        const run::Plan minimal = minimize(found);
        EXPECT_TRUE(run::replay(minimal).same_find(run::replay(found)));
        EXPECT_LE(minimal.ops.size(), 4u) << run::to_text(minimal);
        EXPECT_LE(minimal.decisions.size(), by_hand + 1) << run::to_text(minimal);
    }
}

}  // namespace
}  // namespace rcufuzz::report
