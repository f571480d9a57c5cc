// SPDX-License-Identifier: GPL-2.0-or-later
//
// Whether the traces of the whole corpus are what the trace event format asks for: tracks with
// names, slices that lie within each other or apart, flows with both ends in slices.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "core/base/files.h"
#include "core/report/explain.h"
#include "core/run/codec.h"

namespace rcufuzz::report {
namespace {

using nlohmann::json;
using Track = std::pair<int, int>;

Track track_of(const json& event) { return {event.at("pid"), event.at("tid")}; }

struct Slice {
    int from;
    int to;
};

// An event at its time lies in a slice of its track.
bool in_slice(const std::map<Track, std::vector<Slice>>& slices, const json& event) {
    const int at = event.at("ts");
    const auto of_track = slices.find(track_of(event));
    return of_track != slices.end() &&
           std::ranges::any_of(of_track->second, [at](const Slice& slice) {
               return slice.from <= at && at < slice.to;
           });
}

// Where slices overlap, one must hold the other.
void check_nesting(std::vector<Slice> slices) {
    std::ranges::sort(slices, [](const Slice& a, const Slice& b) {
        return a.from != b.from ? a.from < b.from : a.to > b.to;
    });
    std::vector<Slice> open;
    for (const Slice& slice : slices) {
        ASSERT_LT(slice.from, slice.to);
        while (!open.empty() && open.back().to <= slice.from) open.pop_back();
        if (!open.empty()) {
            ASSERT_LE(slice.to, open.back().to);
        }
        open.push_back(slice);
    }
}

class TraceChecker {
   public:
    void check(const json& trace) {
        for (const json& event : trace.at("traceEvents")) take(event);
        for (const auto& [track, slices] : slices_) {
            EXPECT_TRUE(named_threads_.contains(track));
            EXPECT_TRUE(named_processes_.contains(track.first));
            check_nesting(slices);
        }
        for (const auto& [id, ends] : flows_) {
            ASSERT_EQ(ends.size(), 2u) << id;
            EXPECT_EQ(ends[0].at("ph"), "s");
            EXPECT_EQ(ends[1].at("ph"), "f");
            EXPECT_EQ(ends[1].at("bp"), "e");
            EXPECT_EQ(ends[0].at("name"), ends[1].at("name"));
            EXPECT_LT(ends[0].at("ts"), ends[1].at("ts"));
            for (const json& end : ends) EXPECT_TRUE(in_slice(slices_, end)) << end;
        }
    }

   private:
    void take(const json& event) {
        const std::string phase = event.at("ph");
        const std::string name = event.at("name");
        EXPECT_GT(event.at("pid"), 0);
        EXPECT_GT(event.at("tid"), 0);
        if (phase == "M") {
            if (name == "thread_name") named_threads_.insert(track_of(event));
            if (name == "process_name") named_processes_.insert(event.at("pid").get<int>());
        } else if (phase == "X") {
            const int from = event.at("ts");
            slices_[track_of(event)].push_back({from, from + event.at("dur").get<int>()});
        } else if (phase == "s" || phase == "f") {
            EXPECT_TRUE(event.contains("cat"));
            flows_[event.at("id")].push_back(event);
        } else {
            EXPECT_EQ(phase, "i");
            EXPECT_TRUE(event.at("s") == "g" || event.at("s") == "t");
        }
    }

    std::set<Track> named_threads_;
    std::set<int> named_processes_;
    std::map<Track, std::vector<Slice>> slices_;
    std::map<int, std::vector<json>> flows_;
};

TEST(ChromeTrace, OfEveryReproducerIsInTheFormat) {
    namespace fs = std::filesystem;
    std::size_t checked = 0;
    for (const auto& entry :
         fs::recursive_directory_iterator(std::string(RCUFUZZ_SOURCE_DIR) + "/corpus/bugs")) {
        if (entry.path().extension() != ".plan") continue;
        SCOPED_TRACE(entry.path());
        const auto bytes = read_file(entry.path());
        const run::Plan plan = run::from_text(std::string(bytes.begin(), bytes.end()), "plan");
        TraceChecker().check(json::parse(explain(plan, Format::chrome_trace, "")));
        ++checked;
    }
    EXPECT_GT(checked, 80u);
}

}  // namespace
}  // namespace rcufuzz::report
