// SPDX-License-Identifier: GPL-2.0-or-later
//
// The page of `explain --format html` in a real browser, headless Chromium: what its script shows
// and how it answers to keys, filter and address. Built where Chromium is installed.
#include <gmock/gmock.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "core/base/files.h"
#include "core/report/explain.h"
#include "core/run/codec.h"

namespace rcufuzz::report {
namespace {

using nlohmann::json;

const std::string short_find = "D01.plan";
const std::string long_find = "D47.plan";

const std::string eleven_lanes =
    "rcufuzz-plan 1\ntarget nocb\nconfig cpus 4\nop cpu0 on call_rcu\nop cpu1 on call_rcu\n"
    "op cpu2 off call_rcu\nop cpu3 on call_rcu\n";

// Of a plan's file, or of a plan.
std::string page(const std::string& find) {
    if (find.starts_with("rcufuzz-plan"))
        return explain(run::from_text(find, "test"), Format::html, "test.plan");
    const auto bytes = read_file(std::string(RCUFUZZ_SOURCE_DIR) + "/corpus/bugs/nocb/" + find);
    return explain(run::from_text(std::string(bytes.begin(), bytes.end()), find), Format::html,
                   find);
}

// The page in the browser, with a script of the test behind its own: what `probe` evaluates to.
// A script error anywhere is the answer instead.
json ask(const std::string& probe, const std::string& address = "", const std::string& options = "",
         const std::string& find = short_find) {
    const std::filesystem::path folder =
        std::filesystem::path(testing::TempDir()) / "rcufuzz_browser_test";
    std::filesystem::remove_all(folder);
    std::filesystem::create_directories(folder);
    std::string text = page(find);
    text.insert(text.find("<script>"),
                "<script>onerror = (what) => document.title = "
                "JSON.stringify({error: String(what)});</script>");
    text.insert(text.rfind("</body>"),
                "<script>{ const press = (key) => document.dispatchEvent("
                "new KeyboardEvent('keydown', {key}));\nconst probe = () => {" +
                    probe +
                    "};\nconst answer = probe();\n"
                    "document.title = JSON.stringify({answer}); }</script>");
    write_file(folder / "page.html", text, true);
    const std::string command =
        std::string(RCUFUZZ_CHROMIUM) + " --headless --no-sandbox --disable-gpu --dump-dom " +
        options + " --user-data-dir='" + (folder / "profile").string() + "' 'file://" +
        (folder / "page.html").string() + address + "' 2>/dev/null";
    std::FILE* const pipe = popen(command.c_str(), "r");
    std::string dom;
    for (int c = 0; pipe != nullptr && (c = std::fgetc(pipe)) != EOF;)
        dom.push_back(static_cast<char>(c));
    EXPECT_TRUE(pipe != nullptr && pclose(pipe) == 0) << command;
    std::filesystem::remove_all(folder);
    const std::size_t title = dom.find("<title>") + 7;
    const json result =
        json::parse(dom.substr(title, dom.find("</title>") - title), nullptr, false);
    EXPECT_TRUE(result.is_object() && result.contains("answer")) << dom.substr(0, 2000);
    return result.is_object() ? result.value("answer", json()) : json();
}

TEST(Browser, ShowsEveryTurnAndEveryStep) {
    const json answer = ask(R"(
        const count = () => lines.filter((line) => line.element.isConnected).length;
        const turns = count();
        press('e');
        return {turns, steps: count(), rows: run.rows.length,
                headline: document.querySelector('h1').textContent};)");
    EXPECT_EQ(answer["headline"], "stranded_callback");
    EXPECT_EQ(answer["steps"], answer["rows"]);
    EXPECT_GT(answer["turns"], 5);
    EXPECT_LT(answer["turns"], answer["steps"]);
}

// Without an address, the step at which the state breaks.
TEST(Browser, SelectsWhatTheAddressNames) {
    const std::string probe = R"(
        return {row: selectedRow, step: run.rows[selectedRow].step,
                broken: run.rows.findIndex((row) => (row.told || []).some((s) => s.breaks)),
                selected: document.querySelectorAll('.selected .breaks').length,
                panel: document.querySelector('#state b').textContent};)";
    const json bare = ask(probe);
    EXPECT_GT(bare["broken"], 0);
    EXPECT_GE(bare["row"], bare["broken"]);
    EXPECT_EQ(bare["selected"], 1);
    const json named = ask(probe, "#3");
    EXPECT_LT(named["row"], bare["row"]);
    for (const json& answer : {bare, named})
        EXPECT_EQ(answer["panel"], "State after step " + std::to_string(answer["step"].get<int>()));
}

// Where several rows have one step, the address leads to the last of them.
TEST(Browser, TheAddressIsTheStepThatThePanelNames) {
    const json answer = ask(R"(
        const at = () => [location.hash, document.querySelector('#state b').textContent];
        const first = at();
        press('k');
        return {first, second: at()};)",
                            "#100");
    for (const json& pair : {answer["first"], answer["second"]})
        EXPECT_EQ(json("State after step " + pair[0].get<std::string>().substr(1)), pair[1]);
    EXPECT_NE(answer["first"], answer["second"]);
}

