// SPDX-License-Identifier: GPL-2.0-or-later
//
// Counts what the test binary takes from the system.
#pragma once

#include <cstddef>

namespace rcufuzz::strategy::test {

extern std::size_t allocations;  // calls of operator new so far

}  // namespace rcufuzz::strategy::test
