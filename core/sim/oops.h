// SPDX-License-Identifier: GPL-2.0-or-later
//
// A subject that follows a pointer to nowhere, overflows its stack, divides by zero, or goes round
// a loop without end and without a point would take the whole process with it, the find included.
// Where this can be helped, such a run ends with the verdict `oops`, or `livelock`, at the last
// point that the context had passed; the next run starts clean. What the frames of that context
// held on the heap is lost.
#pragma once

#include <cstdint>

namespace rcufuzz::sim {

// On x86-64, without sanitizers: they tell more about such a fault, and want to see it.
extern const bool survives_oopses;

// For this process and those it forks. What happens outside of contexts goes to whoever handled the
// signals before. A context may compute for a twentieth of a second between two points.
void survive_oopses();

// Where the code stood that a context was ended in for such a fault: of a call to nowhere, what
// called. Since it was last asked; 0: there was none.
std::uintptr_t take_fault();

// For what looks at a subject from outside of all contexts: calls look(arg). False: what it looked
// at is in such a state that it did not come back. What its frames held is lost.
bool survives(void (*look)(void*), void* arg);

}  // namespace rcufuzz::sim
