// SPDX-License-Identifier: GPL-2.0-or-later
//
// rcufuzz story
#include <optional>

#include "core/base/check.h"
#include "core/base/files.h"
#include "core/base/text.h"
#include "core/report/story_run.h"
#include "core/run/codec.h"
#include "core/scenario/platform.h"
#include "fuzz/commands.h"
#include "fuzz/inputs.h"
#include "fuzz/json_stream.h"
#include "fuzz/output.h"

namespace rcufuzz::cli {

namespace {

Json as_json(const report::Story& story, const report::StoryResult& result) {
    Json steps = Json::array();
    for (std::size_t i = 0; i < story.steps.size(); ++i) {
        const bool holds = result.steps[i].state == report::StepResult::State::holds;
        steps.push_back({{"number", story.steps[i].number},
                         {"sentence", story.steps[i].sentence},
                         {"holds", holds}});
        if (!holds) steps.back()["instead"] = result.steps[i].what;
    }
    return {{"file", story.file},
            {"title", story.title},
            {"with_bug", result.with_bug},
            {"as_told", report::as_told(story, result)},
            {"verdict", word(result.outcome.verdict)},
            {"site", result.outcome.site},
            {"detail", result.outcome.detail},
            {"steps", std::move(steps)}};
}

// How the run of a story went, with its bugs or without them. Returns whether as it tells.
bool tell(const report::Story& story, const report::StoryResult& result,
          std::optional<JsonStream>& json) {
    const bool told = report::as_told(story, result);
    if (json) {
        json->add(as_json(story, result));
        return told;
    }
    print("{}: {}, {}\n{}", printable(story.file),
          result.with_bug ? "with the bug" : "without the bug", told ? "as told" : "NOT as told",
          report::describe(story, result));
    return told;
}

std::string subject_of(const report::Story& story, const std::string& name) {
    scenario::Platform* const platform = story.plan.target->platform;
    const std::string subject = platform != nullptr ? platform->subject(name) : "";
    if (subject.empty()) throw UserError(story.file + ": its target has no kernels to choose from");
    return subject;
}

}  // namespace

int story(const StoryArgs& args) {
    check_output(args.output, args.force);
    if (args.json && args.output == "-")
        throw UserError("--json: a plan as well needs a file of its own, -o FILE");
    bool all_told = true;
    std::string plan;  // the last story's
    std::optional<JsonStream> json;
    if (args.json) json.emplace();
    Inputs inputs(args.files, story_files);
    for (const std::string& file : inputs.files()) {
        if (output_failed()) break;
        const std::string error = inputs.try_input([&] {
            const report::Story story = report::parse_story(read_text(file), file);
            const report::StoryResult result = report::run_story(story);
            if (!tell(story, result, json)) all_told = false;
            std::string mended;
            if (!args.mended.empty()) mended = subject_of(story, args.mended);
            if (story.plan.bugs != 0 || !mended.empty())
                if (!tell(story, report::run_mended(story, mended), json)) all_told = false;
            if (!args.output.empty()) plan = run::to_text(result.plan);
        });
        if (json && !error.empty()) json->add({{"file", file}, {"error", error}});
    }
    if (json) json->end();
    if (!plan.empty()) write_output(args.output, plan, args.force);
    return inputs.exit_code(all_told ? exit_clean : exit_found);
}

}  // namespace rcufuzz::cli