// A find whose clock goes on for thousands of jiffies, of which nobody has anything to tell.
TEST(Browser, RoundsThatRepeatAreOneLine) {
    const std::string probe = R"(
        const folds = () => lines.filter((line) => line.folded);
        const before = {lines: lines.length, folds: folds().length,
                        hidden: Math.max(0, ...folds().map((line) => line.rows.length)),
                        text: folds().map((line) => line.element.textContent).join()};
        if (folds().length > 0) folds()[0].element.click();
        return {...before, rows: run.rows.length, opened: lines.length, left: folds().length};)";
    const json answer = ask(probe, "", "", "D35.plan");
    EXPECT_GT(answer["rows"], 20'000);
    EXPECT_LT(answer["lines"], 60);
    EXPECT_GT(answer["hidden"], 10'000);
    EXPECT_THAT(answer["text"].get<std::string>(), testing::HasSubstr("times more"));
    EXPECT_GT(answer["opened"], 3'000);
    EXPECT_LT(answer["left"], answer["folds"]);
}

// It is shown, whatever hides it.
TEST(Browser, AnAddressOpensWhatHidesItsStep) {
    const json answer = ask(R"(
        return {step: run.rows[selectedRow].step,
                folded: Boolean(lineOfRow(selectedRow).folded)};)",
                            "#20004", "", "D35.plan");
    EXPECT_NEAR(answer["step"].get<double>(), 20'004, 8);
    EXPECT_EQ(answer["folded"], false);
}

TEST(Browser, SentencesFitAtEveryWidth) {
    const std::string probe = R"(
        const ends = lines.map((line) => line.element.querySelector('.what'))
            .map((what) => what.getBoundingClientRect().right);
        return {over: Math.max(...ends) - diagram.getBoundingClientRect().right,
                scrolls: diagram.scrollWidth - diagram.clientWidth,
                height: diagram.clientHeight, tight: diagram.classList.contains('tight')};)";
    for (const char* size : {"1440,900", "800,600", "500,900"}) {
        const json answer = ask(probe, "", std::string("--window-size=") + size);
        EXPECT_LE(answer["over"], 1) << size;
        EXPECT_LE(answer["scrolls"], 1) << size;
        EXPECT_GT(answer["height"], 120) << size << ": room for some turns";
    }
}

// Also on a phone, with seven lanes.
TEST(Browser, EveryBoxIsSeen) {
    const std::string probe = R"(
        return Math.min(...lines.filter((line) => line.box)
            .map((line) => line.box.getBoundingClientRect().width));)";
    for (const char* size : {"1440,900", "500,900"})
        EXPECT_GE(ask(probe, "", std::string("--window-size=") + size, "D19.plan"), 5) << size;
}

