// SPDX-License-Identifier: GPL-2.0-or-later
//
// How often this test program has asked the system for memory so far.
#pragma once

#include <cstdint>

std::uint64_t allocations();
