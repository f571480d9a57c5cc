// SPDX-License-Identifier: GPL-2.0-or-later
//
// What a workload may ask for.
#pragma once

#include <span>

#include "core/scenario/scenario.h"

namespace rcufuzz::dynticks {

std::span<const scenario::OpSpec> operations();

// On its CPU in task context; false: it had nothing to do.
bool run_operation(const scenario::Op& op);

// The CPU idles from now on.
void rest_for_good();

}  // namespace rcufuzz::dynticks
