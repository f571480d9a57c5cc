// SPDX-License-Identifier: GPL-2.0-or-later
//
// rcufuzz triage
#include <filesystem>

#include "core/base/check.h"
#include "core/base/files.h"
#include "core/base/text.h"
#include "core/report/explain.h"
#include "core/report/triage.h"
#include "core/run/codec.h"
#include "fuzz/commands.h"
#include "fuzz/inputs.h"
#include "fuzz/json_stream.h"
#include "fuzz/output.h"
#include "fuzz/stopwatch.h"

namespace rcufuzz::cli {

namespace {

namespace fs = std::filesystem;

std::string row_of(const report::FindGroup& group, const std::string& name) {
    return fmt::format("| [{0}]({0}.story.md) | {1} | {2} | {3} | {4} | {5} |\n", name,
                       group.outcome.site, group.names.size(), group.minimal.ops.size(),
                       group.minimal.decisions.size(), as_code(group.names.front()));
}

// Where a group's plan and story went.
struct Written {
    std::string plan;
    std::string story;
};

// Returns the index.
std::string write_groups(const report::Triage& triage, const std::string& out,
                         std::vector<Written>& written) {
    std::string index =
        "# Finds\n\n| find | site | inputs | ops | decisions | first input |\n"
        "|---|---|---|---|---|---|\n";
    for (const report::FindGroup& group : triage.groups) {
        // Plans that differ in their bugs alone have the same name there: one gets a number.
        const std::string plan =
            write_apart(out, group.outcome.file_name(), run::to_text(group.minimal));
        const std::string name = fs::path(plan).stem().string();
        const std::string story = out + "/" + name + ".story.md";
        write_file(story, report::explain(group.minimal, report::Format::story, name + ".plan"),
                   false);
        written.push_back({plan, story});
        index += row_of(group, name);
    }
    if (triage.quiet.empty()) return index;
    index += "\nThese show nothing:\n\n";
    for (const std::string& name : triage.quiet) index += "- " + as_code(name) + "\n";
    return index;
}

Json as_json(const report::Triage& triage, const std::vector<Written>& written,
             const std::string& index, Json not_read) {
    Json finds = Json::array();
    for (std::size_t i = 0; i < triage.groups.size(); ++i) {
        const report::FindGroup& group = triage.groups[i];
        Json find;
        add_outcome(find, group.outcome, group.minimal);
        add_plan(find, written[i].plan, group.minimal);
        find["story"] = written[i].story;
        find["inputs"] = group.names;
        finds.push_back(std::move(find));
    }
    return {{"finds", std::move(finds)},
            {"quiet", triage.quiet},
            {"not_read", std::move(not_read)},
            {"index", index}};
}

// ", about 12 left", where the rest takes as long as what is done.
std::string left(double seconds, std::size_t done, std::size_t all) {
    if (done == 0) return "";
    return fmt::format(", about {:.0f} left",
                       seconds * static_cast<double>(all - done) / static_cast<double>(done));
}

}  // namespace

int triage(const TriageArgs& args) {
    if (!args.frame.target.empty()) make_frame(args.frame);  // an error there is no file's
    make_folder(args.out);
    if (!fs::is_empty(args.out)) throw UserError(args.out + ": is not empty");
    Inputs inputs(args.paths, find_files);
    std::vector<report::NamedPlan> plans;
    Json not_read = Json::array();
    for (const std::string& file : inputs.files()) {
        const std::string error =
            inputs.try_input([&] { plans.push_back({file, load(file, args.frame)}); });
        if (!error.empty()) not_read.push_back({{"file", file}, {"error", error}});
    }
    if (plans.empty()) {
        if (args.json) put_json(as_json({}, {}, "", std::move(not_read)));
        return inputs.exit_code(exit_clean);
    }
    const Stopwatch watch;
    ProgressLine progress;
    const report::Triage result = report::triage(plans, [&](std::size_t done, std::size_t all) {
        if (progress.due(watch.seconds()))
            progress.show(fmt::format("{:>6.0f} s{}  {} {} of {} ", watch.seconds(),
                                      left(watch.seconds(), done, all),
                                      done < plans.size() ? "replaying" : "minimising", done + 1,
                                      all));
    });
    progress.clear();
    std::vector<Written> written;
    const std::string index = args.out + "/README.md";
    write_file(index, write_groups(result, args.out, written), false);
    if (args.json)
        put_json(as_json(result, written, index, std::move(not_read)));
    else
        print("{} inputs: {} finds, {} inputs show nothing: {}/README.md\n", plans.size(),
              result.groups.size(), result.quiet.size(), printable(args.out));
    return inputs.exit_code(result.groups.empty() ? exit_clean : exit_found);
}

}  // namespace rcufuzz::cli
