// SPDX-License-Identifier: GPL-2.0-or-later
//
// How sentences call those who act, and the interrupts in which they do: a kernel's have names.
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

// "cpu1", or "the softirq of cpu1", "the timer interrupt of cpu1" and the like: who acts there.
std::string actor_at(const Replay& replay, std::size_t event);
// The same of a context; of an interrupt it says only that it is one.
std::string actor_name(const Replay& replay, sim::ContextKey key);

// "cpu1"; a housekeeping CPU goes by the name of the kthread that it is for.
std::string cpu_of(const Replay& replay, unsigned cpu);

}  // namespace rcufuzz::report
