// SPDX-License-Identifier: GPL-2.0-or-later
//
// How many executions a hunt needs to find a bug: the measure by which schedulers are compared.
// Counts executions, not time, so the figures are the same on every machine.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/verdict.h"
#include "core/run/plan.h"

namespace rcufuzz::run {

struct FindBenchOptions {
    Plan base;  // target, one bug, modes, values of the fixed configuration
    std::uint32_t fixed_configs = 0;
    std::string strategy;            // name of a policy
    unsigned seeds = 20;             // hunts with the seeds 1, 2, ...
    std::uint64_t runs = 2'000'000;  // each hunt gives up after so many executions
};

struct FindTimes {
    std::vector<std::uint64_t> runs;  // of the hunts that found something, in ascending order
    unsigned missed = 0;              // hunts that did not
    std::vector<Verdict> verdicts;    // that were reported, each once, in the order of the enum

    // "133 / 551": the median and the worst; a hunt that missed counts as the worst of all.
    std::string text() const;
};

FindTimes measure_finds(const FindBenchOptions& options);

}  // namespace rcufuzz::run
