// SPDX-License-Identifier: GPL-2.0-or-later
//
// What points and executions cost, in CPU time of one process, beside the floor that nothing on
// fibers can beat: the bare jump. Ratios within one run count; the machine may be busy.
#pragma once

#include <string>
#include <vector>

#include "core/run/plan.h"

namespace rcufuzz::run {

struct Measurement {
    std::string what;
    double value = 0;
    std::string unit;
    std::string goal{};  // what it should be, where a number was set (the project's design, 10)
};

// `seconds` of CPU time for each line.
std::vector<Measurement> measure_costs(const scenario::Subsystem& target, double seconds);

}  // namespace rcufuzz::run
