// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/report/page_data.h"

#include <array>
#include <nlohmann/json.hpp>
#include <set>

#include "core/base/text.h"
#include "core/report/arrows.h"
#include "core/report/condense.h"
#include "core/report/effect.h"
#include "core/report/turns.h"
#include "core/run/codec.h"
#include "core/run/site.h"
#include "core/scenario/platform.h"

namespace rcufuzz::report {

namespace {

using Json = nlohmann::ordered_json;
using sim::EventKind;

constexpr std::array<std::string_view, 4> slot_words{"task", "softirq", "hardirq", "nmi"};

// Slots of one kind have names that begin alike: "cpu1/hardirq2".
std::string_view slot_word(const std::string& context) {
    const std::size_t slash = context.find('/');
    for (const std::string_view word : slot_words)
        if (slash != context.npos && context.substr(slash + 1).starts_with(word)) return word;
    return slot_words[0];
}

class PageData {
   public:
    PageData(const Replay& replay, const Interleaving& interleaving)
        : replay_(replay), interleaving_(interleaving) {
        for (const sim::Event& event : replay.trace.events)
            if (event.kind == EventKind::timer_arm) timers_.insert(event.object);
    }

    Json json(const PageOrigin& origin) const {
        const scenario::Subsystem& target = *replay_.plan.target;
        const auto verdict = static_cast<std::size_t>(replay_.outcome.verdict);
        const VerdictInfo& info = all_verdicts()[verdict];
        return {{"file", origin.file},
                {"made_by", origin.made_by},
                {"plan", run::to_text(replay_.plan)},
                {"verdict", info.word},
                {"meaning", info.meaning},
                {"site", replay_.outcome.site},
                {"site_source", source_of_site()},
                {"detail", replay_.outcome.detail},
                {"system", std::string(target.name) + ": " + system_words(replay_)},
                {"bugs", bugs()},
                {"configuration", configuration()},
                {"ops", replay_.ops},
                {"blocked", replay_.trace.blocked},
                {"points", replay_.outcome.points},
                {"cpus", interleaving_.actors},
                {"rows", rows()},
                {"arrows", arrows()}};
    }

   private:
    Json bugs() const {
        const scenario::Subsystem& target = *replay_.plan.target;
        Json list = Json::array();
        for (std::size_t i = 0; i < target.bugs.size(); ++i) {
            if (((replay_.plan.bugs >> i) & 1u) == 0) continue;
            const scenario::BugSpec& bug = target.bugs[i];
            list.push_back(std::string(bug.name) + ": " + std::string(bug.summary) +
                           ". Fix: " + std::string(bug.fixed_by));
        }
        return list;
    }

    Json configuration() const {
        Json list = replay_.modes;
        for (const std::string& config : replay_.configs) list.push_back("config " + config);
        return list;
    }

    Json rows() const {
        Json list = Json::array();
        for (const Row& row : interleaving_.rows) list.push_back(row_json(row));
        if (list.empty()) return list;
        for (const Turn& turn : read_turns(replay_, true))
            for (bool first = true; const Sentence& sentence : condensed(turn.sentences)) {
                Json told{{"text", sentence.text}};
                if (first) told["number"] = turn.number;
                first = false;
                if (sentence.breaks) told["breaks"] = true;
                list[interleaving_.row_of(sentence.event, turn.key)]["told"].push_back(told);
            }
        return list;
    }

    Json row_json(const Row& row) const {
        Json json{{"step", row.step}, {"jiffy", row.jiffies}};
        if (row.decided) json["decided"] = true;
        if (row.clock) {
            json["clock"] = true;
            return json;
        }
        const std::string& who = replay_.trace.contexts[row.key];
        json["cpu"] = row.column;
        json["who"] = who;
        json["slot"] = slot_word(who);
        if (!row.context.empty()) json["context"] = row.context;
        json["function"] = row.function;
        if (row.inner) json["inner"] = true;
        if (Json source = source_of(row); !source.empty()) json["source"] = std::move(source);
        json["events"] = Json::array();
        for (const RowEvent& event : row.events) json["events"].push_back(event_json(event));
        for (const RowEvent& event : row.events) {
            const sim::Event& begun = replay_.trace.events[event.index];
            if (begun.kind != EventKind::op_begin) continue;
            const scenario::Op& op = replay_.plan.ops[static_cast<std::size_t>(begun.a)];
            json["op"] = replay_.plan.target->ops[op.kind].name;
        }
        return json;
    }

    // Of the place at which it was noticed, "kernel/smp.c:349 csd_lock_wait".
    std::string source_of_site() const {
        const scenario::Subsystem& target = *replay_.plan.target;
        const std::string& site = replay_.outcome.site;
        const std::size_t colon = site.find(':');
        if (target.platform == nullptr || colon == site.npos || !target.owns(site)) return {};
        const auto line = parse_int(site.substr(colon + 1, site.find(' ') - colon - 1));
        return target.platform->source_line(replay_.plan.subject, site.substr(0, colon),
                                            static_cast<unsigned>(line.value_or(0)));
    }

    // [place, text] of the lines of the subject's source that it went through, where they are to be
    // had; one after the other the same only once.
    Json source_of(const Row& row) const {
        Json list = Json::array();
        const scenario::Subsystem& target = *replay_.plan.target;
        if (target.platform == nullptr) return list;
        for (const RowEvent& event : row.events) {
            const sim::Site& site = replay_.trace.events[event.index].site;
            const std::string_view file = run::site_file(site.file_name());
            if (site.line() == 0 || !target.owns(file)) continue;
            const std::string place = std::string(file) + ":" + std::to_string(site.line());
            if (!list.empty() && list.back()[0] == place) continue;
            const std::string text =
                target.platform->source_line(replay_.plan.subject, file, site.line());
            if (!text.empty()) list.push_back({place, text});
        }
        return list;
    }

    Json event_json(const RowEvent& shown) const {
        Json json{{"text", shown.text}};
        const sim::Event& event = replay_.trace.events[shown.index];
        const bool asks_timer = event.kind == EventKind::read && timers_.contains(event.object);
        const std::optional<Effect> effect = effect_of(replay_, event);
        if (effect && !asks_timer) json["state"] = {effect->part, effect->name, effect->state};
        return json;
    }

    Json arrows() const {
        Json list = Json::array();
        for (const Arrow& arrow : find_arrows(replay_.trace, interleaving_)) {
            const std::size_t from = interleaving_.row_of(arrow.from);
            const std::size_t to = interleaving_.row_of(arrow.to);
            if (from == to) continue;
            list.push_back(
                {{"kind", word(arrow.kind)},
                 {"from", from},
                 {"to", to},
                 {"what", replay_.trace.name_of(replay_.trace.events[arrow.from].object)}});
        }
        return list;
    }

    const Replay& replay_;
    const Interleaving& interleaving_;
    std::set<sim::ObjectId> timers_;
};

}  // namespace

std::string page_data(const Replay& replay, const Interleaving& interleaving,
                      const PageOrigin& origin) {
    const Json json = PageData(replay, interleaving).json(origin);
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace rcufuzz::report
