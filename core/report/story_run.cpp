// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/report/story_run.h"

#include "core/base/check.h"
#include "core/report/story_strategy.h"
#include "core/strategy/record.h"

namespace rcufuzz::report {

StoryResult run_story(const Story& story, bool with_bug) {
    StoryResult result;
    result.with_bug = with_bug;
    result.plan = story.plan;
    if (!with_bug) result.plan.bugs = 0;
    StoryStrategy strategy(story);
    strategy::Record recorder(strategy);
    run::RunOptions options;
    options.trace = sim::TraceLevel::full;  // the strategy reads it
    options.on_boot = StoryStrategy::on_boot;
    options.on_boot_arg = &strategy;
    result.outcome = run::run(result.plan, recorder, options);
    if (const Action* const unknown = strategy.unknown()) {
        throw UserError(story.file + ":" + std::to_string(unknown->line) + ": " +
                        std::string(story.plan.target->name) +
                        " lets nobody observe that: " + unknown->text);
    }
    result.steps = strategy.results();
    const auto decisions = recorder.decisions();
    result.plan.decisions.assign(decisions.begin(), decisions.end());
    run::canonicalize(result.plan);
    return result;
}

bool as_told(const Story& story, const StoryResult& result) {
    const bool bug_off = !result.with_bug && story.plan.bugs != 0;
    if (result.outcome.verdict != (bug_off ? Verdict::clean : story.verdict)) return false;
    bool marked = false;
    for (std::size_t i = 0; i < story.steps.size(); ++i) {
        const bool holds = result.steps[i].state == StepResult::State::holds;
        const bool must_fail = bug_off && story.steps[i].fails_without_bug;
        marked = marked || must_fail;
        if (must_fail ? holds : !holds && !marked) return false;
    }
    return true;
}

std::string describe(const Story& story, const StoryResult& result) {
    std::string text;
    for (std::size_t i = 0; i < story.steps.size(); ++i) {
        const StepResult& step = result.steps[i];
        const bool holds = step.state == StepResult::State::holds;
        text += "  step " + story.steps[i].number +
                (holds ? " holds" : " does not hold: " + step.what) + "\n";
    }
    text += "  " + std::string(word(result.outcome.verdict));
    if (result.outcome.found()) text += ": " + result.outcome.detail;
    return text + "\n";
}

}  // namespace rcufuzz::report
