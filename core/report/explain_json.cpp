// SPDX-License-Identifier: GPL-2.0-or-later
#include <nlohmann/json.hpp>

#include "core/report/explain_formats.h"

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
    json["events"] = Json::array();
    for (const RowEvent& event : row.events) json["events"].push_back(event.text);
    return json;
}

}  // namespace

std::string explain_json(const Replay& replay, const Interleaving& interleaving,
                         const std::string& file) {
    Json rows = Json::array();
    for (const Row& row : interleaving.rows) rows.push_back(row_json(row, interleaving));
    const Json json{{"file", file},
                    {"verdict", word(replay.outcome.verdict)},
                    {"site", replay.outcome.site},
                    {"detail", replay.outcome.detail},
                    {"trace_hash", hex(replay.outcome.trace_hash)},
                    {"points", replay.outcome.points},
                    {"target", replay.plan.target->name},
                    {"bugs", replay.bugs},
                    {"modes", replay.modes},
                    {"config", replay.configs},
                    {"ops", replay.ops},
                    {"decisions", replay.plan.decisions.size()},
                    {"actors", interleaving.actors},
                    {"interleaving", rows},
                    {"blocked", replay.trace.blocked}};
    return json.dump(1, ' ', true, Json::error_handler_t::replace) + "\n";
}

}  // namespace rcufuzz::report
