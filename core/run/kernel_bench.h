// SPDX-License-Identifier: GPL-2.0-or-later
//
// What runs of a kernel's own source cost, in CPU time of one process. The goals are those of the
// project's page on the kernel as a subject.
#pragma once

#include <vector>

#include "core/run/cost_bench.h"
#include "core/run/frame.h"

namespace rcufuzz::run {

// `seconds` of CPU time for each line. `frame` is of a target that comes with its own kernel;
// the number of CPUs is set here.
std::vector<Measurement> measure_kernel(const Frame& frame, double seconds);

}  // namespace rcufuzz::run
