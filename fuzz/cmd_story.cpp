// SPDX-License-Identifier: GPL-2.0-or-later
//
// rcufuzz story
#include "core/base/check.h"
#include "core/base/files.h"
#include "core/base/text.h"
#include "core/report/story_run.h"
#include "core/run/codec.h"
#include "fuzz/commands.h"
#include "fuzz/inputs.h"
#include "fuzz/output.h"

namespace rcufuzz::cli {

namespace {

// Runs the story with its bugs or without them and prints how it went.
bool tell(const report::Story& story, bool with_bug) {
    const report::StoryResult result = report::run_story(story, with_bug);
    const bool told = report::as_told(story, result);
    print("{}: {}, {}\n{}", printable(story.file), with_bug ? "with the bug" : "without the bug",
          told ? "as told" : "NOT as told", report::describe(story, result));
    return told;
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
            if (!tell(story, true)) all_told = false;
            if (story.plan.bugs != 0 && !tell(story, false)) all_told = false;
            if (!args.output.empty()) plan = run::to_text(report::run_story(story, true).plan);
        });
    }
    if (!plan.empty()) write_output(args.output, plan, args.force);
    return inputs.exit_code(all_told ? exit_clean : exit_found);
}

}  // namespace rcufuzz::cli
