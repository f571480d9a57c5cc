// SPDX-License-Identifier: GPL-2.0-or-later
//
// rcufuzz triage
#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "core/base/check.h"
#include "core/base/text.h"
#include "core/report/explain.h"
#include "core/report/triage.h"
#include "core/run/codec.h"
#include "fuzz/commands.h"
#include "fuzz/stopwatch.h"

namespace rcufuzz::cli {

namespace {

namespace fs = std::filesystem;

// As libFuzzer, AFL++ and hunts name what they find.
bool is_named_like_a_find(const fs::path& path) {
    const std::string name = path.filename().string();
    return path.extension() == ".plan" || name.starts_with("crash-") || name.starts_with("id:");
}

std::vector<std::string> finds_under(const std::vector<std::string>& paths) {
    std::vector<std::string> files;
    for (const std::string& path : paths) {
        if (!fs::is_directory(path)) {
            files.push_back(path);
            continue;
        }
        const std::size_t before = files.size();
        for (const auto& entry : fs::recursive_directory_iterator(path))
            if (entry.is_regular_file() && is_named_like_a_find(entry.path()))
                files.push_back(entry.path().string());
        if (files.size() == before)
            throw UserError(path + ": no crash-*, id:* or *.plan file in it");
        std::sort(files.begin() + static_cast<std::ptrdiff_t>(before), files.end());
    }
    return files;
}

void show(const Stopwatch& watch, std::size_t done, std::size_t all) {
    static double shown = 0;
    if (isatty(STDERR_FILENO) == 0 || watch.seconds() < shown + 0.5) return;
    shown = watch.seconds();
    fmt::print(stderr, "\r{:>6.0f} s  step {} of {} ", shown, done, all);
    std::fflush(stderr);
}

std::string row_of(const report::FindGroup& group, const std::string& name) {
    return fmt::format("| [{0}]({0}.story.md) | {1} | {2} | {3} | {4} | {5} |\n", name,
                       group.outcome.site, group.names.size(), group.minimal.ops.size(),
                       group.minimal.decisions.size(), group.names.front());
}

// As finds are named elsewhere. Plans that differ in their bugs alone have the same name there.
std::string free_name(const report::FindGroup& group, const std::string& out) {
    const std::string stem =
        fs::path(run::find_file_name(group.minimal, group.outcome.verdict)).stem().string();
    std::string name = stem;
    for (unsigned i = 2; fs::exists(out + "/" + name + ".plan"); ++i)
        name = stem + "-" + std::to_string(i);
    return name;
}

// Returns the index.
std::string write_groups(const report::Triage& triage, const std::string& out) {
    std::string index =
        "# Finds\n\n| find | site | inputs | ops | decisions | first input |\n"
        "|---|---|---|---|---|---|\n";
    for (const report::FindGroup& group : triage.groups) {
        const std::string name = free_name(group, out);
        write_file(out + "/" + name + ".plan", run::to_text(group.minimal), false);
        write_file(out + "/" + name + ".story.md",
                   report::explain(group.minimal, report::Format::story, name + ".plan"), false);
        index += row_of(group, name);
    }
    if (triage.quiet.empty()) return index;
    index += "\nThese show nothing:\n\n";
    for (const std::string& name : triage.quiet) index += "- " + name + "\n";
    return index;
}

}  // namespace

int triage(const TriageArgs& args) {
    const std::vector<std::string> files = finds_under(args.paths);
    std::vector<report::NamedPlan> plans;
    for (const std::string& file : files) plans.push_back({file, load(file, args.frame)});
    fs::create_directories(args.out);
    if (!fs::is_empty(args.out)) throw UserError(args.out + ": is not empty");
    const Stopwatch watch;
    const report::Triage result =
        report::triage(plans, [&](std::size_t done, std::size_t all) { show(watch, done, all); });
    if (isatty(STDERR_FILENO) != 0) fmt::print(stderr, "\r\x1b[K");
    write_file(args.out + "/README.md", write_groups(result, args.out), false);
    fmt::print("{} inputs: {} finds, {} inputs show nothing: {}/README.md\n", files.size(),
               result.groups.size(), result.quiet.size(), args.out);
    return result.groups.empty() ? exit_clean : exit_found;
}

}  // namespace rcufuzz::cli
