// SPDX-License-Identifier: GPL-2.0-or-later
//
// What accesses and barriers cost in both memory modes, in CPU time of one process.
#pragma once

#include <vector>

#include "core/run/cost_bench.h"

namespace rcufuzz::run {

// `seconds` of CPU time for each line.
std::vector<Measurement> measure_memory(double seconds);

}  // namespace rcufuzz::run