// On a phone the lanes are thin, and what happens has most of the width; nothing is beside the
// screen, and the panel hides no line.
TEST(Browser, APhoneHasRoomForTheSentences) {
    const json answer = ask(R"(
        const what = lines[0].element.querySelector('.what').getBoundingClientRect();
        const panel = statePanel.getBoundingClientRect();
        return {share: what.width / innerWidth,
                over: document.documentElement.scrollWidth - innerWidth,
                panel: panel.top - diagram.getBoundingClientRect().bottom,
                rows: [...document.querySelectorAll('#state td')].every(
                    (cell) => cell.getBoundingClientRect().right <= innerWidth)};)",
                            "", "--window-size=390,844", long_find);
    EXPECT_GT(answer["share"], 0.5);
    EXPECT_LE(answer["over"], 0);
    EXPECT_GE(answer["panel"], 0);
    EXPECT_TRUE(answer["rows"]);
}

// However many lanes there are, the sentences have a good part of what the panel leaves.
TEST(Browser, ManyLanesLeaveRoomForTheSentences) {
    const std::string probe = R"(
        const what = lines[0].element.querySelector('.what').getBoundingClientRect();
        const panel = statePanel.getBoundingClientRect();
        return {share: what.width / diagram.clientWidth, lanes: run.cpus.length,
                hidden: what.right > (panel.left > 400 ? panel.left + 1 : innerWidth)};)";
    for (const char* size : {"1440,900", "800,600"}) {
        const json answer = ask(probe, "", std::string("--window-size=") + size, eleven_lanes);
        EXPECT_EQ(answer["lanes"], 11);
        EXPECT_GT(answer["share"], 0.39) << size;
        EXPECT_FALSE(answer["hidden"]) << size;
    }
}

// Neither in a box nor in the head of a lane; names break behind an underscore.
TEST(Browser, LanesBreakNoWord) {
    const std::string probe = R"(
        const broken = [];
        const look = (node) => {
          for (const piece of node.childNodes) {
            if (piece.nodeType !== 3) { look(piece); continue; }
            const range = document.createRange();
            range.selectNodeContents(piece);
            const rows = new Set([...range.getClientRects()].map((box) => Math.round(box.top)));
            if (rows.size > 1) broken.push(piece.data);
          }
        };
        const small = (element) => parseFloat(getComputedStyle(element).fontSize) < 1;
        const boxes = lines.filter((line) => line.box && !small(line.box)).map((line) => line.box);
        boxes.forEach(look);
        const heads = [...document.querySelectorAll('.head .lane:not(.idle)')];
        return {boxes: boxes.length, broken,
                cut: heads.filter((head) => head.scrollWidth > head.clientWidth).length};)";
    for (const char* size : {"1440,900", "800,600"}) {
        const json answer = ask(probe, "", std::string("--window-size=") + size, long_find);
        EXPECT_GT(answer["boxes"], 10) << size;
        EXPECT_EQ(answer["broken"], json::array()) << size;
        EXPECT_EQ(answer["cut"], 0) << size;
    }
}

// Hundreds of lines: a step draws no line anew.
TEST(Browser, ALongFindIsWalkedThroughStepByStep) {
    const json answer = ask(R"(
        press('e');
        const drawn = () => [lines[0].element, document.querySelector('#arrows path')];
        const before = drawn();
        const seen = new Set();
        const panel = () => document.querySelector('#state b').textContent;
        for (let i = 0; i < 400; ++i) press('k');
        for (let i = 0; i < lines.length; ++i) { seen.add(panel()); press('j'); }
        return {lines: lines.length, seen: seen.size, changes: changes.length,
                same: before.every((element, i) => element === drawn()[i]),
                steps: new Set(run.rows.map((row) => row.step)).size,
                last: lines.indexOf(lineOfRow(selectedRow))};)",
                            "", "", long_find);
    EXPECT_GT(answer["lines"], 150);
    EXPECT_EQ(answer["seen"], answer["steps"]);
    EXPECT_EQ(answer["last"].get<int>() + 1, answer["lines"].get<int>());
    EXPECT_TRUE(answer["same"]);
    EXPECT_LE(answer["changes"], 10) << "of the address, in a second";
}

