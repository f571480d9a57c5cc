// SPDX-License-Identifier: GPL-2.0-or-later
//
// Where the jiffies of a window begin: all CPUs tick at the same times, and come late to it, if not
// in time. Without interrupts in the trace jiffies are counted from the window's beginning.
#pragma once

#include "core/conform/trace.h"

namespace rcufuzz::conform {

// Says of each event how many jiffies the window is old.
void count_jiffies(Window& window);

}  // namespace rcufuzz::conform
