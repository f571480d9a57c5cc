// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/run/find_bench.h"

#include <algorithm>
#include <set>

#include "core/base/check.h"
#include "core/run/hunt.h"

namespace rcufuzz::run {

std::string FindTimes::text() const {
    const std::size_t all = runs.size() + missed;
    if (runs.empty()) return "-";
    // Of an even number the upper one: no figure is better than what was measured.
    const std::string median =
        all / 2 < runs.size() ? std::to_string(runs[all / 2]) : std::string("-");
    if (missed == 0) return median + " / " + std::to_string(runs.back());
    return median + " / missed " + std::to_string(missed) + " of " + std::to_string(all);
}

FindTimes measure_finds(const FindBenchOptions& options) {
    CHECK(options.seeds > 0);
    HuntOptions hunt_options;
    hunt_options.base = options.base;
    hunt_options.workload.fixed_configs = options.fixed_configs;
    hunt_options.strategy = options.strategy;
    hunt_options.runs = options.runs;
    FindTimes times;
    std::set<Verdict> verdicts;
    for (unsigned seed = 1; seed <= options.seeds; ++seed) {
        hunt_options.seed = seed;
        const HuntResult result = hunt(hunt_options);
        if (result.finds.empty()) {
            ++times.missed;
            continue;
        }
        times.runs.push_back(result.finds[0].run);
        verdicts.insert(result.finds[0].outcome.verdict);
    }
    std::sort(times.runs.begin(), times.runs.end());
    times.verdicts.assign(verdicts.begin(), verdicts.end());
    return times;
}

}  // namespace rcufuzz::run
