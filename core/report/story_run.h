// SPDX-License-Identifier: GPL-2.0-or-later
//
// Runs a hand-written story, with its bugs or without them.
#pragma once

#include <string>
#include <vector>

#include "core/report/story_script.h"
#include "core/run/runner.h"

namespace rcufuzz::report {

struct StepResult {
    enum class State : std::uint8_t { holds, fails };
    State state = State::fails;
    std::string what;          // what happened instead
    std::uint64_t points = 0;  // of the run, when the step was over
};

struct StoryResult {
    bool with_bug = false;
    std::vector<StepResult> steps;  // one for each of Story::steps
    run::Outcome outcome;
    run::Plan plan;  // the same run as a plan: explain and minimise work on it
};

// Throws UserError where the story names something that the target does not let anybody observe.
StoryResult run_story(const Story& story);
// The same without its bugs; not empty: on `mended` (Plan::subject) instead of the story's own.
StoryResult run_mended(const Story& story, const std::string& mended = {});

// Whether the run went as the story says. With its bugs: every step holds, and the verdict is the
// one stated. Without them: the steps before the first one marked "fails without the bug" hold,
// the marked ones and the last do not, and nothing is found. A story that has no bugs goes as it
// says in either case, unless it is of a kernel and ran on another.
bool as_told(const Story& story, const StoryResult& result);

// One line per step and one for the end.
std::string describe(const Story& story, const StoryResult& result);

}  // namespace rcufuzz::report
