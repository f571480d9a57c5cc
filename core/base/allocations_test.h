// SPDX-License-Identifier: GPL-2.0-or-later
//
// How often a test program has asked operator new for memory. Linking the library `allocations`
// replaces operator new, but not under TSan and MSan, which bring their own.
#pragma once

#include <cstdint>

namespace rcufuzz::test {

bool counts_allocations();
std::uint64_t allocations();  // 0 where they are not counted

}  // namespace rcufuzz::test
