// SPDX-License-Identifier: GPL-2.0-or-later
//
// What the program is given and cannot read, and where it cannot write: one printable line, exit
// code 64, nothing lost.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "fuzz/cli_test.h"

namespace rcufuzz {
namespace {

using nlohmann::json;
using testing::HasSubstr;

const std::string clean_plan = "rcufuzz-plan 1\ntarget nocb\n";

// Printable ASCII, and the end of the line.
void expect_one_line(const Result& result, const std::string& what) {
    EXPECT_EQ(result.exit_code, 64) << what << ": " << result.err;
    EXPECT_EQ(result.out, "") << what;
    EXPECT_EQ(std::ranges::count(result.err, '\n'), 1) << what << ": " << result.err;
    EXPECT_TRUE(std::ranges::all_of(result.err, [](char c) {
        return c == '\n' || (c >= ' ' && c <= '~');
    })) << what;
    EXPECT_LT(result.err.size(), 700u) << what;
}

class BadFiles : public Cli {};

TEST_F(BadFiles, WhatStandsTwiceInAPlanIsRefused) {
    struct Twice {
        const char* text;
        const char* complaint;
    };
    for (const Twice& twice :
         {Twice{"target nocb\n", "x.plan:3: a second target"},
          Twice{"bug D01\nbug D01\n", "x.plan:4: a second bug 'D01'"},
          Twice{"bug D10\nbug nocb:D10\n", "x.plan:4: a second bug"},
          Twice{"memory sc\nmemory sc\n", "x.plan:4: a second memory"},
          Twice{"oracle all\noracle black-box\n", "x.plan:4: a second oracle"},
          Twice{"config cpus 2\nconfig end_tick 1\nconfig cpus 3\n",
                "x.plan:5: a second config cpus"},
          Twice{"op cpu0 on call_rcu count=1 count=2\n", "x.plan:3: a second 'count'"}}) {
        write_file(path("x.plan"), clean_plan + twice.text, true);
        const Result result = rcufuzz("replay x.plan");
        expect_one_line(result, twice.text);
        EXPECT_THAT(result.err, HasSubstr(twice.complaint));
    }
    write_file(path("x.story"), "story \"t\"\ntarget nocb\nverdict clean\nverdict clean\n", false);
    EXPECT_THAT(rcufuzz("story x.story").err, HasSubstr("x.story:4: a second verdict"));
}

TEST_F(BadFiles, MessagesArePrintableWhateverTheyQuote) {
    const std::string raw("nocb\0\x1b[31m\x1b]0;own\x07\xff\xc2\x9b", 20);
    write_file(path("x.plan"), "rcufuzz-plan 1\ntarget " + raw + "\n", false);
    write_file(path("x.story"), "story \"" + raw + "\"\n", false);
    write_file(path("x.litmus"), "C x\n{}\n" + raw + "\n", false);
    EXPECT_THAT(rcufuzz("replay x.plan").err, HasSubstr("'nocb\\x00\\x1b[31m\\x1b]0;own\\x07"));
    for (const char* arguments :
         {"replay x.plan", "story x.story", "litmus x.litmus", "verify nocb --ops x.plan",
          "replay \"$(printf 'a\\033[31m\\nb')\"", "list \"$(printf '\\033[31m\\200')\"",
          "hunt \"$(printf '\\033[31m\\n')\"", "hunt nocb --bug \"$(printf '\\033[31m\\n')\""})
        expect_one_line(rcufuzz(arguments), arguments);
}

TEST_F(BadFiles, NoCommandReadsWhatIsNoRegularFileOrTooLarge) {
    ASSERT_EQ(mkfifo(path("fifo").c_str(), 0600), 0);
    std::filesystem::create_symlink("loop", path("loop"));
    write_file(path("large"), "", false);
    ASSERT_EQ(truncate(path("large").c_str(), 100'000'000), 0);
    std::filesystem::create_directory(path("folder"));
    const std::string long_name(5000, 'n');
    for (const std::string& file :
         {std::string("fifo"), std::string("loop"), std::string("large"), std::string("folder"),
          std::string("/dev/zero"), long_name, std::string("absent")}) {
        for (const char* const command :
             {"replay", "explain", "minimize", "convert", "story", "survey", "triage --out o",
              "litmus", "verify nocb --ops"})
            expect_one_line(rcufuzz(std::string(command) + " " + file), command + (" " + file));
    }
}

TEST_F(BadFiles, StandardInputIsReadWithinTheSameBounds) {
    const Result good = shell("printf 'rcufuzz-plan 1\\ntarget nocb\\n' | \"$R\" replay -");
    EXPECT_EQ(good.out, "-: clean\n");
    expect_one_line(shell("\"$R\" replay - </dev/zero"), "/dev/zero");
}

TEST_F(BadFiles, OneOfManyIsToldAndTheOthersAreDone) {
    std::filesystem::create_directory(path("plans"));
    write_file(path("plans/a.plan"), clean_plan, false);
    write_file(path("plans/b.plan"), "rcufuzz-plan 1\ntarget moon\n", false);
    write_file(path("plans/c.plan"), clean_plan, false);
    std::filesystem::create_symlink("nowhere", path("plans/d.plan"));
    const Result result = rcufuzz("replay plans absent.plan --junit x.xml");
    EXPECT_EQ(result.exit_code, 64);
    EXPECT_EQ(result.out,
              "plans/a.plan: clean\nplans/c.plan: clean\n5 plans: 2 clean, 3 not read\n");
    EXPECT_THAT(result.err, HasSubstr("rcufuzz: plans/b.plan:2: unknown target 'moon' ("));
    EXPECT_THAT(result.err, HasSubstr("rcufuzz: plans/d.plan: No such file"));
    EXPECT_THAT(result.err, HasSubstr("rcufuzz: absent.plan: No such file"));
    EXPECT_THAT(text_of(path("x.xml")), HasSubstr("tests=\"5\" failures=\"0\" errors=\"3\""));
    const json all = json::parse(rcufuzz("replay plans --json").out);
    ASSERT_EQ(all.size(), 4u);
    EXPECT_THAT(std::string(all[1].at("error")), HasSubstr("moon"));
    EXPECT_EQ(all[2].at("verdict"), "clean");
    EXPECT_EQ(rcufuzz("replay plans --expect deadlock").exit_code, 42);

    const Result survey = rcufuzz("survey plans --runs 10");
    EXPECT_EQ(survey.exit_code, 64);
    EXPECT_THAT(survey.out, HasSubstr("0 of 2 plans show a bug"));
    EXPECT_THAT(survey.err, HasSubstr("moon"));
    const Result triage = rcufuzz("triage plans --out sorted");
    EXPECT_EQ(triage.exit_code, 64);
    EXPECT_THAT(triage.out, HasSubstr("2 inputs: 0 finds"));
}

TEST_F(BadFiles, NamesThatAreNoUtf8LeaveJsonWhole) {
    const std::string name = "\xff\x1b.plan";
    write_file(path(name), clean_plan, false);
    const json all = json::parse(rcufuzz("replay --json .").out);
    EXPECT_EQ(all.at(0).at("file"), "./\xef\xbf\xbd\x1b.plan");
    EXPECT_EQ(rcufuzz("replay .").out, "./\\xff\\x1b.plan: clean\n");
    EXPECT_TRUE(json::accept(rcufuzz("explain --format json '" + name + "'").out));
    const json hunt =
        json::parse(rcufuzz("hunt nocb --bug D10 --runs 9999 --as-found --json --out '\xff'").out);
    EXPECT_EQ(std::string(hunt.at("finds").at(0).at("plan")).substr(0, 3), "\xef\xbf\xbd");
    write_file(path("\xff.litmus"), "nothing", false);
    EXPECT_TRUE(json::accept(rcufuzz("litmus --json .").out));
}

TEST_F(BadFiles, NumbersAreWholeAndInTheirBounds) {
    for (const char* const option :
         {"hunt nocb --runs", "hunt nocb --jobs", "verify nocb --max-ops", "verify nocb --states",
          "survey x --runs", "bench --runs", "bench --seeds", "verify nocb --delays",
          "verify nocb --preemptions", "verify nocb --ticks", "hunt nocb --runs 1 --seed"}) {
        for (const char* const number : {"-1", "18446744073709551616", "nan", "0,5", "0.5", "1e300",
                                         "", "0x", "1x", "' 1'", "+1"})
            expect_one_line(rcufuzz(option + (" " + std::string(*number ? number : "''"))), option);
    }
    for (const char* const option : {"hunt nocb --seconds", "verify nocb --seconds",
                                     "litmus x --seconds", "bench --seconds"}) {
        for (const char* const number : {"-1", "0", "nan", "inf", "0,5", "1e300", "1e400", "x"})
            expect_one_line(rcufuzz(option + (" " + std::string(number))), option);
    }
    for (const char* const plan : {"config cpus -1", "config cpus 18446744073709551616",
                                   "config cpus nan", "config cpus 1e300", "config cpus 0,5",
                                   "decide cpu0 -1 time", "decide cpu0 65536 time"}) {
        write_file(path("x.plan"), clean_plan + plan + "\n", true);
        expect_one_line(rcufuzz("replay x.plan"), plan);
    }
    // What other programs take for octal.
    EXPECT_EQ(json::parse(rcufuzz("hunt nocb --runs 010 --seed 0x10 --json").out).at("runs"), 10);
}

// --- output -------------------------------------------------------------------------------------

TEST_F(BadFiles, OutputThatCannotBeWrittenIsAnError) {
    write_file(path("x.plan"), clean_plan, false);
    write_file(path("find.plan"), text_of(path(find_plan())), false);
    write_file(path("x.litmus"), "C t\n{}\nP0(int *x)\n{\n\tWRITE_ONCE(*x, 1);\n}\nexists (x=1)\n",
               false);
    for (const std::string arguments :
         {"--help", "hunt --help", "list", "list --json", "hunt nocb --runs 10",
          "hunt nocb --runs 10 --json", "hunt nocb --runs 10 --jobs 2", "replay x.plan",
          "replay x.plan --json", "explain x.plan", "explain x.plan --format html",
          "convert x.plan", "minimize find.plan", "survey x.plan --runs 10", "litmus x.litmus",
          "litmus x.litmus --json", "verify nocb --ops x.plan --delays 0",
          "triage find.plan --out o"}) {
        std::filesystem::remove_all(path("o"));
        const Result full = shell("\"$R\" " + arguments + " >/dev/full");
        EXPECT_EQ(full.exit_code, 64) << arguments;
        EXPECT_THAT(full.err, HasSubstr("rcufuzz: standard output: No space left on device\n"))
            << arguments;
    }
    EXPECT_EQ(shell("\"$R\" list >&-").exit_code, 64);
    EXPECT_EQ(shell("\"$R\" list >&- <&- 2>&-").exit_code, 64);
    int ends[2];
    ASSERT_EQ(pipe(ends), 0);
    close(ends[0]);
    ASSERT_EQ(dup2(ends[1], 9), 9);
    const Result closed = shell("\"$R\" list >&9");
    close(ends[1]);
    close(9);
    EXPECT_EQ(closed.exit_code, 64);
    EXPECT_EQ(closed.err, "rcufuzz: standard output: Broken pipe\n");
}

TEST_F(BadFiles, AFullDiskLeavesTheOldFile) {
    const std::string plan = find_plan();
    write_file(path("old"), "old", false);
    const Result explain =
        shell("(ulimit -f 1; exec \"$R\" explain " + plan + " --format html -f -o old 2>&1)");
    EXPECT_EQ(explain.exit_code, 64);
    EXPECT_EQ(explain.out, "rcufuzz: old: File too large\n");
    EXPECT_EQ(text_of(path("old")), "old");
}

TEST_F(BadFiles, AFindThatCannotBeWrittenIsPrinted) {
    const std::string hunt = "hunt nocb --bug D10 --runs 10000 --out finds";
    const auto on_full_disk = [&](const std::string& command) {
        return shell("{ (ulimit -f 0; exec \"$R\" " + command +
                     " 2>&1); echo \"exit $?\"; } | cat");
    };
    const std::string said = on_full_disk(hunt).out;
    EXPECT_THAT(said, HasSubstr(": not written:\nrcufuzz-plan 1\ntarget nocb\nbug D10"));
    EXPECT_THAT(said, HasSubstr("File too large\nexit 64\n"));
    EXPECT_THAT(on_full_disk(hunt + " --jobs 2").out, HasSubstr("exit 64\n"));
    EXPECT_TRUE(std::filesystem::is_empty(path("finds")));
    const std::string text = on_full_disk(hunt + " --json").out;
    const json find = json::parse(text.substr(0, text.rfind('}') + 1)).at("finds").at(0);
    EXPECT_TRUE(find.at("plan").is_null());
    write_file(path("x.plan"), std::string(find.at("text")), false);
    EXPECT_EQ(rcufuzz("replay x.plan").exit_code, 42);
}

TEST_F(BadFiles, ABrokenFindIsNotTrusted) {
    const std::string plan = find_plan();
    const std::string text = text_of(path(plan));
    EXPECT_EQ(find_plan(), plan) << "the same find again: it is there";
    write_file(path(plan), "", true);
    const std::string other = find_plan();
    EXPECT_NE(other, plan);
    EXPECT_EQ(text_of(path(other)), text);
    EXPECT_EQ(text_of(path(plan)), "");
}

TEST_F(BadFiles, WhereFindsGoIsCheckedBeforeTheSearch) {
    write_file(path("x.plan"), clean_plan, false);
    write_file(path("file"), "mine", false);
    for (const char* const folder : {"file", "file/x", "/proc/x"}) {
        for (const char* const command : {"hunt nocb --seconds 60", "survey x.plan",
                                          "verify nocb --max-ops 16", "triage x.plan"})
            expect_one_line(rcufuzz(std::string(command) + " --out " + folder), command);
        expect_one_line(rcufuzz("hunt nocb --seconds 60 --junit " + std::string(folder)), folder);
        for (const char* const command : {"minimize x.plan", "explain x.plan", "convert x.plan"})
            expect_one_line(rcufuzz(std::string(command) + " -o " + folder), command);
    }
    EXPECT_EQ(text_of(path("file")), "mine");
}

TEST_F(BadFiles, JunitReplacesItsOwnReportsOnly) {
    write_file(path("x.plan"), clean_plan, false);
    const std::string foreign =
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n<testsuite name=\"other\">\n";
    write_file(path("x.xml"), foreign, false);
    expect_one_line(rcufuzz("replay x.plan --junit x.xml"), "a foreign report");
    expect_one_line(rcufuzz("hunt nocb --runs 10 --junit x.xml"), "a foreign report");
    EXPECT_EQ(text_of(path("x.xml")), foreign);
}

TEST_F(BadFiles, SurveyKeepsFindsOfPlansWithTheSameName) {
    const std::string plan = find_plan();
    for (const char* const folder : {"a", "b"}) std::filesystem::create_directory(path(folder));
    const std::string text = text_of(path(plan));
    write_file(path("a/x.plan"), text, false);
    std::string two_bugs = text;
    write_file(path("b/x.plan"), two_bugs.insert(text.find("memory"), "bug D12\n"), false);
    std::filesystem::rename(path(plan), path("c.plan"));
    const Result result = rcufuzz("survey a b c.plan --config rcuo_local=1 --list --out finds");
    EXPECT_EQ(result.exit_code, 42) << result.err;
    EXPECT_THAT(result.out, HasSubstr(": finds/x.plan\n"));
    const Result replay = rcufuzz("replay finds");
    EXPECT_EQ(replay.exit_code, 42);
    EXPECT_THAT(replay.out, HasSubstr("finds/x-2.plan: "));
    EXPECT_THAT(replay.out, testing::Not(HasSubstr(": clean")));
}

}  // namespace
}  // namespace rcufuzz
