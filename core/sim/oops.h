// SPDX-License-Identifier: GPL-2.0-or-later
//
// A subject that follows a pointer to nowhere, overflows its stack, divides by zero, or goes round
// a loop without end and without a point would take the whole process with it, the find included.
// Where this can be helped, such a run ends with the verdict `oops`, or `livelock`, at the last
// point that the context had passed; the next run starts clean. What the frames of that context
// held on the heap is lost. A trap that was compiled in is a fault of ours, as CHECK is.
#pragma once

#include <cstdint>

namespace rcufuzz::sim {

// On x86-64, without sanitizers: they tell more about such a fault, and want to see it.
extern const bool survives_oopses;

// For this process and those it forks. What happens outside of contexts goes to whoever handled the
// signals before. A context may compute for a twentieth of a second between two points.
void survive_oopses();

// The address of the code that had the fault since this was last asked; for a call to nowhere, that
// of the caller. 0: there was no fault.
std::uintptr_t take_fault();

// Calls look(arg), which looks at a subject from outside of all contexts. False: the subject is in
// such a state that look() had a fault. What its frames held on the heap is lost.
bool survives(void (*look)(void*), void* arg);

}  // namespace rcufuzz::sim
