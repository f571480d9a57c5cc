// SPDX-License-Identifier: GPL-2.0-or-later
//
// AFL++ sees nothing but its own map. As many places in it as there are counters are reserved by
// registering guards of our own, as an instrumented module would, and set after each run. This
// file itself must not be instrumented: AFL++ gives its map another name there.
#include <algorithm>

#include "fuzz/state_counters.h"

extern "C" {
extern std::uint8_t* __afl_area_ptr;
void __sanitizer_cov_trace_pc_guard_init(std::uint32_t* begin, std::uint32_t* end);
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
        if (counters[i] != 0) __afl_area_ptr[guards[i]] = 1;
    std::fill(std::begin(counters), std::end(counters), std::uint8_t{0});
}

}  // namespace rcufuzz::fuzz
