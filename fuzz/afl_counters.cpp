// SPDX-License-Identifier: GPL-2.0-or-later
//
// AFL++ sees nothing but its own map. As many places in it as there are counters are reserved by
// registering guards of our own, as an instrumented module would; after each run those of the
// counters that are set are reported as passed. Not by AFL++'s name for its map: its compiler
// gives the map another name in a file that says so.
#include <algorithm>

#include "fuzz/state_counters.h"

extern "C" {
void __sanitizer_cov_trace_pc_guard_init(std::uint32_t* begin, std::uint32_t* end);
void __sanitizer_cov_trace_pc_guard(std::uint32_t* guard);
}

namespace rcufuzz::fuzz {

namespace {

std::uint8_t counters[state_counter_count];
std::uint32_t guards[state_counter_count];  // places in the map

// Before any other constructor: the size of the map is settled early.
__attribute__((constructor(101))) void register_guards() {
    __sanitizer_cov_trace_pc_guard_init(guards, guards + state_counter_count);
}

}  // namespace

std::span<std::uint8_t> state_counters() { return counters; }

void publish_state_counters() {
    for (std::size_t i = 0; i < state_counter_count; ++i)
        if (counters[i] != 0) __sanitizer_cov_trace_pc_guard(&guards[i]);
    std::fill(std::begin(counters), std::end(counters), std::uint8_t{0});
}

}  // namespace rcufuzz::fuzz
