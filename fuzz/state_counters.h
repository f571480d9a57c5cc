// SPDX-License-Identifier: GPL-2.0-or-later
//
// Where samples of a run's states go, so that the engine sees them as coverage. One of two files
// defines this: libfuzzer_counters.cpp or afl_counters.cpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace rcufuzz::fuzz {

// Measured on nocb's D01, D02, D03: 2048 make the corpus five times as large and the finds two to
// five times as late, since the mutator brings enough schedules of its own.
inline constexpr std::size_t state_counter_count = 64;

std::span<std::uint8_t> state_counters();

// After a run: hands over what is set to an engine that does not look there by itself.
void publish_state_counters();

}  // namespace rcufuzz::fuzz
