// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>

#include "core/base/text.h"
#include "core/base/verdict.h"
#include "core/report/explain_formats.h"
#include "core/run/codec.h"

namespace rcufuzz::report {

namespace {

constexpr std::size_t width = 100;
constexpr std::size_t column_width = 12;
constexpr std::size_t most_decisions = 40;  // of a plan that is worth pasting
constexpr std::size_t least_text = 48;  // columns far to the right may go beyond `width`

std::string padded(std::string text, std::size_t length) {
    text.resize(std::max(text.size(), length), ' ');
    return text;
}

std::string right(std::uint64_t number, std::size_t length) {
    const std::string text = std::to_string(number);
    return std::string(length - std::min(length, text.size()), ' ') + text;
}

VerdictInfo info_of(Verdict verdict) { return all_verdicts()[static_cast<std::size_t>(verdict)]; }

// Breaks between events; an event that is longer than a line has one for itself.
std::vector<std::string> wrapped(const Row& row, std::size_t length) {
    std::string line;
    if (!row.context.empty()) line = "[" + row.context + "] ";
    if (!row.function.empty()) line += row.function + "(): ";
    std::vector<std::string> list;
    for (std::size_t i = 0; i < row.events.size(); ++i) {
        const std::string event = row.events[i].text + (i + 1 < row.events.size() ? "; " : "");
        if (!line.empty() && line.size() + event.size() > length) {
            list.push_back(line);
            line = "    ";
        }
        line += event;
    }
    list.push_back(line);
    for (std::string& text : list) text.resize(text.find_last_not_of(' ') + 1);
    return list;
}

std::string row_text(const Row& row) {
    const std::string mark = row.decided ? " * " : "   ";
    const std::string start = right(row.step, 6) + right(row.jiffies, 7) + mark;
    if (row.clock) return start + "---- jiffy " + std::to_string(row.jiffies) + " ----\n";
    const std::size_t indent = start.size() + row.column * column_width;
    const std::size_t length = std::max(least_text, width - std::min(width, indent));
    std::string text;
    for (const std::string& line : wrapped(row, length))
        text += (text.empty() ? padded(start, indent) : std::string(indent, ' ')) + line + "\n";
    return text;
}

std::string interleaving_text(const Interleaving& interleaving) {
    std::string header = "  step  jiffy   ";
    for (const std::string& actor : interleaving.actors) header += padded(actor, column_width);
    header.resize(header.find_last_not_of(' ') + 1);
    std::string text = header + "\n";
    for (const Row& row : interleaving.rows) text += row_text(row);
    return text;
}

std::string list_text(const std::string& title, const std::vector<std::string>& list,
                      const std::string& empty) {
    std::string text = "\n" + title + "\n";
    for (const std::string& line : list) text += "  " + line + "\n";
    return text + (list.empty() ? "  " + empty + "\n" : "");
}

}  // namespace

std::string explain_text(const Replay& replay, const Interleaving& interleaving,
                         const std::string& file) {
    const run::Outcome& outcome = replay.outcome;
    const VerdictInfo info = info_of(outcome.verdict);
    std::string text = std::string(info.word) + ": " + std::string(info.meaning) + "\n";
    if (outcome.found()) text += "  at " + outcome.site + "\n";
    text += "\nreplay\n  rcufuzz replay " + printable(file) + "\n";
    text += "\noperations\n";
    for (std::size_t i = 0; i < replay.ops.size(); ++i)
        text += right(i + 1, 4) + "  " + replay.ops[i] + "\n";
    text += "\ninterleaving (* where a decision other than the ordinary one led)\n";
    text += interleaving_text(interleaving);
    text += list_text("blocked at the end", replay.trace.blocked, "nobody");
    text += "\nwhy\n  " + (outcome.found() ? outcome.detail : "nothing is wrong") + "\n";
    std::vector<std::string> configuration{"target " + std::string(replay.plan.target->name)};
    for (const std::string& bug : replay.bugs) configuration.push_back("bug " + bug);
    for (const std::string& mode : replay.modes) configuration.push_back(mode);
    for (const std::string& config : replay.configs) configuration.push_back("config " + config);
    configuration.push_back("decisions: " + std::to_string(replay.plan.decisions.size()) +
                            ", points: " + std::to_string(outcome.points));
    text += list_text("configuration", configuration, "");
    if (replay.plan.decisions.size() > most_decisions) return text;
    return text + "\nplan\n" + run::to_text(replay.plan);
}

}  // namespace rcufuzz::report
