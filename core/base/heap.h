// SPDX-License-Identifier: GPL-2.0-or-later
//
// Counts what the process takes from the heap, by replacing operator new. Not under sanitizers,
// which bring their own, and not where the C++ library's own was linked first.
#pragma once

#include <cstdint>

namespace rcufuzz {

bool counts_heap();
// Since the process began; 0 where it is not counted.
std::uint64_t heap_blocks_taken();
std::uint64_t heap_blocks_given_back();

}  // namespace rcufuzz
