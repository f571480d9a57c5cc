// SPDX-License-Identifier: GPL-2.0-or-later
//
// rcufuzz story
#include "core/base/check.h"
#include "core/base/files.h"
#include "core/base/text.h"
#include "core/report/story_run.h"
#include "core/run/codec.h"
#include "core/scenario/platform.h"
#include "fuzz/commands.h"
#include "fuzz/inputs.h"
#include "fuzz/output.h"

namespace rcufuzz::cli {

namespace {

// Runs the story with its bugs or without them and prints how it went.
bool tell(const report::Story& story, const report::StoryResult& result) {
    const bool told = report::as_told(story, result);
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
    bool all_told = true;
    std::string plan;  // the last story's
    Inputs inputs(args.files, story_files);
    for (const std::string& file : inputs.files()) {
        if (output_failed()) break;
        inputs.try_input([&] {
            const report::Story story = report::parse_story(read_text(file), file);
            const report::StoryResult result = report::run_story(story);
            if (!tell(story, result)) all_told = false;
            std::string mended;
            if (!args.mended.empty()) mended = subject_of(story, args.mended);
            if (story.plan.bugs != 0 || !mended.empty())
                if (!tell(story, report::run_mended(story, mended))) all_told = false;
            if (!args.output.empty()) plan = run::to_text(result.plan);
        });
    }
    if (!plan.empty()) write_output(args.output, plan, args.force);
    return inputs.exit_code(all_told ? exit_clean : exit_found);
}

}  // namespace rcufuzz::cli
