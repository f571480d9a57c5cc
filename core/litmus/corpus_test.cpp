// SPDX-License-Identifier: GPL-2.0-or-later
//
// The litmus tests of corpus/litmus: each has the result that it records, and each has its row in
// the README. Those named limit_... are what the kernel's model allows and this one does not show.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>

#include "core/base/files.h"
#include "core/litmus/check.h"
#include "core/litmus/parse.h"

namespace rcufuzz::litmus {
namespace {

const std::filesystem::path folder =
    std::filesystem::path(RCUFUZZ_SOURCE_DIR) / "corpus" / "litmus";

std::string text_of(const std::filesystem::path& path) {
    const auto bytes = read_file(path.string());
    return {bytes.begin(), bytes.end()};
}

// The machine shows the same states; where it lacks some, the name of the test begins with limit_.
void expect_limit_on_machine(const litmus::Test& test, const std::string& name, const Report& all) {
    CheckOptions options;
    options.method = Method::machine;
    const Report shown = check(test, name, options);
    EXPECT_TRUE(shown.complete && !shown.forgot);
    EXPECT_EQ(shown.states != all.states, name.starts_with("limit_"));
    for (const FinalState& state : shown.states) {
        EXPECT_NE(std::ranges::find(all.states, state), all.states.end())
            << state_text(test, state);
    }
    EXPECT_TRUE(all.race || !shown.race);
}

TEST(Corpus, EachTestHasItsResultAndItsRow) {
    const std::string readme = text_of(folder / "README.md");
    unsigned tests = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        if (entry.path().extension() != ".litmus") continue;
        ++tests;
        const std::string name = entry.path().stem().string();
        SCOPED_TRACE(name);
        const litmus::Test test = parse(text_of(entry.path()), name);
        EXPECT_EQ(test.name, name);
        const Report report = check(test, name, {});
        EXPECT_TRUE(report.complete);
        EXPECT_NE(readme.find("| `" + name + "` | " + test.result + " |"), std::string::npos);
        EXPECT_EQ(agreement(test, report), Agreement::agrees) << report.observation();
        EXPECT_EQ(report.race, text_of(entry.path()).find("DATARACE") != std::string::npos);
        expect_limit_on_machine(test, name, report);
    }
    EXPECT_GE(tests, 40u);
}

}  // namespace
}  // namespace rcufuzz::litmus
