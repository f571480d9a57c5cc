// SPDX-License-Identifier: GPL-2.0-or-later
//
// Names and where a user finds them: lists, help, manual pages, completion, and what a mistyped one
// may have been.
#include <utility>

#include "fuzz/cli_test.h"

namespace rcufuzz {
namespace {

using nlohmann::json;
using testing::HasSubstr;

class Names : public Cli {};

TEST_F(Names, WhoMistypedANameIsToldWhatItMayHaveBeen) {
    for (const auto& [arguments, meant] : {std::pair("hutn nocb", "'hunt'"),
                                           {"hunt nobc", "'nocb'"},
                                           {"hunt nocb --sed 3", "'--seed'"},
                                           {"hunt nocb --bug D1", "'D01'"},
                                           {"hunt nocb --config cpu=2", "'cpus'"},
                                           {"hunt nocb --strategy ptc", "'pct'"},
                                           {"replay - --target nocb --expect clan", "'clean'"},
                                           {"explain - --target nocb --format stroy", "'story'"},
                                           {"help replya", "'replay'"}}) {
        const Result result = rcufuzz(arguments);
        EXPECT_EQ(result.exit_code, 64) << arguments;
        EXPECT_THAT(result.err, HasSubstr(std::string("did you mean ") + meant)) << arguments;
    }
    EXPECT_THAT(rcufuzz("hunt moon").err, HasSubstr("(nocb, tracepoint, smp_call, dynticks"));
}

TEST_F(Names, HelpVersionAndManualComeFromTheSameTables) {
    EXPECT_EQ(rcufuzz("help hunt").out, rcufuzz("hunt --help").out);
    EXPECT_EQ(rcufuzz("help").out, rcufuzz("--help").out);
    EXPECT_THAT(rcufuzz("--version").out,
                testing::MatchesRegex("rcufuzz, revision ([0-9a-f]+(-dirty)?|unknown)\n"));
    const std::string all = rcufuzz("man").out;
    const std::string of_hunt = rcufuzz("man hunt").out;
    EXPECT_THAT(all, testing::StartsWith(".TH rcufuzz 1 "));
    EXPECT_THAT(all, HasSubstr("42 a bug in the subject"));
    EXPECT_THAT(of_hunt, HasSubstr("\\fB\\-\\-resume\\fR VALUE\n"));
    EXPECT_THAT(of_hunt, HasSubstr("(default all)"));
    const std::string zsh = rcufuzz("completion zsh").out;
    for (const char* command : {"list", "hunt", "replay", "explain", "status", "litmus", "man"}) {
        EXPECT_THAT(all, HasSubstr(std::string(".SS ") + command + "\n"));
        EXPECT_THAT(zsh, HasSubstr(std::string("        ") + command + ") _arguments"));
    }
}

// The words that bash would offer in the place of the last one.
TEST_F(Names, ShellsCompleteNames) {
    const auto offered = [&](const std::string& words, int count) {
        return shell("bash -c 'eval \"$(\"$0\" completion bash)\"; COMP_WORDS=(rcufuzz " + words +
                     "); COMP_CWORD=" + std::to_string(count) +
                     "; _rcufuzz; echo \"${COMPREPLY[@]}\"' \"$R\"")
            .out;
    };
    EXPECT_EQ(offered("hu", 1), "hunt\n");
    EXPECT_EQ(offered("hunt no", 2), "nocb\n");
    EXPECT_EQ(offered("hunt nocb --se", 3), "--seconds --seed\n");
    EXPECT_EQ(offered("hunt nocb --bug D01_", 4), "D01_wake_leaves_level\n");
    EXPECT_EQ(offered("hunt nocb --strategy pc", 4), "pct\n");
    EXPECT_EQ(offered("explain x.plan --format st", 4), "story\n");
    EXPECT_EQ(offered("hunt nocb --out x", 4), "\n") << "a file: bash's own business";
    EXPECT_EQ(shell("command -v zsh >zsh || exit 0; \"$R\" completion zsh >_r; zsh -n _r")
                  .exit_code,
              0);
}

TEST_F(Names, ListsOneTargetWithWhatStoriesMayName) {
    const std::string of_nocb = rcufuzz("list nocb").out;
    EXPECT_THAT(of_nocb, HasSubstr("target nocb: "));
    EXPECT_THAT(of_nocb, HasSubstr("    levelN                   nocb_defer_wakeup\n"));
    EXPECT_THAT(of_nocb, HasSubstr("    gp                       1: a grace period"));
    EXPECT_THAT(of_nocb, testing::Not(HasSubstr("target dynticks")));
    EXPECT_THAT(of_nocb, testing::Not(HasSubstr("strategies")));
    const json document = json::parse(rcufuzz("list nocb --json").out);
    EXPECT_EQ(document.at("targets").size(), 1u);
    EXPECT_EQ(document.at("targets")[0].at("quantities")[0].at("name"), "level");
    EXPECT_EQ(document.at("targets")[0].at("quantities")[0].at("numbered"), true);
}

TEST_F(Names, ReplaysStandardInput) {
    const std::string plan = path(find_plan());
    const Result result = shell("\"$R\" replay - <'" + plan + "'");
    EXPECT_EQ(result.exit_code, 42);
    EXPECT_THAT(result.out, testing::StartsWith("-: "));
}

TEST_F(Names, ReplayOfManyEndsWithTheirNumber) {
    const std::string plan = path(find_plan());
    write_file(path("clean.plan"), "rcufuzz-plan 1\ntarget nocb\n", false);
    const Result result = rcufuzz("replay '" + plan + "' clean.plan '" + plan + "'");
    EXPECT_THAT(result.out, HasSubstr("clean.plan: clean\n"));
    EXPECT_THAT(result.out, testing::ContainsRegex("\n3 plans: 2 [a-z_]+, 1 clean\n$"));
    EXPECT_THAT(rcufuzz("replay clean.plan").out, testing::Not(HasSubstr("plans: ")));
}

// util-linux's script gives a command a terminal.
TEST_F(Names, VerdictsAreColouredOnATerminalAlone) {
    if (shell("command -v script").exit_code != 0) GTEST_SKIP() << "no script";
    write_file(path("clean.plan"), "rcufuzz-plan 1\ntarget nocb\n", false);
    const std::string green = "\x1b[32mclean\x1b[0m";
    EXPECT_THAT(shell("script -qec \"'$R' replay clean.plan\" log").out, HasSubstr(green));
    EXPECT_THAT(shell("NO_COLOR=1 script -qec \"'$R' replay clean.plan\" log").out,
                testing::Not(HasSubstr("\x1b")));
    EXPECT_EQ(rcufuzz("replay clean.plan").out, "clean.plan: clean\n");
}

TEST_F(Names, HuntsOnATerminalSayHowMuchIsLeft) {
    if (shell("command -v script").exit_code != 0) GTEST_SKIP() << "no script";
    const std::string out = shell("script -qec \"'$R' hunt tracepoint --seconds 1.5\" log").out;
    EXPECT_THAT(out, testing::ContainsRegex("1 s, 1 left +[0-9]+ runs"));
}

}  // namespace
}  // namespace rcufuzz
