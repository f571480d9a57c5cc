// SPDX-License-Identifier: GPL-2.0-or-later
//
// Our own kernel (core/kernel) as the platform of a run: one task per workload CPU that has any
// operations, each going through its CPU's operations in plan order. An operation for an interrupt
// is raised there and delivered whenever the strategy lets it; the task goes on meanwhile, and
// waits at its end until all of them have run.
#pragma once

#include "core/scenario/platform.h"

namespace rcufuzz::run {

// Everything of a run is in the run's arena.
scenario::Platform& own_kernel();

}  // namespace rcufuzz::run
