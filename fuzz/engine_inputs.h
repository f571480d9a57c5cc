// SPDX-License-Identifier: GPL-2.0-or-later
//
// What engines are given beside a fuzz target, so that they need not begin with nothing.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/run/plan.h"

namespace rcufuzz::fuzz {

// A plan as an input of the target's fuzz program: what is left of it without its bugs.
std::vector<std::uint8_t> seed_of(const run::Plan& plan);

// A dictionary in the syntax of libFuzzer and AFL++: each operation once, as a record with the
// least arguments, and each configuration value that inputs may change, as a record that does.
std::string dictionary_of(const scenario::Subsystem& target);

}  // namespace rcufuzz::fuzz
