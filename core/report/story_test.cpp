// SPDX-License-Identifier: GPL-2.0-or-later
#include <gmock/gmock.h>

#include "core/base/check.h"
#include "core/report/story_run.h"
#include "core/run/toy_test.h"

namespace rcufuzz::report {
namespace {

using testing::HasSubstr;

const std::string lost_addition_story = R"(# A comment.
story "an addition is lost"
target toy
bug T01
op cpu0 on add as first
op cpu1 on add as second
verdict wrong_data

step 1 "cpu0 has read the counter"
       "and is about to write it."
  run cpu0 until writing counter
  holds cpu0 in add, counter=0
step 2 "cpu1 adds."
  run cpu1 until second done
  holds counter=1, first begun
  fails without the bug
step 3 "cpu0 writes what it had read plus one."
  run cpu0 until first done
  settle
  holds counter=1
)";

std::string error_of(const std::string& text) {
    try {
        run_story(parse_story(text, "f"));
    } catch (const UserError& error) {
        return error.what();
    }
    return "";
}

const std::string head = "story \"t\"\ntarget toy\nop cpu0 on add as a\n";

TEST(StoryScript, ReadsWhatTheFileSays) {
    const Story story = parse_story(lost_addition_story, "f");
    EXPECT_EQ(story.title, "an addition is lost");
    EXPECT_EQ(story.plan.ops.size(), 2u);
    EXPECT_EQ(story.plan.bugs, 1u);
    EXPECT_EQ(story.verdict, Verdict::wrong_data);
    ASSERT_EQ(story.steps.size(), 3u);
    EXPECT_EQ(story.steps[0].sentence, "cpu0 has read the counter and is about to write it.");
    EXPECT_EQ(story.steps[1].actions[1].conditions.size(), 2u);
    EXPECT_TRUE(story.steps[2].fails_without_bug);
}

TEST(StoryScript, ErrorsSayWhere) {
    EXPECT_EQ(error_of("target toy\n"), "f:1: expected story \"TITLE\" in the first line");
    EXPECT_EQ(error_of("story \"t\"\ntarget moon\n"), "f:2: unknown target 'moon' (toy)");
    EXPECT_EQ(error_of("story \"t\"\ntarget toy\nop cpu9 on add\n"),
              "f:3: 'cpu9' is no CPU for operations");
    EXPECT_EQ(error_of(head + "step 1 \"s\"\n  walk cpu0\n"),
              "f:5: unknown word 'walk' (run, settle, advance, holds)");
    EXPECT_EQ(error_of(head + "step 1 \"s\"\n  run cpu7 until asleep\n"),
              "f:5: unknown actor 'cpu7'");
    EXPECT_EQ(error_of(head + "step 1 \"s\"\n  holds b done\n"), "f:5: unknown operation 'b'");
    EXPECT_EQ(error_of(head + "step 1 \"s\"\n  holds asleep\n"), "f:5: 'asleep': which context?");
    EXPECT_EQ(error_of(head + "step 1 \"s\"\n  holds counter=x\n"),
              "f:5: expected NAME=NUMBER instead of 'counter=x'");
    EXPECT_EQ(error_of(head + "step 1 s\n"), "f:4: expected a text in double quotes");
    EXPECT_EQ(error_of(head + "op cpu0 on add as a\nstep 1 \"s\"\n"),
              "f:4: a second operation 'a'");
}

TEST(StoryRun, UnknownQuantityIsTheAuthorsError) {
    EXPECT_EQ(error_of(head + "step 1 \"s\"\n  holds weight=1\n"),
              "f:5: toy lets nobody observe that: holds weight=1");
}

TEST(StoryRun, EveryStepHoldsWithTheBug) {
    const Story story = parse_story(lost_addition_story, "f");
    const StoryResult result = run_story(story);
    EXPECT_TRUE(as_told(story, result)) << describe(story, result);
    EXPECT_EQ(result.outcome.verdict, Verdict::wrong_data);
}

TEST(StoryRun, LastStepFailsWithoutTheBug) {
    const Story story = parse_story(lost_addition_story, "f");
    const StoryResult result = run_mended(story);
    EXPECT_EQ(result.outcome.verdict, Verdict::clean);
    EXPECT_EQ(result.steps[1].state, StepResult::State::fails);
    EXPECT_EQ(result.steps[2].state, StepResult::State::fails);
    EXPECT_TRUE(as_told(story, result)) << describe(story, result);
    const std::string text = describe(story, result);
    EXPECT_THAT(text, HasSubstr("f:14: run cpu1 until second done: cpu1 spins on counter_lock"));
    EXPECT_THAT(text, HasSubstr("f:20: holds counter=1: counter is 2"));
}

TEST(StoryRun, GivesThePlanOfTheSameRun) {
    const StoryResult result = run_story(parse_story(lost_addition_story, "f"));
    const run::Outcome outcome = run::replay(result.plan);
    EXPECT_TRUE(outcome.same_find(result.outcome));
    EXPECT_EQ(outcome.trace_hash, result.outcome.trace_hash);
    EXPECT_FALSE(result.plan.decisions.empty());
}

TEST(StoryRun, ImpossibleActionFailsItsStepAlone) {
    const Story story = parse_story(head +
                                        "step 1 \"s\"\n  run worker until asleep\n"
                                        "  run worker until awake\n"
                                        "step 2 \"s\"\n  run cpu0 until a done\n",
                                    "f");
    const StoryResult result = run_story(story);
    EXPECT_EQ(result.steps[0].state, StepResult::State::fails);
    EXPECT_THAT(result.steps[0].what, HasSubstr("worker sleeps on worker_queue"));
    EXPECT_EQ(result.steps[1].state, StepResult::State::holds);
}

TEST(StoryRun, InterruptsAreRaisedAndDelivered) {
    const Story story = parse_story(
        "story \"t\"\ntarget toy\nop cpu0 hardirq post as a\nop cpu0 softirq post as b\n"
        "verdict clean\n"
        "step 1 \"s\"\n  settle\n  run cpu0/irq until returned\n  holds a done, worker awake\n"
        "step 2 \"s\"\n  run cpu0/softirq until returned\n  holds b done\n"
        "step 3 \"s\"\n  settle\n  holds worker asleep\n",
        "f");
    const StoryResult result = run_story(story);
    EXPECT_TRUE(as_told(story, result)) << describe(story, result);
}

TEST(StoryRun, ClockGoesOnWhenToldTo) {
    const Story story = parse_story(head +
                                        "step 1 \"s\"\n  settle\n  holds jiffies=100\n"
                                        "  advance 3\n  holds jiffies=103\n"
                                        "  run time until jiffies=105\n  holds jiffies=105\n",
                                    "f");
    const StoryResult result = run_story(story);
    EXPECT_TRUE(as_told(story, result)) << describe(story, result);
}

}  // namespace
}  // namespace rcufuzz::report
