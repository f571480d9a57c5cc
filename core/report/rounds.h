// SPDX-License-Identifier: GPL-2.0-or-later
//
// Rounds of a run: turns that come again and again, as where a timer is armed anew each time that
// it fires. Stories tell the first round, and then how often it comes.
#pragma once

#include <functional>
#include <vector>

#include "core/report/turns.h"

namespace rcufuzz::report {

// Three rounds or more become the first one and a turn that counts the others. Two rounds are equal
// if the same contexts say the same; their jiffies may differ. `keeps`, of a range of events: what
// comes there has to be told each time.
using Keeps = std::function<bool(std::size_t first, std::size_t last)>;
std::vector<Turn> told_once(std::vector<Turn> turns, const Keeps& keeps = {});

}  // namespace rcufuzz::report
