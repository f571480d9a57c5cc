// SPDX-License-Identifier: GPL-2.0-or-later
//
// The corpus on the real subsystems: hand-written stories, and one minimal reproducer for each bug
// with its golden story. And the minimiser, which makes them.
#include <gmock/gmock.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/base/effort_test.h"
#include "core/base/files.h"
#include "core/base/text.h"
#include "core/report/explain.h"
#include "core/report/find_test.h"
#include "core/report/golden_test.h"
#include "core/report/minimize.h"
#include "core/report/triage.h"
#include "core/report/reduce.h"
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
        const StoryResult result = with_bug ? run_story(story) : run_mended(story);
        EXPECT_TRUE(as_told(story, result))
            << (with_bug ? "with the bug\n" : "without the bug\n") << describe(story, result);
    }
}

TEST_P(CorpusStory, IsAlsoAPlan) {
    const StoryResult result = run_story(read_story(GetParam()));
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

// A story says once what an operation does, and there what the numbers mean that are no quantities.
TEST(Operations, SayWhatTheirCodesMean) {
    const std::set<std::string_view> codes{"how", "kind", "place", "chain", "to", "stay", "does"};
    for (const scenario::Subsystem* target : run::all_targets())
        for (const scenario::OpSpec& op : target->ops)
            for (const scenario::ParamSpec& param : op.params)
                if (codes.contains(param.name)) {
                    EXPECT_THAT(std::string(op.summary), testing::HasSubstr(param.name))
                        << target->name << " " << op.name;
                }
}

// A kernel's are its own to know (core/linux/work).
TEST(Quantities, ThatAreListedCanBeObserved) {
    for (const scenario::Subsystem* target : run::all_targets()) {
        EXPECT_FALSE(target->quantities.empty()) << target->name;
        if (target->platform != nullptr) continue;
        for (const scenario::QuantitySpec& quantity : target->quantities) {
            const std::string name = std::string(quantity.name) + (quantity.numbered ? "0" : "");
            const std::string text = "story \"t\"\ntarget " + std::string(target->name) +
                                     "\nstep 1 \"s\"\n  settle\n  holds " + name + ">=-1\n";
            StoryResult result;
            EXPECT_NO_THROW(result = run_story(parse_story(text, "t"))) << name;
            EXPECT_TRUE(as_told(parse_story(text, "t"), result)) << name;
        }
    }
}

TEST(CorpusScript, AnAnswerSaysWhatItMeansAndHowOftenItsContextWasAskedInTheOperation) {
    struct Expected {
        std::string name;
        int nth;
        std::string words;
    };
    const Expected expected[] = {{"tracepoint/T17", 1, "the allocation fails"},
                                 {"smp_call/S02", 4, "an older store is seen"}};
    for (const auto& [name, nth, words] : expected) {
        const auto bytes =
            read_file(std::string(RCUFUZZ_SOURCE_DIR) + "/corpus/bugs/" + name + ".plan");
        const run::Plan plan = run::from_text(std::string(bytes.begin(), bytes.end()), name);
        const auto script = nlohmann::json::parse(explain(plan, Format::script, name));
        nlohmann::json answer;
        for (const auto& event : script["events"])
            if (event.contains("nth")) answer = event;
        EXPECT_EQ(answer["nth"], nth) << name;
        EXPECT_EQ(answer["words"], words) << name;
        EXPECT_NE(explain(plan, Format::text, name).find(words), std::string::npos) << name;
    }
}

// The state breaks at the run's end, behind its last event.
TEST(CorpusMail, MayEndWhereTheStateBreaks) {
    const run::Plan plan = run::from_text(
        "rcufuzz-plan 1\ntarget nocb\nbug D10_no_timer_backstop\nmemory sc\noracle all\n"
        "config cpus 1\nconfig nobypass_lim 1\nconfig strict_gp 1\n"
        "op cpu0 on call_rcu count=2 chain=0\nop cpu0 off call_rcu count=1 chain=0\n"
        "decide cpu0 36 run rcuo0\ndecide rcuog0 1 time\ndecide rcuo0 27 time\n"
        "decide rcuo0 28 run rcuog0\ndecide rcu_gp 31 run rcuog0\n",
        "t");
    EXPECT_NE(explain(plan, Format::mail, "t").find("Here the state becomes inconsistent"),
              std::string::npos);
}

// --- reproducers --------------------------------------------------------------------------------

// A bug, as corpus/bugs names it: "nocb/D01".
struct Reproducer {
    const scenario::Subsystem* target;
    const scenario::BugSpec* bug;

    std::string name() const { return std::string(target->name) + "/" + std::string(bug->spec); }
    std::string path(const char* extension) const { return "corpus/bugs/" + name() + extension; }
    run::Plan plan() const {
        const auto bytes = read_file(std::string(RCUFUZZ_SOURCE_DIR) + "/" + path(".plan"));
        return run::from_text(std::string(bytes.begin(), bytes.end()), path(".plan"));
    }
};

void PrintTo(const Reproducer& reproducer, std::ostream* out) { *out << reproducer.name(); }

// Every bug that is no benign control has one.
std::vector<Reproducer> reproducers() {
    std::vector<Reproducer> list;
    for (const scenario::Subsystem* target : run::all_targets())
        for (const scenario::BugSpec& bug : target->bugs)
            if (!bug.benign()) list.push_back({target, &bug});
    return list;
}

class CorpusReproducer : public testing::TestWithParam<Reproducer> {};

TEST_P(CorpusReproducer, ShowsItsBugAndNothingWithout) {
    const run::Plan plan = GetParam().plan();
    ASSERT_EQ(run::bug_names(plan), std::vector<std::string_view>{GetParam().bug->name});
    const run::Outcome outcome = run::replay(plan);
    EXPECT_EQ(outcome.verdict, GetParam().bug->verdict);
    EXPECT_EQ(run::to_text(plan), run::to_text(run::from_text(run::to_text(plan), "text")));
    EXPECT_EQ(run::replay(run::without_bugs(plan)).verdict, Verdict::clean);
}

// Found, minimised, text, binary: the same run each time.
TEST_P(CorpusReproducer, KeepsVerdictSiteAndTraceThroughEveryForm) {
    const run::Plan plan = GetParam().plan();
    const run::Outcome outcome = run::replay(plan);
    const run::Plan of_bytes = run::decode(run::encode(plan), {run::empty_plan(*plan.target)});
    EXPECT_EQ(of_bytes, plan);
    const run::Outcome again = run::replay(of_bytes);
    EXPECT_TRUE(again.same_find(outcome));
    EXPECT_EQ(again.trace_hash, outcome.trace_hash);
}

TEST_P(CorpusReproducer, HasAGoldenStory) {
    expect_golden(GetParam().path(".story.md"), explain(GetParam().plan(), Format::story, ""));
}

std::string reproducer_name(const testing::TestParamInfo<Reproducer>& info) {
    return std::string(info.param.target->name) + "_" + std::string(info.param.bug->spec);
}
INSTANTIATE_TEST_SUITE_P(All, CorpusReproducer, testing::ValuesIn(reproducers()), reproducer_name);

// Two bugs are two finds: those that are not are partial forms of one another, or show nothing
// else than each other.
TEST(CorpusReproducers, HaveIdentitiesOfTheirOwn) {
    std::map<std::string, std::vector<std::string>> bugs;
    for (const Reproducer& reproducer : reproducers())
        bugs[std::string(reproducer.target->name) + run::replay(reproducer.plan()).identity]
            .push_back(reproducer.name());
    std::vector<std::vector<std::string>> shared;
    for (const auto& [identity, names] : bugs)
        if (names.size() > 1) shared.push_back(names);
    std::ranges::sort(shared);
    const std::vector<std::vector<std::string>> known{
        {"dynticks/D08", "dynticks/D10"}, {"dynticks/D13b", "dynticks/D13c"},
        {"dynticks/D18", "dynticks/D21"}, {"nocb/D01", "nocb/D01b", "nocb/D02"},
        {"nocb/D27b", "nocb/D27d"},       {"smp_call/S01", "smp_call/S10"},
    };
    EXPECT_EQ(shared, known);
}

// The tick of a CPU that has callbacks goes on for ever: nobody but the clock does.
TEST(EndlessRun, OfTheClockAloneIsJudgedByWhatIsLeftUndone) {
    const run::Plan plan = run::from_text(
        "rcufuzz-plan 1\ntarget nocb\nbug D31_offloaded_without_kthreads\nmemory sc\noracle all\n"
        "config toggling 1\nconfig hotplug 1\nconfig late_cpu 1\nconfig spawn_failures 2\n"
        "op cpu1 on cpu_up cpu=2\nop cpu2 on deoffload cpu=2\n",
        "plan");
    const run::Outcome outcome = run::replay(plan);
    EXPECT_EQ(outcome.verdict, Verdict::deadlock);
    EXPECT_TRUE(outcome.identity.starts_with("deadlock-task_waits_on_")) << outcome.identity;
}

TEST(CorpusReproducers, TableIsTrue) {
    std::string table =
        "# corpus/bugs\n\nOne minimal reproducer for each bug, with its story. "
        "`scripts/reproducers` makes them;\n`core/report/corpus_test.cpp` checks them and "
        "this table.\n\n"
        "| bug | verdict | ops | decisions | what the code does | fixed by |\n"
        "|---|---|---|---|---|---|\n";
    for (const Reproducer& reproducer : reproducers()) {
        const run::Plan plan = reproducer.plan();
        table += "| [" + reproducer.name() + "](" + reproducer.name() + ".story.md) | " +
                 std::string(word(run::replay(plan).verdict)) + " | " +
                 std::to_string(plan.ops.size()) + " | " + std::to_string(plan.decisions.size()) +
                 " | " + std::string(reproducer.bug->summary) + " | " +
                 std::string(reproducer.bug->fixed_by) + " |\n";
    }
    expect_golden("corpus/bugs/README.md", table);
}

// The README of each subsystem has a table of its bugs, and a row for each.
TEST(Readme, HasARowForEachBug) {
    for (const scenario::Subsystem* target : run::all_targets()) {
        if (target->bugs.empty()) continue;
        const std::string path = "core/subsystems/" + std::string(target->name) + "/README.md";
        const std::string readme = read_text(std::string(RCUFUZZ_SOURCE_DIR) + "/" + path);
        for (const scenario::BugSpec& bug : target->bugs) {
            const std::string begin = "| `" + std::string(bug.name) + "` | ";
            const std::string end =
                " | " + std::string(bug.summary) + " | " + std::string(bug.fixed_by) + " |";
            unsigned rows = 0;
            for (const std::string_view line : lines(readme))
                if (line.starts_with(begin) && line.ends_with(end)) ++rows;
            EXPECT_EQ(rows, 1u) << path << ": a row " << begin << "..." << end;
        }
        for (const std::string_view line : lines(readme)) {
            const std::string_view name = line.substr(0, 3) == "| `" ? words(line)[1] : "";
            const auto is_this = [&](const scenario::BugSpec& bug) {
                return name == "`" + std::string(bug.name) + "`";
            };
            const bool names_a_bug = name.size() > 3 && std::isupper(name[1]) != 0 &&
                                     std::isdigit(name[2]) != 0 &&
                                     name.find('_') != name.npos;
            EXPECT_TRUE(!names_a_bug || std::ranges::any_of(target->bugs, is_this))
                << path << ": " << name << " is no bug of bugs.def";
        }
    }
}

// --- the minimiser ------------------------------------------------------------------------------

// An operation that only runs under a configuration of its own gives way to one that needs none.
TEST(MinimizeNocb, LeavesNoConfigurationThatAnotherOperationDoesWithout) {
    const run::Plan found = run::from_text(
        "rcufuzz-plan 1\ntarget nocb\nbug D01_wake_leaves_level\noracle black-box\n"
        "config strict_gp 1\nconfig rcuo_local 1\nconfig rq_locks 1\n"
        "op cpu1 hardirq call_rcu_rq\nop cpu1 off call_rcu count=1 chain=1\n",
        "test");
    const std::string text = run::to_text(minimize(found, {.budget = 10'000'000}));
    EXPECT_EQ(text.find("rq_locks"), text.npos) << text;
    EXPECT_EQ(text.find("call_rcu_rq"), text.npos) << text;
}

// The hand-made minimum of D01 is nocb-d01-min.story: three operations.
TEST(MinimizeNocb, ComesNearToTheHandMadeMinimum) {
    run::Plan base = run::empty_plan(run::target_from_word("nocb"));
    run::enable_bug(base, "nocb:D01");
    base.oracle = run::OracleMode::black_box;
    const std::size_t by_hand =
        run_story(read_story("nocb-d01-min.story")).plan.decisions.size();
    unsigned near = 0;  // of five finds: now and then one leads elsewhere
    for (std::uint64_t seed = 1; seed <= effort(5u); ++seed) {
        const run::Plan found = find_one(base, "pct", seed);
        const run::Plan minimal = minimize(found, {.budget = 60'000'000});
        EXPECT_TRUE(run::replay(minimal).same_find(run::replay(found)));
        if (minimal.ops.size() <= 4 && minimal.decisions.size() <= by_hand + 1) ++near;
    }
    EXPECT_GE(near, effort(3u));
}

// An old load led there, but a schedule does as well: such finds are the one that needs none.
TEST(MinimizeNocb, WhatShowsWithoutAnOldLoadIsKnownByThat) {
    const std::string path =
        std::string(RCUFUZZ_SOURCE_DIR) + "/core/report/golden/d32_old_load.plan";
    const std::vector<NamedPlan> finds{
        {"by luck", run::from_text(read_text(path), path)},
        {"without", run::from_text("rcufuzz-plan 1\ntarget nocb\nbug D32\nmemory weak\n"
                                   "oracle all\nconfig rq_locks 1\n"
                                   "op cpu0 hardirq call_rcu_rq\n",
                                   "plan")}};
    const run::Outcome by_luck = run::replay(finds[0].plan);
    ASSERT_FALSE(by_luck.cause.old_load.empty());
    ASSERT_TRUE(run::replay(finds[1].plan).cause.old_load.empty());
    const run::Plan minimal = minimize(finds[0].plan, {.budget = 30'000'000});
    EXPECT_EQ(run::replay(minimal).identity, by_luck.cause.why);
    EXPECT_TRUE(run::replay(minimal).shows(by_luck));
    EXPECT_EQ(triage(finds).groups.size(), 1u);
}

// Ten callbacks in one operation are as many to follow as ten operations: what shows them is hunted
// anew with few.
TEST(MinimizeNocb, FindWithManyRepetitionsEndsWithFew) {
    const run::Plan found = run::from_text(
        "rcufuzz-plan 1\ntarget nocb\nbug D01\nmemory sc\noracle black-box\n"
        "config nobypass_lim 16\nconfig strict_gp 1\n"
        "op cpu0 on call_rcu count=9 chain=0\nop cpu0 hardirq call_rcu count=1 chain=0\n"
        "decide cpu0 133 run rcuog0\ndecide rcu_gp 28 run rcuog0\n",
        "plan");
    ASSERT_EQ(size_of(found).work, 10u);
    ASSERT_TRUE(run::replay(found).found());
    const run::Plan minimal = minimize(found);
    EXPECT_LE(size_of(minimal).work, 3u) << run::to_text(minimal);
    EXPECT_TRUE(run::replay(minimal).same_find(run::replay(found)));
}

// One stands on a kind of operation that posts one callback at a time, since its workload had no
// other; the other on a schedule, where an interrupt would do.
TEST(MinimizeNocb, OtherKindsAndContextsMakeAFindSmaller) {
    const std::string head =
        "rcufuzz-plan 1\ntarget nocb\nbug D01\nmemory sc\noracle black-box\n";
    const std::string kinds =
        "config strict_gp 1\nconfig rq_locks 1\nconfig timers 1\n"
        "op cpu0 off call_rcu_rq\nop cpu0 hardirq call_rcu_rq\nop cpu0 off call_rcu_rq\n"
        "op cpu0 hardirq call_rcu_rq\nop cpu0 off call_rcu_rq\n"
        "decide cpu0/hardirq 9 time\ndecide cpu0/hardirq 19 softirq cpu0\n"
        "decide rcuog0 96 time\n";
    const std::string contexts =
        "config stride 4\nconfig strict_gp 1\nconfig rcuo_local 1\n"
        "op cpu1 off call_rcu count=1 chain=1\nop cpu1 off call_rcu count=1 chain=0\n"
        "decide cpu1 18 run rcuog0\ndecide cpu1/task2 80 run rcuog0\n"
        "decide rcu_gp 29 resched cpu1\ndecide rcu_gp 54 run rcuog0\n";
    for (const std::string& body : {kinds, contexts}) {
        const run::Plan found = run::from_text(head + body, "plan");
        ASSERT_TRUE(run::replay(found).found());
        const run::Plan minimal = minimize(found, {.budget = 60'000'000});
        EXPECT_LE(size_of(minimal).work, 3u) << run::to_text(minimal);
        EXPECT_LE(minimal.decisions.size(), 1u) << run::to_text(minimal);
        EXPECT_TRUE(run::replay(minimal).same_find(run::replay(found)));
    }
}

}  // namespace
}  // namespace rcufuzz::report
