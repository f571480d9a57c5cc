// SPDX-License-Identifier: GPL-2.0-or-later
//
// What stories say once instead of again and again. Nothing is left out: sentences that repeat are
// counted, and those that differ in their last word become one with a list.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/report/turns.h"

namespace rcufuzz::report {

std::vector<Sentence> condensed(const std::vector<Sentence>& sentences);

// "rcuo0 waits for a, rcuo1 for b" of "rcuo0 waits for a" and "rcuo1 waits for b".
std::string joined_waits(const std::vector<std::string>& waits);

// Of "1: each of its own; 0: all of one" what stands there for the value. Of a switch of which
// nothing is said but what it does where it is on, "not: ..." where it is off. Else all of it.
std::string meaning_of(std::string_view summary, std::int64_t value);

}  // namespace rcufuzz::report
