// SPDX-License-Identifier: GPL-2.0-or-later
//
// What stories say of a load that saw an old store, under weak memory.
#pragma once

#include <cstddef>
#include <string>

#include "core/report/replay.h"

namespace rcufuzz::report {

// "cpu0 still sees x as 1, though cpu1 has stored 2 there.", of the load at this event.
std::string stale_load_words(const Replay& replay, std::size_t event, const std::string& who);

}  // namespace rcufuzz::report
