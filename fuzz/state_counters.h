// SPDX-License-Identifier: GPL-2.0-or-later
//
// Where samples of a run's states go, so that the engine sees them as coverage. One of two files
// defines this: libfuzzer_counters.cpp or afl_counters.cpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace rcufuzz::fuzz {

// `scripts/fuzz-bench` measures what a number is worth.
inline constexpr std::size_t state_counter_count = 2048;

std::span<std::uint8_t> state_counters();

// After a run: hands over what is set to an engine that does not look there by itself.
void publish_state_counters();

}  // namespace rcufuzz::fuzz
