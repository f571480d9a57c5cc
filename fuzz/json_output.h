// SPDX-License-Identifier: GPL-2.0-or-later
//
// What `list`, `hunt`, `replay` and `status` print with `--json`.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/run/hunt.h"
#include "fuzz/hunt_record.h"
#include "fuzz/hunt_view.h"
#include "fuzz/json_stream.h"

namespace rcufuzz::cli {

Json list_json(const scenario::Subsystem* only);  // null: all targets

// A hunt as a whole, over all of its jobs.
struct HuntSummary {
    run::Plan base;
    std::string strategy;
    std::uint64_t seed = 0;
    double seconds = 0;
    run::HuntResult result;
    std::vector<std::string> files;  // where each of the finds was written; empty: nowhere
    const HuntRecord* in_all = nullptr;  // of a hunt that is kept

    double runs_per_second() const {
        return seconds > 0 ? static_cast<double>(result.runs) / seconds : 0;
    }
};
// What is known when it begins, with each find, and when it is over.
Json hunt_begins(const HuntSummary& summary);
Json hunt_find(const run::Find& find, const std::string& file);
Json hunt_ends(const HuntSummary& summary);

struct ReplayedFile {
    std::string file;
    std::string error;  // why it could not be replayed; empty: it was
    run::Plan plan;
    run::Outcome outcome;
};
Json replay_json(const ReplayedFile& replayed);

Json views_json(const std::vector<HuntView>& views);

}  // namespace rcufuzz::cli
