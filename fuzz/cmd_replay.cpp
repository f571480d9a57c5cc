// SPDX-License-Identifier: GPL-2.0-or-later
//
// rcufuzz replay
#include <fmt/core.h>

#include <algorithm>

#include "core/base/check.h"
#include "core/run/runner.h"
#include "fuzz/commands.h"
#include "fuzz/json_output.h"

namespace rcufuzz::cli {

namespace {

void print(const ReplayedFile& replayed) {
    const run::Outcome& outcome = replayed.outcome;
    if (outcome.found())
        fmt::print("{}: {} at {}: {}\n", replayed.file, word(outcome.verdict), outcome.site,
                   outcome.detail);
    else
        fmt::print("{}: {}\n", replayed.file, word(outcome.verdict));
}

}  // namespace

int replay(const ReplayArgs& args) {
    std::optional<Verdict> expected;
    if (!args.expect.empty()) {
        expected = verdict_from_word(args.expect);
        if (!expected) throw UserError("unknown verdict '" + args.expect + "' (rcufuzz list)");
    }
    // All files are read before the first is run: a bad one leaves no half of an answer.
    std::vector<ReplayedFile> files;
    for (const std::string& file : args.files)
        files.push_back({file, load(file, args.frame), run::Outcome{}});
    for (ReplayedFile& replayed : files) replayed.outcome = run::replay(replayed.plan);

    if (args.json) {
        fmt::print("{}", replay_json(files));
    } else {
        for (const ReplayedFile& replayed : files) print(replayed);
    }
    const bool as_wanted = std::all_of(files.begin(), files.end(), [&](const ReplayedFile& file) {
        return file.outcome.verdict == expected.value_or(Verdict::clean);
    });
    return as_wanted ? exit_clean : exit_found;
}

}  // namespace rcufuzz::cli
