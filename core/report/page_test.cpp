// SPDX-License-Identifier: GPL-2.0-or-later
//
// What the page promises, as far as it shows without a browser.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/report/explain.h"
#include "core/run/codec.h"
#include "core/run/toy_test.h"

namespace rcufuzz::report {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

std::string page_of(const std::string& lines, const std::string& file = "x.plan") {
    const std::string head = "rcufuzz-plan 1\ntarget toy\n";
    return explain(run::from_text(head + lines, "test"), Format::html, file);
}

std::string between(const std::string& text, const std::string& from, const std::string& to) {
    const std::size_t begin = text.find(from);
    if (begin == text.npos) return "";
    const std::size_t start = begin + from.size();
    return text.substr(start, text.find(to, start) - start);
}

json data_of(const std::string& page) {
    return json::parse(between(page, "id=\"run\">", "</script>"));
}

std::size_t count(const std::string& text, const std::string& part) {
    std::size_t n = 0;
    for (std::size_t at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++n;
    return n;
}

// Names of the elements that are open where the page ends, or of one that ends in the wrong place.
std::vector<std::string> unbalanced(const std::string& page) {
    std::vector<std::string> open;
    for (std::size_t at = page.find('<', 1); at != page.npos; at = page.find('<', at)) {
        const std::size_t end = page.find('>', at);
        const std::string tag = page.substr(at + 1, end - at - 1);
        const std::string name = tag.substr(0, tag.find_first_of(" \n"));
        at = end;
        if (tag.ends_with('/') || tag.starts_with('!')) continue;
        if (tag.front() != '/') {
            open.push_back(name);
            if (name == "script" || name == "style") at = page.find("</" + name, at);
        } else if (!open.empty() && "/" + open.back() == name) {
            open.pop_back();
        } else {
            return {name};
        }
    }
    return open;
}

const std::string two_adds = "bug T01\nop cpu0 on add\nop cpu1 off add\n";

TEST(Page, IsWellFormed) {
    const std::string page = page_of(two_adds);
    EXPECT_THAT(page, testing::StartsWith("<!doctype html>\n"));
    EXPECT_THAT(unbalanced(page.substr(page.find('\n'))), testing::IsEmpty());
    EXPECT_THAT(page, Not(HasSubstr("{{")));
}

TEST(Page, NeedsNothingFromOutside) {
    const std::string page = page_of(two_adds);
    EXPECT_THAT(page, HasSubstr("content=\"default-src 'none';"));
    for (const char* word : {"src=", "href=", "@import", "fetch(", "innerHTML", "eval("})
        EXPECT_THAT(page, Not(HasSubstr(word)));
    EXPECT_EQ(count(page, "url("), count(page, "url(#"));
    EXPECT_EQ(count(page, "http"),
              count(page, "http-equiv") + count(page, "http://www.w3.org/2000/svg"));
}

TEST(Page, KnowsLightAndDark) {
    EXPECT_THAT(page_of(two_adds), HasSubstr("@media (prefers-color-scheme: dark)"));
}

TEST(Page, OfTheSamePlanIsTheSame) { EXPECT_EQ(page_of(two_adds), page_of(two_adds)); }

TEST(Page, NoNameEndsTheScript) {
    const std::string plain = page_of(two_adds);
    const std::string evil = "</script><script>alert(1)</script><!-- {{js}} \"'&\\ \xff";
    const std::string page = page_of(two_adds, evil);
    for (const char* part : {"<script", "</script", "<!--"})
        EXPECT_EQ(count(page, part), count(plain, part)) << part;
    const std::string shown = data_of(page)["file"];
    EXPECT_EQ(shown, evil.substr(0, evil.size() - 1) + "\xef\xbf\xbd");
}

TEST(Page, HoldsTheRunThatTheTextShows) {
    const std::string lines = two_adds + "decide cpu0 3 run cpu1\n";
    const json data = data_of(page_of(lines));
    const json same = json::parse(
        explain(run::from_text("rcufuzz-plan 1\ntarget toy\n" + lines, "test"), Format::json, ""));
    EXPECT_EQ(data["verdict"], "wrong_data");
    EXPECT_EQ(data["cpus"], same["actors"]);
    ASSERT_EQ(data["rows"].size(), same["interleaving"].size());
    for (std::size_t i = 0; i < data["rows"].size(); ++i) {
        EXPECT_EQ(data["rows"][i]["step"], same["interleaving"][i]["step"]);
        EXPECT_EQ(data["rows"][i]["events"].size(), same["interleaving"][i]["events"].size());
    }
}

// The last state of this name in this part of the machine.
std::string last_state(const json& data, const std::string& part, const std::string& name) {
    std::string last = "unknown";
    for (const json& row : data["rows"])
        for (const json& event : row.value("events", json::array()))
            if (event.contains("state") && event["state"][0] == part && event["state"][1] == name)
                last = event["state"][2];
    return last;
}

TEST(Page, KnowsTheStateAfterEachEvent) {
    const json data = data_of(page_of("op cpu0 on add\nop cpu1 off post\n"));
    EXPECT_EQ(last_state(data, "variables", "counter"), "1");
    EXPECT_EQ(last_state(data, "locks", "counter_lock"), "free");
    EXPECT_EQ(last_state(data, "interrupts", "cpu1"), "on");
    EXPECT_EQ(last_state(data, "contexts", "worker"), "sleeps on worker_queue");
}

// "wake-up cpu0 worker": the arrows of the page, and whose they are.
std::vector<std::string> arrows(const json& data) {
    std::vector<std::string> list;
    for (const json& arrow : data["arrows"]) {
        const json& from = data["rows"][arrow["from"].get<std::size_t>()];
        const json& to = data["rows"][arrow["to"].get<std::size_t>()];
        EXPECT_LE(from["step"], to["step"]);
        list.push_back(arrow["kind"].get<std::string>() + " " + from["who"].get<std::string>() +
                       " " + to["who"].get<std::string>());
    }
    return list;
}

TEST(Page, AnArrowLeadsFromAStoreToTheFirstLoadElsewhere) {
    EXPECT_THAT(arrows(data_of(page_of("op cpu0 on add\nop cpu1 on add times=2\n"))),
                testing::ElementsAre("reads from cpu0 cpu1"));
}

TEST(Page, AnArrowLeadsFromAWakeUpToWhoIsWoken) {
    EXPECT_THAT(arrows(data_of(page_of("op cpu0 on post\ndecide world 1 run worker\n"))),
                testing::Contains("wake-up cpu0 worker"));
}

TEST(Page, AnArrowLeadsFromAnInterruptToItsHandler) {
    EXPECT_THAT(arrows(data_of(page_of("op cpu0 hardirq add\n"))),
                testing::Contains("interrupt cpu0 cpu0/hardirq"));
}

}  // namespace
}  // namespace rcufuzz::report
