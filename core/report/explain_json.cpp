// SPDX-License-Identifier: GPL-2.0-or-later
#include <nlohmann/json.hpp>

#include "core/report/explain_formats.h"
#include "core/report/sentence.h"

namespace rcufuzz::report {

namespace {

using Json = nlohmann::ordered_json;

std::string hex(std::uint64_t value) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (int shift = 60; shift >= 0; shift -= 4) text += digits[(value >> shift) & 15u];
    return text;
}

Json row_json(const Row& row, const Interleaving& interleaving) {
    Json json{{"step", row.step}, {"jiffies", row.jiffies}, {"decided", row.decided}};
    if (row.clock) {
        json["clock"] = true;
        return json;
    }
    json["actor"] = interleaving.actors[row.column];
    if (!row.context.empty()) json["context"] = row.context;
    json["function"] = row.function;
    json["events"] = row.events;
    return json;
}

}  // namespace

std::string explain_json(const Find& find, const Interleaving& interleaving,
                         const std::string& file) {
    Json rows = Json::array();
    for (const Row& row : interleaving.rows) rows.push_back(row_json(row, interleaving));
    const Json json{{"file", file},
                    {"verdict", word(find.outcome.verdict)},
                    {"site", find.outcome.site},
                    {"detail", find.outcome.detail},
                    {"trace_hash", hex(find.outcome.trace_hash)},
                    {"points", find.outcome.points},
                    {"target", find.plan.target->name},
                    {"bugs", find.bugs},
                    {"modes", find.modes},
                    {"config", find.configs},
                    {"ops", find.ops},
                    {"decisions", find.plan.decisions.size()},
                    {"actors", interleaving.actors},
                    {"interleaving", rows},
                    {"blocked", find.trace.blocked}};
    return json.dump(1) + "\n";
}

std::string explain_chrome_trace(const Find& find, const Interleaving& interleaving) {
    Json events = Json::array();
    for (std::size_t i = 0; i < interleaving.actors.size(); ++i) {
        events.push_back({{"ph", "M"},
                          {"name", "thread_name"},
                          {"pid", 1},
                          {"tid", i},
                          {"args", {{"name", interleaving.actors[i]}}}});
    }
    const std::vector<Row>& rows = interleaving.rows;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const Row& row = rows[i];
        const std::uint64_t end = i + 1 < rows.size() ? rows[i + 1].step : find.outcome.points;
        if (row.clock) {
            events.push_back({{"ph", "i"},
                              {"s", "g"},
                              {"name", "jiffy " + std::to_string(row.jiffies)},
                              {"pid", 1},
                              {"tid", 0},
                              {"ts", row.step}});
            continue;
        }
        events.push_back(
            {{"ph", "X"},
             {"name", row.function},
             {"pid", 1},
             {"tid", row.column},
             {"ts", row.step},
             {"dur", end > row.step ? end - row.step : 1},
             {"args", {{"events", joined(row.events, "; ")}, {"decided", row.decided}}}});
    }
    return Json{{"traceEvents", events}, {"displayTimeUnit", "ms"}}.dump(1) + "\n";
}

}  // namespace rcufuzz::report
