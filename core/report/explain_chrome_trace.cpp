// SPDX-License-Identifier: GPL-2.0-or-later
#include <array>
#include <map>
#include <nlohmann/json.hpp>

#include "core/report/arrows.h"
#include "core/report/explain_formats.h"
#include "core/report/turns.h"

namespace rcufuzz::report {

namespace {

using Json = nlohmann::ordered_json;

class ChromeTrace {
   public:
    ChromeTrace(const Replay& replay, const Interleaving& interleaving)
        : replay_(replay), rows_(interleaving.rows) {
        if (rows_.empty()) return;
        name_tracks(interleaving);
        add_turns();
        add_rows(interleaving);
        for (const Arrow& arrow : find_arrows(replay.trace, interleaving)) add_flow(arrow);
        add_instant("g", std::string(word(replay.outcome.verdict)), first_key_, end() - 1);
        events_.back()["args"] = {{"detail", replay.outcome.detail}};
    }

    Json json() && { return {{"traceEvents", std::move(events_)}, {"displayTimeUnit", "ns"}}; }

   private:
    // Numbers from 1, since 0 is the idle task to viewers.
    static Json on_track(const char* phase, const std::string& name, sim::ContextKey key) {
        const unsigned process =
            sim::is_task_key(key) ? sim::max_cpus : unsigned{key} / sim::slots_per_cpu;
        return {{"ph", phase}, {"name", name}, {"pid", 1 + process}, {"tid", 1 + key}};
    }

    void name_tracks(const Interleaving& interleaving) {
        std::map<sim::ContextKey, std::size_t> columns;  // of the contexts that act
        for (const Row& row : rows_)
            if (!row.clock) columns[row.key] = row.column;
        if (!columns.empty()) first_key_ = columns.begin()->first;
        for (const auto& [key, column] : columns) {
            add_name("process_name", key, interleaving.actors[column]);
            add_name("thread_name", key, replay_.trace.contexts[key]);
            events_.push_back(on_track("M", "thread_sort_index", key));
            events_.back()["args"] = {{"sort_index", key}};
        }
    }

    void add_name(const std::string& what, sim::ContextKey key, const std::string& name) {
        events_.push_back(on_track("M", what, key));
        events_.back()["args"] = {{"name", name}};
    }

    // What one context did before another acted: a slice around those of its rows.
    void add_turns() {
        for (std::size_t i = 0; i < rows_.size();) {
            std::size_t last = i;
            while (last + 1 < rows_.size() && same_turn(rows_[i], rows_[last + 1])) ++last;
            if (!rows_[i].clock)
                add_slice(replay_.trace.contexts[rows_[i].key], rows_[i], rows_[i].index,
                          end(last));
            i = last + 1;
        }
    }

    static bool same_turn(const Row& a, const Row& b) {
        return !a.clock && !b.clock && a.key == b.key;
    }

    void add_rows(const Interleaving& interleaving) {
        std::vector<std::string> told(rows_.size());
        for (const Turn& turn : read_turns(replay_, true))
            for (const Sentence& sentence : turn.sentences)
                told[interleaving.row_of(sentence.event, turn.key)] += sentence.text + " ";
        for (std::size_t i = 0; i < rows_.size(); ++i) {
            const Row& row = rows_[i];
            if (row.clock) {
                add_instant("g", "jiffy " + std::to_string(row.jiffies), first_key_, row.index);
                continue;
            }
            if (row.decided) add_instant("t", "decided", row.key, row.index);
            add_slice(row.function, row, row.index, end(i));
            Json& args = events_.back()["args"];
            args["events"] = row.text();
            if (!told[i].empty()) args["story"] = told[i].substr(0, told[i].size() - 1);
        }
    }

    void add_slice(const std::string& name, const Row& row, std::size_t from, std::size_t to) {
        Json event = on_track("X", name, row.key);
        event["ts"] = from;
        event["dur"] = to - from;
        event["args"] = {{"step", row.step}, {"jiffy", row.jiffies}};
        events_.push_back(std::move(event));
    }

    void add_instant(const char* scope, const std::string& name, sim::ContextKey key,
                     std::size_t at) {
        Json event = on_track("i", name, key);
        event["s"] = scope;
        event["ts"] = at;
        events_.push_back(std::move(event));
    }

    void add_flow(const Arrow& arrow) {
        ++flows_;
        for (const auto& [phase, at] : {std::pair{"s", arrow.from}, std::pair{"f", arrow.to}}) {
            const sim::Event& end = replay_.trace.events[at];
            Json event = on_track(phase, std::string(word(arrow.kind)), end.key);
            event["cat"] = "arrow";
            event["id"] = flows_;
            event["ts"] = at;
            if (at == arrow.to) event["bp"] = "e";  // binds to the slice around it
            events_.push_back(std::move(event));
        }
    }

    std::size_t end() const { return replay_.trace.events.size(); }
    std::size_t end(std::size_t row) const {
        return row + 1 < rows_.size() ? rows_[row + 1].index : end();
    }

    const Replay& replay_;
    const std::vector<Row>& rows_;
    Json events_ = Json::array();
    sim::ContextKey first_key_ = 0;  // whose track has what concerns all
    std::size_t flows_ = 0;
};

}  // namespace

std::string explain_chrome_trace(const Replay& replay, const Interleaving& interleaving) {
    const Json json = ChromeTrace(replay, interleaving).json();
    return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace rcufuzz::report
