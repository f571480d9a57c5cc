// SPDX-License-Identifier: GPL-2.0-or-later
//
// Which interrupt it is: of a kernel, whose interrupts have names.
#pragma once

#include <cstddef>
#include <string>

#include "core/report/replay.h"

namespace rcufuzz::report {

// "the rescheduling interrupt", "an interrupt": what comes by the answer with this index, which
// says that one does.
std::string interrupt_to_come(const Replay& replay, std::size_t answer);

// "in the timer interrupt", "in a softirq": how who acts does so at the event with this index.
// Empty: in a CPU's first task.
std::string acts_in(const Replay& replay, std::size_t event);

}  // namespace rcufuzz::report
