// SPDX-License-Identifier: GPL-2.0-or-later
//
// rcufuzz story
#include <fmt/core.h>

#include "core/base/check.h"
#include "core/base/text.h"
#include "core/report/story_run.h"
#include "core/run/codec.h"
#include "fuzz/commands.h"

namespace rcufuzz::cli {

namespace {

// Runs the story with its bugs or without them and prints how it went.
bool tell(const report::Story& story, bool with_bug) {
    const report::StoryResult result = report::run_story(story, with_bug);
    const bool told = report::as_told(story, result);
    fmt::print("{}: {}, {}\n{}", story.file, with_bug ? "with the bug" : "without the bug",
               told ? "as told" : "NOT as told", report::describe(story, result));
    return told;
}

}  // namespace

int story(const StoryArgs& args) {
    bool all_told = true;
    for (const std::string& file : args.files) {
        const std::vector<std::uint8_t> bytes = read_file(file);
        const std::string text(bytes.begin(), bytes.end());
        const report::Story story = report::parse_story(text, file);
        if (!tell(story, true)) all_told = false;
        if (story.plan.bugs != 0 && !tell(story, false)) all_told = false;
        if (!args.output.empty())
            write_output(args.output, run::to_text(report::run_story(story, true).plan),
                         args.force);
    }
    return all_told ? exit_clean : exit_found;
}

}  // namespace rcufuzz::cli
