// SPDX-License-Identifier: GPL-2.0-or-later
//
// rcufuzz explain
#include "core/base/candidates.h"
#include "core/base/check.h"
#include "core/base/text.h"
#include "core/report/explain.h"
#include "fuzz/commands.h"
#include "fuzz/version.h"

namespace rcufuzz::cli {

int explain(const FileArgs& args) {
    if (args.json && !args.format.empty() && args.format != "json")
        throw UserError("--json: not with --format " + rcufuzz::quoted(args.format));
    const std::string word = args.json ? "json" : args.format.empty() ? "text" : args.format;
    const auto format = report::format_from_word(word);
    if (!format)
        throw UserError("--format " + rcufuzz::quoted(word) +
                        ": not text, story, html, chrome-trace, json, mail or script" +
                        did_you_mean(word, report::format_names()));
    check_output(args.output, args.force);
    const run::Plan plan = load(args.file, args.frame);
    const report::Blame blame{
        .patch = args.introduced_by,
        .commit = args.fixes,
        .booted = args.booted,
        .made_by = "revision " + std::string(revision())};
    write_output(args.output, report::explain(plan, *format, args.file, blame), args.force);
    return exit_clean;
}

}  // namespace rcufuzz::cli
