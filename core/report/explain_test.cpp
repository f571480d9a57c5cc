// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/report/explain.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <map>
#include <string>

#include "core/base/check.h"
#include "core/report/explain_formats.h"
#include "core/report/golden_test.h"
#include "core/run/codec.h"
#include "core/run/runner.h"
#include "core/run/toy_test.h"

namespace rcufuzz::report {
namespace {

using testing::HasSubstr;
using testing::Not;

// cpu0 reads the counter, cpu1 adds to it, cpu0 writes what it had read plus one.
run::Plan lost_addition() {
    return run::from_text(
        "rcufuzz-plan 1\n"
        "target toy\n"
        "bug T01\n"
        "op cpu0 on add times=2\n"
        "op cpu1 off add\n"
        "decide cpu0 3 run cpu1\n",
        "test");
}

std::string explained(Format format) { return explain(lost_addition(), format, "x.plan"); }

TEST(Explain, PlanShowsWhatTheTestsAreAbout) {
    EXPECT_EQ(run::replay(lost_addition()).verdict, Verdict::wrong_data);
}

TEST(Explain, TextIsInTheFixedOrder) {
    const std::string text = explained(Format::text);
    std::size_t last = 0;
    for (const char* part :
         {"wrong_data: ", "\nreplay\n  rcufuzz replay x.plan\n", "\noperations\n",
          "\ninterleaving ", "\nblocked at the end\n", "\nwhy\n", "\nconfiguration\n"}) {
        const std::size_t at = text.find(part);
        ASSERT_NE(at, text.npos) << part << " is missing in\n" << text;
        EXPECT_GE(at, last) << part;
        last = at;
    }
}

TEST(Explain, TextMarksDecisionsAndShowsWhatWasRead) {
    const std::string text = explained(Format::text);
    EXPECT_THAT(text, HasSubstr(" * "));
    EXPECT_THAT(text, HasSubstr("counter is 0"));
    EXPECT_THAT(text, HasSubstr("counter = 1"));
}

// The toy's own lines move when its test is edited.
std::string without_line_numbers(std::string text) {
    const std::string file = "toy_test.cpp:";
    for (std::size_t at = text.find(file); at != text.npos; at = text.find(file, at)) {
        at += file.size();
        const std::size_t end = text.find_first_not_of("0123456789", at);
        text.replace(at, end - at, "LINE");
    }
    return text;
}

TEST(Explain, GoldenText) {
    expect_golden("core/report/golden/lost_addition.txt",
                  without_line_numbers(explained(Format::text)));
}

TEST(Explain, GoldenMail) {
    expect_golden("core/report/golden/lost_addition.mail.txt",
                  without_line_numbers(explain(lost_addition(), Format::mail, "x.plan",
                                               {.commit = "0123456789ab (\"toy: add\")"})));
}

std::size_t line_count(const std::string& text) {
    return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

TEST(Explain, MailNamesThePatchAndWhereTheCodeStood) {
    const run::Plan plan = lost_addition();
    Replay replay = replay_traced(plan);
    replay.trace.fault = "run/toy_test.cpp:7 add";
    const std::string text = explain_mail(replay, "x.plan", {.patch = "patch 2/3 \"toy: add\""});
    EXPECT_THAT(text, HasSubstr("With:      patch 2/3 \"toy: add\", the first of the series"));
    EXPECT_THAT(text, HasSubstr("seen in add()\n"));
    EXPECT_THAT(text, HasSubstr("[run/toy_test.cpp:7 add()]\n"));
    EXPECT_THAT(text, Not(HasSubstr("Fixes:")));
}

TEST(Explain, NothingIsMailedOfACleanRun) {
    const run::Plan plan = run::empty_plan(toy::subsystem());
    EXPECT_THROW(explain(plan, Format::mail, "x.plan"), UserError);
}

// However long the run, the operations and the plan are.
TEST(Explain, MailHasItsPlanWhereThatIsShort) {
    run::Plan plan = lost_addition();
    EXPECT_THAT(explain(plan, Format::mail, "x.plan"),
                HasSubstr("\ndecide cpu0 3 run cpu1\nEND\n"));
    while (plan.ops.size() < 40) plan.ops.push_back(plan.ops.front());
    const std::string text = explain(plan, Format::mail, "x.plan");
    EXPECT_THAT(text, HasSubstr("build/rcufuzz replay x.plan  # 4"));
    EXPECT_THAT(text, HasSubstr("and 30 more\n"));
    EXPECT_LE(line_count(text), 60u);
}

TEST(Explain, MailLeavesOutTheFirstStepsWhereThereAreMany) {
    run::Plan plan = lost_addition();
    plan.decisions.clear();
    while (plan.ops.size() < 40) plan.ops.push_back(plan.ops[plan.ops.size() % 2]);
    for (std::uint16_t i = 1; i < 60; ++i) plan.decisions.push_back({0, i, 2});  // run cpu1
    for (std::uint16_t i = 1; i < 60; ++i) plan.decisions.push_back({8, i, 1});  // run cpu0
    const std::string text = explain(plan, Format::mail, "x.plan");
    EXPECT_LE(line_count(text), 60u);
    EXPECT_THAT(text, HasSubstr("  ... ("));
}

TEST(Explain, MailSaysWhatABootedKernelShowed) {
    const run::Plan plan = lost_addition();
    EXPECT_THAT(explain(plan, Format::mail, "x.plan", {.booted = "confirmed on a kernel"}),
                HasSubstr("\nBooted:    confirmed on a kernel\n"));
    EXPECT_THAT(explain(plan, Format::mail, "x.plan"), Not(HasSubstr("Booted")));
}

TEST(Explain, JsonHoldsTheSameRun) {
    const auto json = nlohmann::json::parse(explained(Format::json));
    EXPECT_EQ(json["verdict"], "wrong_data");
    EXPECT_EQ(json["decisions"], 1);
    EXPECT_EQ(json["ops"].size(), 2u);
    EXPECT_GT(json["interleaving"].size(), 3u);
    const auto decided = std::count_if(json["interleaving"].begin(), json["interleaving"].end(),
                                       [](const auto& row) { return row["decided"] == true; });
    EXPECT_EQ(decided, 1);
}

TEST(Explain, ScriptHasTheOrderOfTheRun) {
    const auto script = nlohmann::json::parse(explained(Format::script));
    EXPECT_EQ(script["verdict"], "wrong_data");
    ASSERT_EQ(script["ops"].size(), 2u);
    EXPECT_EQ(script["ops"][0]["context"], "on");
    std::string order;
    const auto& events = script["events"];
    for (const auto& event : events) {
        const std::string what = event["what"];
        if (what == "resume") continue;
        order += what;
        if (event.contains("op")) order += std::to_string(event["op"].get<int>());
        order += " ";
    }
    EXPECT_EQ(order, "begin0 decide begin1 end1 end0 ");
    const auto decided = std::find_if(events.begin(), events.end(), [](const auto& event) {
        return event["what"] == "decide";
    });
    ASSERT_NE(decided, events.end());
    EXPECT_EQ((*decided)["act"], "run");
    EXPECT_EQ((*decided)["at"]["function"], "add");
    EXPECT_EQ((*decided)["pass"], 1);
    EXPECT_FALSE(decided->contains("instead"));
    EXPECT_THAT(std::string(script["site"]), HasSubstr("toy"));
}

// The decision of the script of a plan that adds twice, with the lock, decided at that point.
nlohmann::json decided_at(int ordinal) {
    const run::Plan plan = run::from_text("rcufuzz-plan 1\ntarget toy\n"
                                          "op cpu0 on add times=2\nop cpu1 off add\n"
                                          "decide cpu0 " +
                                              std::to_string(ordinal) + " run cpu1\n",
                                          "test");
    const auto script = nlohmann::json::parse(explain(plan, Format::script, "x.plan"));
    for (const auto& event : script["events"])
        if (event["what"] == "decide") return event;
    return {};
}

TEST(Explain, ScriptSaysAtWhichPassOfItsLineADecisionIsAndWhatCameBefore) {
    std::map<std::string, int> passes;  // of a line, in the order of points
    for (int ordinal = 1; ordinal < 20; ++ordinal) {
        const nlohmann::json event = decided_at(ordinal);
        if (!event.contains("pass")) continue;
        const std::string at = event["at"].dump();
        const int pass = event["pass"];
        EXPECT_GE(pass, passes[at]);
        EXPECT_LE(pass, passes[at] + 1);
        passes[at] = pass;
        if (event.contains("after")) {
            EXPECT_NE(event["after"]["line"], event["at"]["line"]);
        }
    }
    ASSERT_FALSE(passes.empty());
    for (const auto& [at, pass] : passes) EXPECT_EQ(pass, 2) << at;
}

TEST(Explain, CleanPlanIsSaidToBeClean) {
    const std::string text = explain(run::empty_plan(toy::subsystem()), Format::text, "x.plan");
    EXPECT_THAT(text, HasSubstr("clean: nothing is wrong"));
}

TEST(Explain, FormatsHaveTheirWords) {
    EXPECT_EQ(format_from_word("chrome-trace"), Format::chrome_trace);
    EXPECT_EQ(format_from_word("pdf"), std::nullopt);
}

}  // namespace
}  // namespace rcufuzz::report
