// SPDX-License-Identifier: GPL-2.0-or-later
//
// Which accesses of a litmus test may come before an earlier load of their process. In the kernel's
// model nothing orders a load before a later store that does not depend on it. Code on the machine
// runs in program order, so this is for the interpreter of litmus tests alone.
//
// What can't be told from the text (the same location through a pointer, say) keeps its place, so
// some of what the model allows is not seen; nothing is seen that it forbids.
#pragma once

#include <vector>

#include "core/litmus/program.h"

namespace rcufuzz::litmus {

// By statement. Only those of one block overtake each other.
struct Reordering {
    std::vector<bool> loads;  // from memory: something may be gained by overtaking it
    // A relaxed store or read-modify-write, or a load that such a one comes after. Loads by
    // themselves may see old values, which is as good as coming early.
    std::vector<bool> may_come_early;
    // What stands before it and must come before it wherever it runs.
    std::vector<std::vector<Index>> follows;
};

Reordering reordering_of(const Test& test);

}  // namespace rcufuzz::litmus
