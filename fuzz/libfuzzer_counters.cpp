// SPDX-License-Identifier: GPL-2.0-or-later
//
// libFuzzer looks at this section after each input, and clears it before the next.
#include "fuzz/state_counters.h"

namespace rcufuzz::fuzz {

namespace {

alignas(64) __attribute__((section("__libfuzzer_extra_counters"),
                           used)) std::uint8_t counters[state_counter_count];

}  // namespace

std::span<std::uint8_t> state_counters() { return counters; }

void publish_state_counters() {}

}  // namespace rcufuzz::fuzz