// "free" and "104" stand whole beside the longest names.
TEST(Browser, StateBreaksNoWord) {
    const json answer = ask(R"(
        const lines = (word, node, at) => {
          const range = document.createRange();
          range.setStart(node, at);
          range.setEnd(node, at + word.length);
          return new Set([...range.getClientRects()].map((box) => box.top)).size;
        };
        const words = [...document.querySelectorAll('#state td:nth-child(2)')].flatMap((value) =>
            [...value.childNodes].filter((node) => node.nodeType === 3).flatMap((node) =>
                [...node.data.matchAll(/[^\s\u00a0]+/g)].map((word) => [word, node])));
        return {words: words.length,
                broken: words.filter(([word, node]) => lines(word[0], node, word.index) > 1)
                    .map(([word]) => word[0])};)",
                            "", "--window-size=1440,900", "../smp_call/S06.plan");
    EXPECT_GT(answer["words"], 10);
    EXPECT_EQ(answer["broken"], json::array());
}

TEST(Browser, WhatIsEmptyHasNoHeading) {
    const json answer = ask(R"(
        return [...document.querySelectorAll('#facts h2')].map((title) => title.textContent);)",
                            "", "", "../smp_call/S02.plan");
    EXPECT_THAT(answer, testing::Contains("operations"));
    EXPECT_THAT(answer, testing::Not(testing::Contains("blocked at the end")));
}

// What a printer gets: the style for print, as if it were the screen's.
TEST(Browser, PrintsTheStoryAndThePlan) {
    const json answer = ask(R"(
        const sheet = document.styleSheets[0];
        for (const rule of sheet.cssRules)
          if (rule.media && rule.media.mediaText === 'print') rule.media.mediaText = 'all';
        window.dispatchEvent(new Event('beforeprint'));
        const shown = (selector) => {
          const element = document.querySelector(selector);
          return getComputedStyle(element).display !== 'none' && element.offsetHeight > 0;
        };
        const last = lines[lines.length - 1].element.getBoundingClientRect();
        return {plan: shown('.plan pre'), command: shown('header code'), nav: shown('nav'),
                state: shown('#state'), buttons: shown('button.copy'), footer: shown('footer'),
                scrolls: diagram.scrollHeight - diagram.clientHeight,
                cut: last.bottom - document.body.getBoundingClientRect().bottom,
                over: document.documentElement.scrollWidth - innerWidth};)",
                            "", "--window-size=800,1000", long_find);
    for (const char* shown : {"plan", "command"}) EXPECT_TRUE(answer[shown]) << shown;
    for (const char* hidden : {"nav", "state", "buttons", "footer"})
        EXPECT_FALSE(answer[hidden]) << hidden;
    EXPECT_LE(answer["scrolls"], 1);
    EXPECT_LE(answer["cut"], 1);
    EXPECT_LE(answer["over"], 1);
}

TEST(Browser, IdleLanesAreNarrowUntilAClick) {
    const json answer = ask(R"(
        const heads = [...document.querySelectorAll(".head .lane")];
        const lanes = () => heads.map((lane) => lane.offsetWidth);
        const before = lanes();
        const idle = document.querySelector('.head .lane.idle');
        idle.click();
        return {before, after: lanes(), at: [...idle.parentElement.children].indexOf(idle) - 2};)");
    const auto at = answer["at"].get<std::size_t>();
    EXPECT_LT(answer["before"][at], 40);
    EXPECT_GT(answer["after"][at], 60);
}

