// SPDX-License-Identifier: GPL-2.0-or-later
//
// What stories say once instead of again and again. Nothing is left out: sentences that repeat are
// counted, and those that differ in their last word become one with a list.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/report/turns.h"

namespace rcufuzz::report {

std::vector<Sentence> condensed(const std::vector<Sentence>& sentences);

// What several turns say under one number: "rcuo0 goes to sleep; so do rcuo1 and rcuo2."
std::vector<std::string> told_together(std::span<const Turn> turns);

// "three", "once", "twice", "three times"; from ten on in digits.
std::string number_word(std::size_t number);
std::string times(std::size_t count);

// "rcuo0 waits for a, rcuo1 for b" of "rcuo0 waits for a" and "rcuo1 waits for b".
std::string joined_waits(const std::vector<std::string>& waits);

// What a summary says of a value: "all of one" for 0, of "1: each of its own; 0: all of one". If it
// only says what 1 means, the answer for 0 is "not: ...". Any other summary is returned whole.
std::string meaning_of(std::string_view summary, std::int64_t value);

}  // namespace rcufuzz::report
