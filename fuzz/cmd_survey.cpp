// SPDX-License-Identifier: GPL-2.0-or-later
//
// rcufuzz survey
#include <fmt/core.h>
#include <unistd.h>

#include <filesystem>
#include <map>

#include "core/base/check.h"
#include "core/base/text.h"
#include "core/report/minimize.h"
#include "core/run/codec.h"
#include "core/run/names.h"
#include "core/run/survey.h"
#include "fuzz/commands.h"
#include "fuzz/stopwatch.h"

namespace rcufuzz::cli {

namespace {

namespace fs = std::filesystem;

// The plan in the file, with what the command line says instead.
run::Plan plan_of(const std::string& file, const SurveyArgs& args) {
    return run::with_words(load(file, {}), args.frame);
}

void show(const Stopwatch& watch, std::size_t done, std::size_t all, std::size_t found) {
    static double shown = 0;
    if (isatty(STDERR_FILENO) == 0 || watch.seconds() < shown + 0.5) return;
    shown = watch.seconds();
    fmt::print(stderr, "\r{:>6.0f} s  plan {} of {}, {} with a find ", shown, done, all, found);
    std::fflush(stderr);
}

}  // namespace

int survey(const SurveyArgs& args) {
    const std::vector<std::string> files = files_under(args.paths, ".plan");
    if (!args.out.empty()) fs::create_directories(args.out);
    run::Survey survey({args.strategies, args.seed, args.runs});
    const Stopwatch watch;
    std::map<std::string_view, std::size_t> verdicts;
    std::size_t found = 0;
    for (std::size_t i = 0; i < files.size(); ++i) {
        show(watch, i, files.size(), found);
        const auto find = survey.try_plan(plan_of(files[i], args));
        if (args.list)
            fmt::print("{}: {}\n", files[i],
                       find ? fmt::format("{} at {}: run {}", word(find->outcome.verdict),
                                          find->outcome.site, find->run)
                            : "nothing");
        if (!find) continue;
        ++found;
        ++verdicts[word(find->outcome.verdict)];
        if (args.out.empty()) continue;
        const std::string path = args.out + "/" + fs::path(files[i]).filename().string();
        write_file(path, run::to_text(report::minimize(find->plan)), false);
    }
    if (isatty(STDERR_FILENO) != 0) fmt::print(stderr, "\r\x1b[K");
    fmt::print("{} of {} plans show a bug", found, files.size());
    for (const auto& [verdict, count] : verdicts) fmt::print(", {} {}", verdict, count);
    fmt::print(" ({} runs, {:.1f} s)\n", survey.runs(), watch.seconds());
    return found != 0 ? exit_found : exit_clean;
}

}  // namespace rcufuzz::cli
