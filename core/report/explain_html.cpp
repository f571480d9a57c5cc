// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/report/explain_formats.h"

namespace rcufuzz::report {

namespace {

constexpr std::string_view style =
    "body{font:14px/1.4 sans-serif;margin:2em}"
    "table{border-collapse:collapse}"
    "th,td{border:1px solid #ccc;padding:2px 6px;vertical-align:top;text-align:left}"
    "th{position:sticky;top:0;background:#eee}"
    "td.n{text-align:right;color:#777}"
    "tr.decided{background:#fff3c4}"
    "tr.clock td{background:#eef;text-align:center}"
    "b{font-weight:600}";

std::string escaped(std::string_view text) {
    std::string result;
    for (const char c : text) {
        if (c == '<')
            result += "&lt;";
        else if (c == '>')
            result += "&gt;";
        else if (c == '&')
            result += "&amp;";
        else
            result += c;
    }
    return result;
}

std::string cell_text(const Row& row) {
    std::string text;
    if (!row.context.empty()) text += "[" + escaped(row.context) + "] ";
    if (!row.function.empty()) text += "<b>" + escaped(row.function) + "()</b> ";
    for (std::size_t i = 0; i < row.events.size(); ++i)
        text += (i == 0 ? "" : "; ") + escaped(row.events[i]);
    return text;
}

std::string row_text(const Row& row, std::size_t columns) {
    const std::string numbers =
        "<td class=n>" + std::to_string(row.step) + "<td class=n>" + std::to_string(row.jiffies);
    if (row.clock) {
        return "<tr class=\"clock" + std::string(row.decided ? " decided" : "") + "\">" + numbers +
               "<td colspan=" + std::to_string(columns) + ">jiffy " + std::to_string(row.jiffies) +
               "\n";
    }
    std::string text = (row.decided ? "<tr class=decided>" : "<tr>") + numbers;
    for (std::size_t column = 0; column < columns; ++column)
        text += "<td>" + (column == row.column ? cell_text(row) : std::string());
    return text + "\n";
}

std::string list(const std::string& title, const std::vector<std::string>& items) {
    std::string text = "<h2>" + title + "</h2>\n<ul>\n";
    for (const std::string& item : items) text += "<li>" + escaped(item) + "\n";
    return text + "</ul>\n";
}

}  // namespace

std::string explain_html(const Find& find, const Interleaving& interleaving,
                         const std::string& file) {
    const std::string verdict(word(find.outcome.verdict));
    std::string text = "<!doctype html>\n<meta charset=utf-8>\n<title>rcufuzz: " + verdict +
                       "</title>\n<style>" + std::string(style) + "</style>\n<h1>" + verdict +
                       "</h1>\n<p>" + escaped(find.outcome.site) + "\n<p><code>rcufuzz replay " +
                       escaped(file) + "</code>\n";
    text += list("Operations", find.ops);
    text += "<h2>Interleaving</h2>\n<table>\n<tr><th>step<th>jiffy";
    for (const std::string& actor : interleaving.actors) text += "<th>" + escaped(actor);
    text += "\n";
    for (const Row& row : interleaving.rows) text += row_text(row, interleaving.actors.size());
    text += "</table>\n" + list("Blocked at the end", find.trace.blocked);
    text += "<h2>Why</h2>\n<p>" + escaped(find.outcome.detail) + "\n";
    std::vector<std::string> configuration = find.bugs;
    configuration.insert(configuration.end(), find.modes.begin(), find.modes.end());
    configuration.insert(configuration.end(), find.configs.begin(), find.configs.end());
    return text + list("Configuration", configuration);
}

}  // namespace rcufuzz::report
