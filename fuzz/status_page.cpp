// SPDX-License-Identifier: GPL-2.0-or-later
//
// The page of `rcufuzz status`: one file, without scripts, that a browser shows light or dark and
// at any width.
#include "fuzz/status_page.h"

#include <fmt/core.h>

#include <algorithm>

#include "fuzz/hunt_view.h"

namespace rcufuzz::cli {

namespace {

constexpr std::size_t most_bars = 60;  // sessions in the picture
constexpr std::size_t most_rows = 14;  // and in the table
constexpr std::size_t most_missed = 1200;  // characters of line numbers for each file

std::string escaped(std::string_view text) {
    std::string result;
    for (const char c : text) {
        switch (c) {
            case '<': result += "&lt;"; break;
            case '>': result += "&gt;"; break;
            case '&': result += "&amp;"; break;
            case '"': result += "&quot;"; break;
            default: result += c;
        }
    }
    return result;
}

// 1234567 -> "1 234 567", with spaces that do not break.
std::string grouped(std::uint64_t number) {
    const std::string digits = std::to_string(number);
    std::string text;
    for (std::size_t i = 0; i < digits.size(); ++i) {
        if (i != 0 && (digits.size() - i) % 3 == 0) text += "&#8239;";
        text += digits[i];
    }
    return text;
}

std::string time_text(double seconds) {
    if (seconds < 90) return fmt::format("{:.0f} s", seconds);
    if (seconds < 5400) return fmt::format("{:.0f} min", seconds / 60);
    return fmt::format("{:.1f} h", seconds / 3600);
}

// "2026-03-01T12:00:00Z" -> "2026-03-01 12:00"
std::string date_text(const std::string& date) {
    std::string text = date.substr(0, 16);
    std::ranges::replace(text, 'T', ' ');
    return escaped(text);
}

std::string listed(const std::vector<std::string>& names) {
    std::string text;
    for (const std::string& name : names) text += (text.empty() ? "" : ", ") + escaped(name);
    return text;
}

std::string card(const std::string& value, const std::string& name) {
    return "<div class=\"card\"><b>" + value + "</b><span>" + name + "</span></div>\n";
}

std::string card_of(std::uint64_t part, std::uint64_t whole, const std::string& name) {
    const double percent = whole == 0 ? 0 : 100.0 * static_cast<double>(part) /
                                                static_cast<double>(whole);
    return fmt::format(
        "<div class=\"card\"><b>{} <span>of {}</span></b><span>{}</span>"
        "<div class=\"meter\"><i style=\"width:{:.1f}%\"></i></div></div>\n",
        grouped(part), grouped(whole), name, percent);
}

std::string cards(const HuntView& view) {
    const HuntRecord& record = view.record;
    const std::size_t idle = view.never_ran().size() + view.never_did().size();
    std::string text = "<div class=\"cards\">\n";
    text += card(grouped(record.runs()), "executions");
    text += card(time_text(record.seconds), "hunted");
    text += card(grouped(record.states.estimate()), "distinct end states, about");
    text += card(grouped(record.finds.size()), record.finds.size() == 1 ? "find" : "finds");
    text += card_of(view.operations.size() - idle, view.operations.size(), "operations");
    text += card_of(view.contexts, view.contexts_in_all, "operations by context");
    text += card_of(view.pairs, view.pairs_in_all, "pairs of operations at one time");
    if (!view.files.empty())
        text += card_of(record.lines_reached(), record.lines_in_all(), "lines of source");
    return text + "</div>\n";
}

// The plan, and what tells it: as seen from where the folder's name leads to it.
std::string links(const HuntView& view, std::size_t number) {
    const std::string plan = view.folder + "/finds/" + view.record.finds[number].file;
    const std::string stem = plan.substr(0, plan.rfind('.'));
    std::string text = "<a href=\"" + escaped(plan) + "\">plan</a>";
    if (view.told[number].find("txt") != std::string::npos)
        text += ", <a href=\"" + escaped(stem) + ".txt\">mail</a>";
    if (view.told[number].find("html") != std::string::npos)
        text += ", <a href=\"" + escaped(stem) + ".html\">step by step</a>";
    return text;
}

std::string counted(std::uint64_t count, const std::string& noun) {
    return grouped(count) + " " + noun + (count == 1 ? "" : "s");
}

std::string find_text(const HuntView& view, std::size_t number) {
    const KeptFind& find = view.record.finds[number];
    return fmt::format(
        "<div class=\"find{}\"><p><b>{}</b>{}</p><p>{}</p>"
        "<p class=\"faint\">first seen {} (execution {}), last {}, {}; {}, {}{}: {}</p></div>\n",
        find.shows ? "" : " gone", escaped(find.verdict),
        find.site.empty() ? "" : " at <code>" + escaped(find.site) + "</code>",
        escaped(find.detail), date_text(find.first.date), grouped(find.first.run),
        date_text(find.last.date), counted(find.times, "time"), counted(find.ops, "operation"),
        counted(find.decisions, "decision"),
        find.shows ? "" : "; its plan does not show it on this build", links(view, number));
}

std::string finds(const HuntView& view) {
    if (view.record.finds.empty()) return "<p class=\"well\">Nothing was found.</p>\n";
    std::string text = "<h3>Finds</h3>\n";
    for (std::size_t i = view.record.finds.size(); i > 0; --i) text += find_text(view, i - 1);
    return text;
}

std::string sessions(const HuntView& view) {
    const std::vector<Session>& all = view.record.sessions;
    const std::size_t shown = std::min(all.size(), most_bars);
    std::uint64_t most = 1;
    for (std::size_t i = all.size() - shown; i < all.size(); ++i)
        most = std::max(most, all[i].new_states);
    std::string text =
        "<h3>New states, session by session</h3>\n<div class=\"bars\" role=\"img\" "
        "aria-label=\"new states of each session, the newest on the right\">";
    for (std::size_t i = all.size() - shown; i < all.size(); ++i)
        text += fmt::format("<i style=\"height:{:.1f}%\" title=\"{}: {} new states\"></i>",
                            std::max(1.0, 100.0 * static_cast<double>(all[i].new_states) /
                                              static_cast<double>(most)),
                            date_text(all[i].began), all[i].new_states);
    text += "</div>\n<div class=\"wide\"><table class=\"sessions\"><tr><th>began (UTC)</th>"
            "<th class=\"n\">time</th>"
            "<th class=\"n\">executions</th><th class=\"n\">new states</th>"
            "<th class=\"n\">new lines</th><th class=\"n\">new finds</th><th>sources</th></tr>\n";
    for (std::size_t i = 0; i < std::min(all.size(), most_rows); ++i) {
        const Session& session = all[all.size() - 1 - i];
        text += fmt::format(
            "<tr><td>{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td>"
            "<td class=\"n\">{}</td><td class=\"n\">{}</td><td><code>{}</code></td></tr>\n",
            date_text(session.began), time_text(session.seconds), grouped(session.runs),
            grouped(session.new_states), grouped(session.new_lines), grouped(session.new_finds),
            escaped(session.build));
    }
    return text + "</table></div>\n";
}

std::string operations(const HuntView& view) {
    std::string text =
        "<details><summary>operations: how often they ran, what is missing</summary>\n"
        "<div class=\"wide\"><table><tr><th>operation</th><th class=\"n\">began</th>"
        "<th class=\"n\">did something</th><th class=\"n\">at one time with</th>"
        "<th>never in</th></tr>\n";
    for (const OperationView& op : view.operations)
        text += fmt::format("<tr><td>{}</td><td class=\"n\">{}</td><td class=\"n{}\">{}</td>"
                            "<td class=\"n\">{}</td><td>{}</td></tr>\n",
                            escaped(op.name), grouped(op.began), op.done == 0 ? " bad" : "",
                            grouped(op.done), op.partners, listed(op.missing));
    return text + "</table></div></details>\n";
}

std::string lines(const HuntView& view) {
    if (view.files.empty()) return "";
    std::string text =
        "<details><summary>lines of the source that no run came to</summary>\n"
        "<table><tr><th>file</th><th class=\"n\">reached</th><th>not reached</th></tr>\n";
    for (const FileView& file : view.files) {
        const bool long_list = file.missed.size() > most_missed;
        text += fmt::format("<tr><td><code>{}</code></td><td class=\"n\">{} of {}</td>"
                            "<td><code>{}{}</code></td></tr>\n",
                            escaped(file.name), file.reached, file.lines,
                            escaped(file.missed.substr(0, most_missed)), long_list ? " ..." : "");
    }
    return text + "</table></details>\n";
}

std::string hunt_text(const HuntView& view) {
    const HuntRecord& record = view.record;
    std::string text = "<h2>" + escaped(words_of(record.subject)) + "</h2>\n<p class=\"faint\">";
    if (!record.build.empty()) text += "sources " + escaped(record.build) + "; ";
    if (!record.sessions.empty())
        text += fmt::format("since {}, last {}", date_text(record.sessions.front().began),
                            date_text(record.sessions.back().ended));
    text += "</p>\n" + cards(view) + finds(view) + sessions(view);
    const std::vector<std::string> never_ran = view.never_ran(), never_did = view.never_did();
    if (!never_ran.empty()) text += "<p>Never ran: " + listed(never_ran) + ".</p>\n";
    if (!never_did.empty()) text += "<p>Ran and did nothing: " + listed(never_did) + ".</p>\n";
    return text + operations(view) + lines(view);
}

}  // namespace

std::string views_page(const std::vector<HuntView>& views) {
    std::uint64_t runs = 0, found = 0;
    for (const HuntView& view : views) {
        runs += view.record.runs();
        found += view.record.finds.size();
    }
    std::string text =
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
        "style-src 'unsafe-inline'\">\n<title>rcufuzz: hunts</title>\n<style>\n";
    text += status_css;
    text += fmt::format(
        "</style></head>\n<body>\n<h1>rcufuzz</h1>\n<p>{} hunt{}, {} executions, {} find{}.</p>\n",
        views.size(), views.size() == 1 ? "" : "s", grouped(runs), grouped(found),
        found == 1 ? "" : "s");
    for (const HuntView& view : views) text += hunt_text(view);
    return text + "</body></html>\n";
}

}  // namespace rcufuzz::cli
