// SPDX-License-Identifier: GPL-2.0-or-later
//
// Plans that differ only in the numbers of their CPUs show the same bug. Which numbers a find has
// is luck; here it gets numbers that are the same for all of them.
#pragma once

#include "core/run/plan.h"

namespace rcufuzz::run {

// Of all plans that are this one with its workload CPUs renamed, that show the same find and ask no
// more of a reader: the one whose text comes first. Its operations stand CPU by CPU, its decisions
// are those that a replay takes. A plan that shows nothing comes back as it is, but for the order
// of its operations.
//
// The CPUs' kthreads are renamed with them, and each choice is answered as the run before answered
// it: where the machine itself prefers a low number, that takes a decision or saves one.
Plan with_canonical_cpus(const Plan& plan);

}  // namespace rcufuzz::run
