// SPDX-License-Identifier: GPL-2.0-or-later
#include "fuzz/json_output.h"

#include "core/run/names.h"
#include "core/strategy/strategies.h"

namespace rcufuzz::cli {

namespace {

// As text: JSON readers take numbers for doubles, which hold 53 bits.
std::string hex(std::uint64_t value) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text = "0x";
    for (int shift = 60; shift >= 0; shift -= 4) text += digits[(value >> shift) & 0xf];
    return text;
}

Json bugs_of(const scenario::Subsystem& target) {
    Json list = Json::array();
    for (const scenario::BugSpec& bug : target.bugs) {
        list.push_back({{"name", bug.name},
                        {"spec", std::string(target.name) + ":" + std::string(bug.spec)},
                        {"verdict", word(bug.verdict)},
                        {"summary", bug.summary},
                        {"fixed_by", bug.fixed_by},
                        {"memory", bug.needs.weak_memory ? "weak" : "sc"},
                        {"config", bug.needs.config},
                        {"benign", bug.benign()}});
    }
    return list;
}

Json ops_of(const scenario::Subsystem& target) {
    Json list = Json::array();
    for (const scenario::OpSpec& op : target.ops) {
        Json contexts = Json::array();
        for (std::size_t i = 0; i < scenario::op_context_words.size(); ++i)
            if (((op.contexts >> i) & 1u) != 0) contexts.push_back(scenario::op_context_words[i]);
        Json params = Json::array();
        for (const scenario::ParamSpec& param : op.params) {
            if (param.name.empty()) continue;
            params.push_back({{"name", param.name}, {"min", param.min}, {"max", param.max}});
        }
        list.push_back({{"name", op.name},
                        {"summary", op.summary},
                        {"contexts", std::move(contexts)},
                        {"params", std::move(params)}});
    }
    return list;
}

Json configs_of(const scenario::Subsystem& target) {
    Json list = Json::array();
    for (const scenario::ConfigSpec& config : target.configs) {
        list.push_back({{"name", config.name},
                        {"summary", config.summary},
                        {"min", config.min},
                        {"max", config.max},
                        {"standard", config.standard}});
        // The forms of the algorithm in which nothing may ever be found.
        if (!config.chosen) continue;
        Json faultless = Json::array();
        for (std::int16_t value = config.min; value <= config.max; ++value)
            if (config.is_faultless(value)) faultless.push_back(value);
        list.back()["faultless"] = std::move(faultless);
    }
    return list;
}

Json quantities_of(const scenario::Subsystem& target) {
    Json list = Json::array();
    for (const scenario::QuantitySpec& quantity : target.quantities) {
        list.push_back({{"name", quantity.name},
                        {"summary", quantity.summary},
                        {"numbered", quantity.numbered}});
    }
    return list;
}

}  // namespace

Json list_json(const scenario::Subsystem* only) {
    Json targets = Json::array();
    for (const scenario::Subsystem* const target : run::all_targets()) {
        if (only != nullptr && target != only) continue;
        targets.push_back({{"name", target->name},
                           {"summary", target->summary},
                           {"bugs", bugs_of(*target)},
                           {"ops", ops_of(*target)},
                           {"configs", configs_of(*target)},
                           {"quantities", quantities_of(*target)}});
    }
    Json strategies = Json::array();
    for (const strategy::PolicyInfo& policy : strategy::all_policies())
        strategies.push_back({{"name", policy.name}, {"summary", policy.summary}});
    Json verdicts = Json::array();
    for (const VerdictInfo& verdict : all_verdicts()) {
        verdicts.push_back({{"name", verdict.word},
                            {"meaning", verdict.meaning},
                            {"black_box", verdict.black_box}});
    }
    return {{"targets", std::move(targets)},
            {"strategies", std::move(strategies)},
            {"verdicts", std::move(verdicts)}};
}

Json hunt_begins(const HuntSummary& summary) {
    return {{"target", summary.base.target->name},
            {"bugs", run::bug_names(summary.base)},
            {"strategy", summary.strategy},
            {"seed", summary.seed}};
}

Json hunt_find(const run::Find& find, const std::string& file) {
    Json json;
    add_outcome(json, find.outcome, find.plan);
    add_plan(json, file, find.plan);
    json["run"] = find.run;
    return json;
}

Json hunt_ends(const HuntSummary& summary) {
    Json json{{"runs", summary.result.runs},
              {"seconds", summary.seconds},
              {"runs_per_second", summary.runs_per_second()},
              {"points", summary.result.points},
              {"distinct_states", summary.result.states.estimate()}};
    if (summary.in_all != nullptr)
        json["in_all"] = {{"runs", summary.in_all->runs()},
                          {"seconds", summary.in_all->seconds},
                          {"distinct_states", summary.in_all->states.estimate()},
                          {"finds", summary.in_all->finds.size()}};
    return json;
}

Json replay_json(const ReplayedFile& replayed) {
    Json json{{"file", replayed.file}};
    if (!replayed.error.empty()) {
        json["error"] = replayed.error;
        return json;
    }
    add_outcome(json, replayed.outcome, replayed.plan);
    json["trace_hash"] = hex(replayed.outcome.trace_hash);
    json["points"] = replayed.outcome.points;
    return json;
}

namespace {

Json sighting_json(const Sighting& sighting) {
    return {{"date", sighting.date}, {"run", sighting.run}};
}

Json view_json(const HuntView& view) {
    const HuntRecord& record = view.record;
    Json finds = Json::array(), operations = Json::array(), files = Json::array();
    for (const KeptFind& find : record.finds)
        finds.push_back({{"identity", find.identity},
                         {"verdict", find.verdict},
                         {"site", find.site},
                         {"detail", find.detail},
                         {"plan", view.folder + "/finds/" + find.file},
                         {"first_seen", sighting_json(find.first)},
                         {"last_seen", sighting_json(find.last)},
                         {"times", find.times},
                         {"shows", find.shows}});
    for (const OperationView& op : view.operations)
        operations.push_back({{"name", op.name},
                              {"began", op.began},
                              {"did_something", op.done},
                              {"contexts_missing", op.missing},
                              {"under_way_with", op.partners}});
    for (const FileView& file : view.files)
        files.push_back({{"file", file.name},
                         {"lines", file.lines},
                         {"reached", file.reached},
                         {"not_reached", file.missed}});
    return {{"folder", view.folder},
            {"hunt", words_of(record.subject)},
            {"sources", record.build},
            {"runs", record.runs()},
            {"seconds", record.seconds},
            {"sessions", record.sessions.size()},
            {"distinct_states", record.states.estimate()},
            {"finds", std::move(finds)},
            {"operations", std::move(operations)},
            {"contexts", {{"covered", view.contexts}, {"in_all", view.contexts_in_all}}},
            {"pairs",
             {{"covered", view.pairs},
              {"in_all", view.pairs_in_all},
              {"missing", view.pairs_missing}}},
            {"lines", std::move(files)}};
}

}  // namespace

Json views_json(const std::vector<HuntView>& views) {
    Json list = Json::array();
    for (const HuntView& view : views) list.push_back(view_json(view));
    return list;
}

}  // namespace rcufuzz::cli
