// SPDX-License-Identifier: GPL-2.0-or-later
//
// What `--json` prints: one document each. This and hunt_record.cpp alone know nlohmann's JSON,
// whose headers are slow to compile.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/run/hunt.h"
#include "fuzz/hunt_record.h"

namespace rcufuzz::cli {

std::string list_json(const scenario::Subsystem* only);  // null: all targets

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
std::string hunt_json(const HuntSummary& summary);

struct ReplayedFile {
    std::string file;
    std::string error;  // why it could not be replayed; empty: it was
    run::Plan plan;
    run::Outcome outcome;
};
std::string replay_json(const std::vector<ReplayedFile>& files);

}  // namespace rcufuzz::cli
