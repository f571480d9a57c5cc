// SPDX-License-Identifier: GPL-2.0-or-later
#include "fuzz/json_output.h"

#include <nlohmann/json.hpp>

#include "core/run/codec.h"
#include "core/run/names.h"
#include "core/strategy/strategies.h"
#include "fuzz/hunt_view.h"

namespace rcufuzz::cli {

namespace {

// Keys stay in the order in which they are written here.
using Json = nlohmann::ordered_json;

// All in ASCII: what is no UTF-8 (a file may have any name) is replaced, the rest is escaped.
std::string text_of(const Json& json) {
    return json.dump(2, ' ', true, Json::error_handler_t::replace) + "\n";
}

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

std::string list_json(const scenario::Subsystem* only) {
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
    return text_of({{"targets", std::move(targets)},
                  {"strategies", std::move(strategies)},
                  {"verdicts", std::move(verdicts)}});
}

std::string hunt_json(const HuntSummary& summary) {
    Json finds = Json::array();
    for (std::size_t i = 0; i < summary.result.finds.size(); ++i) {
        const run::Find& find = summary.result.finds[i];
        const std::string& file = summary.files[i];
        Json json{{"verdict", word(find.outcome.verdict)},
                  {"site", find.outcome.site},
                  {"detail", find.outcome.detail},
                  {"identity", find.outcome.identity},
                  {"plan", file.empty() ? Json() : Json(file)},
                  {"ops", find.plan.ops.size()},
                  {"decisions", find.plan.decisions.size()},
                  {"run", find.run}};
        if (file.empty()) json["unwritten"] = run::to_text(find.plan);
        finds.push_back(std::move(json));
    }
    Json json{{"target", summary.base.target->name},
              {"bugs", run::bug_names(summary.base)},
              {"strategy", summary.strategy},
              {"seed", summary.seed},
              {"runs", summary.result.runs},
              {"seconds", summary.seconds},
              {"runs_per_second", summary.runs_per_second()},
              {"points", summary.result.points},
              {"distinct_states", summary.result.states.estimate()},
              {"finds", std::move(finds)}};
    if (summary.in_all != nullptr)
        json["in_all"] = {{"runs", summary.in_all->runs()},
                          {"seconds", summary.in_all->seconds},
                          {"distinct_states", summary.in_all->states.estimate()},
                          {"finds", summary.in_all->finds.size()}};
    return text_of(json);
}

std::string replay_json(const std::vector<ReplayedFile>& files) {
    Json list = Json::array();
    for (const ReplayedFile& replayed : files) {
        if (!replayed.error.empty()) {
            list.push_back({{"file", replayed.file}, {"error", replayed.error}});
            continue;
        }
        list.push_back({{"file", replayed.file},
                        {"verdict", word(replayed.outcome.verdict)},
                        {"site", replayed.outcome.site},
                        {"detail", replayed.outcome.detail},
                        {"identity", replayed.outcome.identity},
                        {"trace_hash", hex(replayed.outcome.trace_hash)},
                        {"ops", replayed.plan.ops.size()},
                        {"decisions", replayed.plan.decisions.size()},
                        {"points", replayed.outcome.points}});
    }
    return text_of(list);
}

namespace {

Json moment_json(const Moment& moment) { return {{"date", moment.date}, {"run", moment.run}}; }

Json view_json(const HuntView& view) {
    const HuntRecord& record = view.record;
    Json finds = Json::array(), operations = Json::array(), files = Json::array();
    for (const KeptFind& find : record.finds)
        finds.push_back({{"identity", find.identity},
                         {"verdict", find.verdict},
                         {"site", find.site},
                         {"detail", find.detail},
                         {"plan", view.folder + "/finds/" + find.file},
                         {"first_seen", moment_json(find.first)},
                         {"last_seen", moment_json(find.last)},
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

std::string views_json(const std::vector<HuntView>& views) {
    Json list = Json::array();
    for (const HuntView& view : views) list.push_back(view_json(view));
    return text_of(list);
}

}  // namespace rcufuzz::cli
