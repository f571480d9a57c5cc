// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/report/story_run.h"

#include "core/base/check.h"
#include "core/report/story_strategy.h"
#include "core/strategy/record.h"

namespace rcufuzz::report {

namespace {

StoryResult run_as(const Story& story, const run::Plan& plan) {
    StoryResult result;
    result.plan = plan;
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

}  // namespace

StoryResult run_story(const Story& story) {
    StoryResult result = run_as(story, story.plan);
    result.with_bug = true;
    return result;
}

StoryResult run_mended(const Story& story, const std::string& mended) {
    run::Plan plan = story.plan;
    plan.bugs = 0;
    if (!mended.empty()) plan.subject = mended;
    return run_as(story, plan);
}

bool as_told(const Story& story, const StoryResult& result) {
    const bool mended = result.plan.subject != story.plan.subject;
    const bool bug_off = !result.with_bug && (story.plan.bugs != 0 || mended);
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
