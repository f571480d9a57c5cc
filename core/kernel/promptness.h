// SPDX-License-Identifier: GPL-2.0-or-later
//
// Judges whether grace periods end in time. The code that runs a grace period also notes, for the
// oracle alone, which CPUs have passed a quiescent state since it began. Once all have, nothing may
// keep it going; otherwise the run is suspected of `latency_exceeded`.
//
// It is not judged how late a timer or a kthread is: everything may be late here.
#pragma once

#include "core/kernel/context.h"

namespace rcufuzz::kernel {

// False under `--oracle black-box`, where no oracle looks inside.
extern bool promptness_is_judged;

// Notes the suspicion, and the run goes on. Its cause is all of its identity. An empty objection
// notes nothing.
void grace_period_is_overdue(sim::Objection why, const Site& site);

}  // namespace rcufuzz::kernel
