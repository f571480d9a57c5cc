// SPDX-License-Identifier: GPL-2.0-or-later
//
// rcufuzz status
#include "core/base/check.h"
#include "core/base/text.h"
#include "fuzz/commands.h"
#include "fuzz/json_output.h"
#include "fuzz/output.h"

namespace rcufuzz::cli {

namespace {

constexpr std::size_t columns = 98;
constexpr std::size_t indent = 13;

void add_row(std::string& text, const std::string& name, const std::string& said) {
    std::string line = fmt::format("{:<{}}", name, indent);
    bool begins = true;
    for (const std::string_view word : words(said)) {
        if (!begins && line.size() + 1 + word.size() > columns) {
            text += line + "\n";
            line.assign(indent, ' ');
            begins = true;
        }
        line += (begins ? "" : " ") + std::string(word);
        begins = false;
    }
    text += line + "\n";
}

std::string joined(const std::vector<std::string>& parts) {
    std::string text;
    for (const std::string& part : parts) text += (text.empty() ? "" : ", ") + part;
    return text;
}

void add_finds(std::string& text, const HuntView& view) {
    add_row(text, "finds", view.record.finds.empty() ? "none"
                                                     : std::to_string(view.record.finds.size()));
    for (const KeptFind& find : view.record.finds) {
        add_row(text, "", fmt::format("{}{}: {}{}", find.verdict,
                                      find.site.empty() ? "" : " at " + find.site, find.detail,
                                      find.shows ? "" : "; not on this build"));
        add_row(text, "", fmt::format("first {} (run {}), last {}, {} times: {}/finds/{}",
                                      find.first.date, find.first.run, find.last.date, find.times,
                                      view.folder, find.file));
    }
}

void add_coverage(std::string& text, const HuntView& view) {
    const std::vector<std::string> never_ran = view.never_ran(), never_did = view.never_did();
    add_row(text, "operations", fmt::format("{} of {} ran and did something",
                                            view.operations.size() - never_ran.size() -
                                                never_did.size(),
                                            view.operations.size()));
    if (!never_ran.empty()) add_row(text, "", "never ran: " + joined(never_ran));
    if (!never_did.empty()) add_row(text, "", "ran and did nothing: " + joined(never_did));
    std::vector<std::string> contexts;
    for (const OperationView& op : view.operations)
        if (op.done != 0 && !op.missing.empty())
            contexts.push_back(op.name + " (" + joined(op.missing) + ")");
    add_row(text, "contexts",
            fmt::format("{} of {} in which operations may run", view.contexts,
                        view.contexts_in_all) +
                (contexts.empty() ? "" : "; others not: " + joined(contexts)));
    add_row(text, "pairs", fmt::format("{} of {} operations were under way at one time (--format "
                                       "json has the others)",
                                       view.pairs, view.pairs_in_all));
    if (view.files.empty()) return;
    add_row(text, "lines", fmt::format("{} of {} of the subject's source; not reached:",
                                       view.record.lines_reached(), view.record.lines_in_all()));
    for (const FileView& file : view.files)
        if (!file.missed.empty())
            add_row(text, "", fmt::format("{} ({} of {}): {}", file.name, file.lines - file.reached,
                                          file.lines, file.missed));
}

std::string text_of(const HuntView& view) {
    const HuntRecord& record = view.record;
    std::string text;
    add_row(text, "hunt", view.folder + ": " + words_of(record.subject) +
                              (record.build.empty() ? "" : ", sources " + record.build));
    add_row(text, "executions",
            fmt::format("{} in {:.0f} s, {} sessions", record.runs(), record.seconds,
                        record.sessions.size()));
    add_row(text, "states", fmt::format("about {} distinct end states", record.states.estimate()));
    add_finds(text, view);
    add_coverage(text, view);
    return text;
}

}  // namespace

int status(const StatusArgs& args) {
    if (args.format != "text" && args.format != "json" && args.format != "html")
        throw UserError("--format " + rcufuzz::quoted(args.format) + ": not text, json or html");
    check_output(args.output, args.force);
    std::vector<HuntView> views;
    for (const std::string& folder : args.folders) views.push_back(view_hunt(folder));
    std::string text;
    if (args.json || args.format == "json")
        text = json_text(views_json(views));
    else if (args.format == "html")
        text = views_page(views);
    else
        for (const HuntView& view : views) text += (text.empty() ? "" : "\n") + text_of(view);
    const bool for_people = !args.json && args.format == "text";
    write_output(args.output, for_people ? printable_lines(text) : text, args.force);
    return exit_clean;
}

}  // namespace rcufuzz::cli