TEST(Browser, HasThePlanAndTheCommandToCopy) {
    const json answer = ask(R"(
        return {plan: document.querySelector('.plan pre').textContent,
                command: document.querySelector('header code').textContent,
                buttons: document.querySelectorAll('button.copy').length,
                guests: document.querySelectorAll('.box.guest').length};)");
    EXPECT_THAT(answer["plan"], testing::StartsWith("rcufuzz-plan 1\ntarget nocb\nbug D01_"));
    EXPECT_EQ(answer["command"], "rcufuzz replay D01.plan");
    EXPECT_EQ(answer["buttons"], 2);
    EXPECT_GT(answer["guests"], 0) << "rcuo1 runs on cpu1 here";
}

TEST(Browser, KeysMoveTheSelection) {
    const json answer = ask(R"(
        const at = () => lines.indexOf(lineOfRow(selectedRow));
        const start = at();
        return ['j', 'k', 'k', 'ArrowDown', 'ArrowUp', 'ArrowUp', 'x'].map((key) => {
          press(key);
          return at() - start;
        });)",
                            "#40");
    EXPECT_EQ(answer, json({1, 0, -1, 0, -1, -2, -2}));
}

// What a run has no arrows of, nobody can switch off.
TEST(Browser, KindsOfArrowsThatAreNotThereAreNotOffered) {
    const json answer = ask(R"(
        return arrowKinds.map((kind) => [
            run.arrows.some((arrow) => arrow.kind === kind),
            document.getElementById('kind-' + classOf(kind)).parentElement.offsetWidth > 0]);)",
                            "", "--window-size=1440,900", long_find);
    EXPECT_EQ(answer, json::parse("[[true,true],[false,false],[true,true],[true,true]]"));
}

TEST(Browser, AMarkedStepIsOneLineHighOnAPhone) {
    const json answer = ask(R"(
        const numbers = [...document.querySelectorAll('.decided .number:first-child')];
        return numbers.map((number) => {
          const range = document.createRange();
          range.selectNodeContents(number);
          return range.getBoundingClientRect().bottom - number.getBoundingClientRect().top;
        });)",
                            "", "--window-size=390,844", long_find);
    EXPECT_GT(answer.size(), 1u);
    for (const json& height : answer) EXPECT_LT(height.get<double>(), 26);
}

TEST(Browser, FilterAndCheckboxesHide) {
    const json answer = ask(R"(
        const arrows = () => document.querySelectorAll('#diagram path.wake-up').length;
        const shown = () => [...document.querySelectorAll('.line')].filter((l) => !l.hidden).length;
        const all = {lines: shown(), arrows: arrows()};
        document.getElementById('kind-wake-up').click();
        const noArrows = arrows();
        filter.value = 'call_rcu -rcuo';
        filter.dispatchEvent(new Event('input'));
        const some = lines.filter((line) => line.shown);
        const filtered = {lines: shown(), match: some.every(
            (line) => line.text.includes('call_rcu') && !line.text.includes('rcuo'))};
        press('Escape');
        return {all, noArrows, filtered, after: shown()};)");
    EXPECT_GT(answer["all"]["arrows"], 0);
    EXPECT_EQ(answer["noArrows"], 0);
    EXPECT_GT(answer["filtered"]["lines"], 0);
    EXPECT_LT(answer["filtered"]["lines"], answer["all"]["lines"]);
    EXPECT_TRUE(answer["filtered"]["match"]);
    EXPECT_EQ(answer["after"], answer["all"]["lines"]);
}

TEST(Browser, LightAndDark) {
    const std::string probe = "return getComputedStyle(document.body).backgroundColor;";
    EXPECT_NE(ask(probe, "", "--blink-settings=preferredColorScheme=0"),
              ask(probe, "", "--blink-settings=preferredColorScheme=1"));
}

}  // namespace
}  // namespace rcufuzz::report
