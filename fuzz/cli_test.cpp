// SPDX-License-Identifier: GPL-2.0-or-later
//
// The program as its users see it: exit codes, one line for what they got wrong, one JSON document
// where they ask for it.
#include "fuzz/cli_test.h"

#include <sys/wait.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "core/base/check.h"
#include "core/base/files.h"

namespace rcufuzz {
namespace {

using nlohmann::json;
using testing::HasSubstr;

TEST_F(Cli, HelpAtEveryLevel) {
    EXPECT_THAT(rcufuzz("--help").out, HasSubstr("hunt"));
    for (const char* command :
         {"list", "hunt", "replay", "explain", "minimize", "convert", "story", "verify", "litmus",
          "survey", "conform", "triage", "bench", "status", "help", "man", "completion"}) {
        const Result result = rcufuzz(std::string(command) + " --help");
        EXPECT_EQ(result.exit_code, 0) << command;
        EXPECT_FALSE(result.out.empty()) << command;
    }
}

TEST_F(Cli, BadUsageIsOneLineAnd64) {
    write_file(path("bad.plan"), "rcufuzz-plan 1\ntarget nocb\nop cpu0 on jump\n", false);
    write_file(path("bytes"), "nothing", false);
    for (const char* arguments : {"",
                                  "jump",
                                  "hunt",
                                  "hunt moon",
                                  "hunt nocb --bug D99",
                                  "hunt nocb --bug D",
                                  "hunt nocb --config cpus=99",
                                  "hunt nocb --config pace=1",
                                  "hunt nocb --config cpus",
                                  "hunt nocb --strategy luck",
                                  "hunt nocb --runs x",
                                  "hunt nocb --runs 1 --seconds 1",
                                  "hunt nocb --oracle none",
                                  "hunt nocb --memory none",
                                  "hunt nocb --jobs 0",
                                  "replay",
                                  "replay absent.plan",
                                  "replay bad.plan",
                                  "replay bytes",
                                  "replay .",
                                  "replay bytes --target nocb --junit no/such/folder.xml",
                                  "replay bytes --target nocb --junit bytes",
                                  "hunt nocb --runs 1 --junit no/such/folder.xml",
                                  "hunt nocb --runs 1 --lines new.lines",
                                  "hunt nocb --runs 1 --near absent",
                                  "replay bytes --target nocb --lines new.lines",
                                  "replay bytes --target nocb --expect sunny",
                                  "convert bad.plan",
                                  "explain bytes --target nocb --format poem",
                                  "verify",
                                  "verify moon",
                                  "verify nocb --shard 3/2",
                                  "verify nocb --delays 1 --preemptions 1",
                                  "verify nocb --ops absent.plan",
                                  "conform",
                                  "conform absent.trace",
                                  "conform bytes",
                                  "replay bytes --target nocb --events",
                                  "survey",
                                  "survey absent.plan",
                                  "survey .",
                                  "survey bad.plan",
                                  "survey bytes --strategy luck",
                                  "bench --target moon",
                                  "bench --target linux --kernel moon",
                                  "litmus",
                                  "litmus absent.litmus",
                                  "litmus bad.plan",
                                  "litmus .",
                                  "help moon",
                                  "man moon",
                                  "completion fish",
                                  "list moon",
                                  "minimize absent.plan"}) {
        const Result result = rcufuzz(arguments);
        EXPECT_EQ(result.exit_code, 64) << arguments;
        EXPECT_EQ(result.out, "") << arguments;
        EXPECT_EQ(std::count(result.err.begin(), result.err.end(), '\n'), 1) << result.err;
    }
    EXPECT_THAT(rcufuzz("replay bad.plan").err, HasSubstr("bad.plan:3: unknown operation 'jump'"));
}

TEST_F(Cli, SurveyCountsThePlansThatShowABug) {
    const std::string head = "rcufuzz-plan 1\ntarget tracepoint\noracle all\n";
    const std::string one = head + "op cpu0 on register probe=0 tp=0\n";
    const std::string two =
        one + "op cpu0 on register probe=1 tp=0\nop cpu1 on event tp=0 place=0\n";
    write_file(path("one.plan"), one, false);
    write_file(path("two.plan"), two, false);
    const Result clean = rcufuzz("survey . --runs 300");
    EXPECT_EQ(clean.exit_code, 0);
    EXPECT_THAT(clean.out, HasSubstr("0 of 2 plans show a bug"));
    const Result old = rcufuzz("survey . --runs 2000 --config generation=1 --list --out finds");
    EXPECT_EQ(old.exit_code, 42);
    EXPECT_THAT(old.out, HasSubstr("one.plan: nothing\n"));
    EXPECT_THAT(old.out, HasSubstr("1 of 2 plans show a bug, wrong_data 1"));
    EXPECT_EQ(rcufuzz("replay finds/two.plan --expect wrong_data").exit_code, 0);
}

TEST_F(Cli, TriageSortsAFolderOfFinds) {
    std::filesystem::create_directory(path("crashes"));
    const std::string find = text_of(path(find_plan()));
    write_file(path("crashes/a.plan"), find, false);
    write_file(path("crashes/b.plan"), find, false);
    write_file(path("crashes/crash-0123"), std::string(1, '\0'), false);  // a bare, empty plan
    write_file(path("crashes/README.txt"), "no find", false);
    const Result without = rcufuzz("triage crashes --out without");
    EXPECT_EQ(without.exit_code, 42) << "one bare input without a target, two others";
    EXPECT_THAT(without.err, HasSubstr("crashes/crash-0123: not a plan"));
    const std::string command = "triage crashes --out sorted --target nocb --bug D10";
    const Result result = rcufuzz(command);
    EXPECT_EQ(result.exit_code, 42);
    EXPECT_EQ(result.out, "3 inputs: 1 finds, 1 inputs show nothing: sorted/README.md\n");
    EXPECT_EQ(rcufuzz("replay sorted/*.plan --expect invariant").exit_code, 0);
    EXPECT_THAT(text_of(path("sorted/README.md")), HasSubstr("| 2 | 1 | 0 | `crashes/a.plan` |"));
    EXPECT_THAT(text_of(path("sorted/README.md")), HasSubstr("- `crashes/crash-0123`\n"));
    EXPECT_EQ(rcufuzz(command).exit_code, 64);
}

// D01 holds D01b: the same minimal plan, the same verdict, two bugs.
TEST_F(Cli, TriageKeepsFindsApartThatDifferInTheirBugsAlone) {
    const std::string plan =
        "memory sc\noracle black-box\nconfig strict_gp 1\nconfig rcuo_local 1\n"
        "op cpu1 off call_rcu count=1 chain=1\nop cpu1 hardirq call_rcu count=1 chain=0\n";
    std::filesystem::create_directory(path("crashes"));
    for (const std::string bug : {"D01", "D01b"})
        write_file(path("crashes/" + bug + ".plan"),
                   "rcufuzz-plan 1\ntarget nocb\nbug " + bug + "\n" + plan, false);
    const Result result = rcufuzz("triage crashes --out sorted");
    EXPECT_EQ(result.exit_code, 42);
    EXPECT_THAT(result.out, HasSubstr("2 inputs: 2 finds"));
    EXPECT_EQ(rcufuzz("replay sorted/*.plan --expect stranded_callback").exit_code, 0);
}

TEST_F(Cli, APlanMayAskForWeakMemory) {
    for (const std::string target : {"nocb", "tracepoint", "smp_call", "dynticks"}) {
        const std::string head = "rcufuzz-plan 1\ntarget " + target + "\nmemory ";
        write_file(path(target + ".plan"), head + "weak\noracle all\n", false);
        EXPECT_EQ(rcufuzz("replay " + target + ".plan").exit_code, 0);
        write_file(path(target + ".plan"), head + "weaker\noracle all\n", true);
        EXPECT_THAT(rcufuzz("replay " + target + ".plan").err,
                    HasSubstr(target + ".plan:3: expected memory sc|weak"));
    }
}

TEST_F(Cli, BugsThatNeedWeakMemoryGetIt) {
    const Result weak = rcufuzz("hunt tracepoint --bug T20 --as-found --strategy surw --runs 5000");
    EXPECT_EQ(weak.exit_code, 42);
    const Result sc = rcufuzz("hunt tracepoint --bug T20 --memory sc --strategy surw --runs 5000");
    EXPECT_EQ(sc.exit_code, 0);
}

TEST_F(Cli, LitmusSaysWhetherTheResultIsAsRecorded) {
    const std::string head = "C t\n(* Result: ";
    const std::string tail = " *)\n{}\nP0(int *x)\n{\n\tWRITE_ONCE(*x, 1);\n}\nexists (x=1)\n";
    write_file(path("right.litmus"), head + "Always" + tail, false);
    write_file(path("wrong.litmus"), head + "Never" + tail, false);
    const Result right = rcufuzz("litmus right.litmus");
    EXPECT_EQ(right.exit_code, 0);
    EXPECT_THAT(right.out, HasSubstr("Observation t Always 1 0\nRecorded Always: as recorded\n"));
    EXPECT_EQ(rcufuzz("litmus wrong.litmus").exit_code, 42);
    const Result both = rcufuzz("litmus . --json");
    EXPECT_EQ(both.exit_code, 42);
    const json all = json::parse(both.out);
    ASSERT_EQ(all.size(), 2u);
    EXPECT_EQ(all[0].at("agreement"), "as recorded");
    EXPECT_EQ(all[1].at("exhaustive"), true);
}

// What the search does not know, it does not say; what it has found by then, it does.
TEST_F(Cli, LitmusSaysUnknownWhereItWasGivenUp) {
    const std::string process = "(int *x)\n{\n\tint r0 = READ_ONCE(*x);\n\tWRITE_ONCE(*x, 1);\n}\n";
    const std::string text = "C t\n(* Result: Never *)\n{}\nP0" + process + "P1" + process;
    write_file(path("t.litmus"), text + "exists (x=7)\n", false);
    EXPECT_EQ(rcufuzz("litmus t.litmus").exit_code, 0);
    const Result unknown = rcufuzz("litmus t.litmus --seconds 0.000001");
    EXPECT_EQ(unknown.exit_code, 75);
    EXPECT_THAT(unknown.out, HasSubstr("Observation t Unknown"));
    EXPECT_THAT(unknown.out, HasSubstr("Recorded Never: not decided"));
    write_file(path("u.litmus"), text + "exists (x=1)\n", false);
    const Result both = rcufuzz("litmus .  --seconds 0.000001");
    EXPECT_EQ(both.exit_code, 42) << "one execution is enough to know that it is not Never";
    EXPECT_THAT(both.out,
                HasSubstr("2 tests, 1 not as recorded, 0 outside the dialect, 1 unknown"));
}

// A load comes after a later store by the axioms, never on the machine.
TEST_F(Cli, LitmusExploresTheMachineIfAsked) {
    const std::string text =
        "C lb\n{}\nP0(int *x, int *y)\n{\n\tint r0 = READ_ONCE(*x);\n\tWRITE_ONCE(*y, 1);\n}\n"
        "P1(int *x, int *y)\n{\n\tint r0 = READ_ONCE(*y);\n\tWRITE_ONCE(*x, 1);\n}\n"
        "exists (0:r0=1 /\\ 1:r0=1)\n";
    write_file(path("lb.litmus"), text, false);
    EXPECT_THAT(rcufuzz("litmus lb.litmus").out, HasSubstr("Observation lb Sometimes"));
    EXPECT_THAT(rcufuzz("litmus lb.litmus --machine").out, HasSubstr("Observation lb Never"));
}

TEST_F(Cli, VerifyEndsWithACounterexampleOrWithWhatItCovered) {
    const std::string plan =
        "rcufuzz-plan 1\ntarget nocb\nbug D01_wake_leaves_level\nmemory sc\noracle black-box\n"
        "config strict_gp 1\nconfig rcuo_local 1\nop cpu1 hardirq call_rcu count=1 chain=0\n"
        "op cpu1 off call_rcu count=1 chain=1\n";
    write_file(path("d01.plan"), plan, false);
    const Result found = rcufuzz("verify nocb --ops d01.plan --delays 1");
    EXPECT_EQ(found.exit_code, 42);
    EXPECT_THAT(found.out, HasSubstr("counterexample: stranded_callback"));
    std::string fixed = plan;
    fixed.erase(fixed.find("bug D01"), fixed.find("memory") - fixed.find("bug D01"));
    write_file(path("fixed.plan"), fixed, false);
    const Result proved = rcufuzz("verify nocb --ops fixed.plan --delays 1");
    EXPECT_EQ(proved.exit_code, 0);
    EXPECT_THAT(proved.out, HasSubstr("verified: nocb, the plan of fixed.plan with 2 operations, "
                                      "all interleavings with at most 1 delays, sc, oracle "
                                      "black-box, the clock advances only where a timer waits, "));
    const Result unfinished = rcufuzz("verify nocb --ops fixed.plan --seconds 0.1");
    EXPECT_THAT(unfinished.out, HasSubstr("not finished: nocb"));
    EXPECT_EQ(unfinished.exit_code, 75);
    // Sanitizers keep it from telling states apart.
    if (proved.out.find("waits, 0 states, ") == std::string::npos) {
        EXPECT_THAT(rcufuzz("verify nocb --ops fixed.plan --delays 1 --states 100").out,
                    HasSubstr("waits, 100 states kept of more, "));
    }
}

TEST_F(Cli, ListNamesEveryBugWithItsFields) {
    const json list = json::parse(rcufuzz("list --json").out);
    const json& nocb = list.at("targets").at(0);
    EXPECT_EQ(nocb.at("name"), "nocb");
    for (const json& bug : nocb.at("bugs"))
        for (const char* field : {"name", "spec", "verdict", "fixed_by", "memory", "benign"})
            EXPECT_TRUE(bug.contains(field)) << field;
    EXPECT_EQ(nocb.at("bugs").at(0).at("spec"), "nocb:D01");
}

TEST_F(Cli, ListTellsTheFormsWithoutAFault) {
    const json listed = json::parse(rcufuzz("list --json").out);
    for (const json& target : listed.at("targets"))
        for (const json& config : target.at("configs"))
            EXPECT_EQ(config.contains("faultless"), config.at("name") == "generation");
    const json& dynticks = listed.at("targets").at(3);
    EXPECT_EQ(dynticks.at("configs").at(1).at("faultless"), json({3, 4}));
}

TEST_F(Cli, HuntFindsReplaysAndConverts) {
    const Result hunt = rcufuzz("hunt nocb --bug nocb:D10 --runs 10000 --json");
    EXPECT_EQ(hunt.exit_code, 42) << hunt.err;
    const json document = json::parse(hunt.out);
    for (const char* field : {"target", "bugs", "strategy", "seed", "runs", "seconds",
                              "runs_per_second", "points", "distinct_states"})
        EXPECT_TRUE(document.contains(field)) << field;
    const json find = document.at("finds").at(0);
    const std::string plan = find.at("plan");

    const Result replay = rcufuzz("replay --json " + plan);
    EXPECT_EQ(replay.exit_code, 42);
    const json replayed = json::parse(replay.out).at(0);
    EXPECT_EQ(replayed.at("verdict"), find.at("verdict"));
    EXPECT_EQ(replayed.at("site"), find.at("site"));
    EXPECT_EQ(replayed.at("identity"), find.at("identity"));
    EXPECT_EQ(plan, find.at("identity").get<std::string>() + ".plan");

    EXPECT_EQ(rcufuzz("convert " + plan + " -o x.bin").exit_code, 0);
    EXPECT_EQ(rcufuzz("convert x.bin -o x.plan").exit_code, 0);
    EXPECT_EQ(text_of(path("x.plan")), text_of(path(plan)));
    json of_bytes = json::parse(rcufuzz("replay --json x.bin").out).at(0);
    of_bytes["file"] = plan;
    EXPECT_EQ(of_bytes, replayed);
    EXPECT_EQ(rcufuzz("convert x.bin -o x.plan").exit_code, 64);
    EXPECT_EQ(rcufuzz("convert x.bin -o x.plan -f").exit_code, 0);
}

TEST_F(Cli, ExpectTurnsTheVerdictIntoTheExitCode) {
    const std::string plan = find_plan();
    const std::string verdict = json::parse(rcufuzz("replay --json " + plan).out)[0]["verdict"];
    EXPECT_EQ(rcufuzz("replay --expect " + verdict + " " + plan).exit_code, 0);
    EXPECT_EQ(rcufuzz("replay --expect clean " + plan).exit_code, 42);
    write_file(path("empty"), "", false);
    EXPECT_EQ(rcufuzz("replay --target nocb --expect clean empty").exit_code, 0);
    EXPECT_EQ(rcufuzz("replay --target nocb --expect deadlock empty").exit_code, 42);
}

// One element of XML: all of its text, from `<name` to its end.
std::string element(const std::string& xml, const std::string& name) {
    const std::size_t from = xml.find("<" + name);
    const std::size_t to = xml.find("</" + name + ">", from);
    return from == xml.npos || to == xml.npos ? "" : xml.substr(from, to - from);
}

TEST_F(Cli, ReplayOfAFolderIsASuiteWithACaseForEachPlan) {
    const std::string found = json::parse(
        rcufuzz("hunt nocb --bug D10 --oracle black-box --json").out)["finds"][0]["plan"];
    const std::string clean = "rcufuzz-plan 1\ntarget nocb\n";
    std::filesystem::create_directories(path("plans"));
    std::filesystem::rename(path(found), path("plans/find.plan"));
    write_file(path("plans/a<b>&\"c\".plan"), clean, false);
    EXPECT_EQ(rcufuzz("replay plans --expect bug --junit all.xml").exit_code, 0);
    const std::string all = text_of(path("all.xml"));
    EXPECT_THAT(all, testing::StartsWith("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"));
    EXPECT_THAT(all, HasSubstr("tests=\"2\" failures=\"0\""));
    EXPECT_THAT(all, HasSubstr("<testcase classname=\"rcufuzz.replay.nocb\" "
                               "name=\"plans/a&lt;b&gt;&amp;&quot;c&quot;.plan\"/>"));
    EXPECT_THAT(element(all, "system-out"), HasSubstr("rcufuzz explain plans/find.plan"));
    EXPECT_EQ(rcufuzz("replay plans --expect bug --junit all.xml").exit_code, 0);
    EXPECT_EQ(text_of(path("all.xml")), all);

    EXPECT_EQ(rcufuzz("replay plans --junit all.xml").exit_code, 42);
    const std::string wanted_clean = text_of(path("all.xml"));
    EXPECT_THAT(wanted_clean, HasSubstr("tests=\"2\" failures=\"1\""));
    EXPECT_THAT(element(wanted_clean, "failure"), HasSubstr("instead of clean\">"));
}

TEST_F(Cli, JunitHoldsNothingThatXmlForbids) {
    write_file(path("\x01\xff\xc3\xa9\n.plan"), "rcufuzz-plan 1\ntarget nocb\n", false);
    EXPECT_EQ(rcufuzz("replay --junit x.xml .").exit_code, 0);
    EXPECT_THAT(text_of(path("x.xml")),
                HasSubstr("name=\"./\xef\xbf\xbd\xef\xbf\xbd\xc3\xa9&#10;.plan\"/>"));
}

TEST_F(Cli, AHuntIsOneCase) {
    EXPECT_EQ(rcufuzz("hunt nocb --runs 100 --junit x.xml").exit_code, 0);
    EXPECT_THAT(text_of(path("x.xml")), HasSubstr("tests=\"1\" failures=\"0\""));
    EXPECT_EQ(rcufuzz("hunt nocb --bug D10 --oracle black-box --junit x.xml").exit_code, 42);
    const std::string found = text_of(path("x.xml"));
    EXPECT_THAT(found, HasSubstr("tests=\"1\" failures=\"1\""));
    EXPECT_THAT(found, HasSubstr("<testcase classname=\"rcufuzz.hunt.nocb\" name=\"nocb D10_"));
    EXPECT_THAT(element(found, "failure"), HasSubstr("stranded_callback at nocb/"));
}

TEST_F(Cli, FindsAreMinimisedUnlessKeptAsFound) {
    const auto lines_of_find = [this](const std::string& options) {
        const Result result = rcufuzz("hunt nocb --bug D10 --runs 10000 --json" + options);
        const std::string plan = json::parse(result.out).at("finds").at(0).at("plan");
        const std::string text = text_of(path(plan));
        return std::count(text.begin(), text.end(), '\n');
    };
    EXPECT_LT(lines_of_find(""), lines_of_find(" --as-found"));
}

TEST_F(Cli, HuntsOfOneSeedAreTheSame) {
    const std::string hunt = "hunt nocb --bug D01 --seed 7 --runs 3000 --json";
    json first = json::parse(rcufuzz(hunt).out);
    json second = json::parse(rcufuzz(hunt).out);
    for (json* document : {&first, &second}) {
        document->erase("seconds");
        document->erase("runs_per_second");
    }
    EXPECT_EQ(first, second);
}

TEST_F(Cli, JobsShareTheRunsAndMergeTheirFinds) {
    const Result clean = rcufuzz("hunt nocb --runs 1000 --jobs 3 --json");
    EXPECT_EQ(clean.exit_code, 0) << clean.err;
    EXPECT_EQ(json::parse(clean.out).at("runs"), 1000);
    const Result found = rcufuzz("hunt nocb --bug D10 --runs 3000 --jobs 2 --json");
    EXPECT_EQ(found.exit_code, 42);
    // Each job stops at its first find; two may have found different things.
    const std::size_t finds = json::parse(found.out).at("finds").size();
    EXPECT_TRUE(finds == 1 || finds == 2) << found.out;
}

// The signal comes once the find is written; the hunt would have gone on for a minute.
TEST_F(Cli, AnInterruptedHuntKeepsItsFinds) {
    const std::string command =
        "cd '" + directory_ +
        "'; '" RCUFUZZ_PROGRAM
        "' hunt nocb --bug D10 --all --seconds 60 "
        ">hunt.out 2>&1 & hunt=$!; for i in $(seq 500); do "
        "grep -q ' at ' hunt.out && break; sleep 0.1; done; kill -INT $hunt; wait $hunt";
    EXPECT_EQ(WEXITSTATUS(std::system(command.c_str())), 130);
    EXPECT_THAT(text_of(path("hunt.out")), HasSubstr("interrupted: "));
    unsigned plans = 0;
    for (const auto& entry : std::filesystem::directory_iterator(directory_))
        plans += entry.path().extension() == ".plan" ? 1u : 0u;
    EXPECT_GE(plans, 1u);
}

TEST_F(Cli, AHuntBeginsWithGivenOperations) {
    const std::string plan = RCUFUZZ_SOURCE_DIR "/corpus/bugs/nocb/D01.plan";
    const std::string hunt = "hunt nocb --bug D01 --runs 200 --json --begin-with ";
    const Result result = rcufuzz(hunt + "'" + plan + "'");
    EXPECT_EQ(result.exit_code, exit_found) << "they show it within a few schedules";
    EXPECT_LE(nlohmann::json::parse(result.out).at("finds").at(0).at("ops"), 2);
    const Result other = rcufuzz("hunt tracepoint --runs 40 --begin-with '" + plan + "'");
    EXPECT_EQ(other.exit_code, exit_usage);
    EXPECT_EQ(other.err, "rcufuzz: --begin-with: there is no plan of tracepoint\n");
}

TEST_F(Cli, AMailSaysWhatIsToBlame) {
    const std::string plan = RCUFUZZ_SOURCE_DIR "/corpus/bugs/nocb/D01.plan";
    const Result mail = rcufuzz("explain --format mail " + plan +
                                " --introduced-by 'patch 1/2 \"a\"' --fixes '0123456 (\"a\")'");
    EXPECT_NE(mail.out.find("With:      patch 1/2 \"a\", "), std::string::npos) << mail.out;
    EXPECT_NE(mail.out.find("\nFixes: 0123456 (\"a\")\n"), std::string::npos) << mail.out;
}

TEST_F(Cli, MinimizeGivesWhatItHasInTime) {
    const Result hunt = rcufuzz("hunt nocb --bug D10 --runs 4000 --as-found --json");
    const nlohmann::json find = nlohmann::json::parse(hunt.out).at("finds").at(0);
    const std::string plan = find.at("plan");
    EXPECT_EQ(rcufuzz("minimize " + plan + " --seconds 0.000001 -o small.plan").exit_code, 0);
    const std::string verdict = find.at("verdict");
    EXPECT_EQ(rcufuzz("replay small.plan --expect " + verdict).exit_code, 0);
    EXPECT_EQ(rcufuzz("minimize " + plan + " --seconds 0").exit_code, exit_usage);
}

TEST_F(Cli, ASurveyEndsInTime) {
    const std::string plan = RCUFUZZ_SOURCE_DIR "/corpus/bugs/nocb/D01.plan";
    const Result result =
        rcufuzz("survey '" + plan + "' --bug none --runs 1000000000 --seconds 0.3");
    EXPECT_EQ(result.exit_code, 0) << result.err;
    EXPECT_THAT(result.out, testing::HasSubstr("0 of 1 plans show a bug"));
}

}  // namespace
}  // namespace rcufuzz
