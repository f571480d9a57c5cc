// SPDX-License-Identifier: GPL-2.0-or-later
//
// Executes a plan's operations on the machine: one task per workload CPU that has any, each going
// through its CPU's operations in plan order. An operation for an interrupt is raised there and
// delivered whenever the strategy lets it; the task goes on meanwhile, and waits at its end until
// all of them have run.
#pragma once

#include "core/run/plan.h"

namespace rcufuzz::run {

// Spawns the tasks. Plan and instance must outlive the run; everything else is in its arena.
void start_ops(const Plan& plan, scenario::Instance& instance);

// Raises one scheduling-clock tick on every workload CPU.
void raise_ticks(const Plan& plan, scenario::Instance& instance);

}  // namespace rcufuzz::run
