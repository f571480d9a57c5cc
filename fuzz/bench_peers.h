// SPDX-License-Identifier: GPL-2.0-or-later
//
// rcufuzz bench peers: the small model of the nocb timer, ours beside SPIN's.
#pragma once

#include <cstdint>
#include <optional>

#include "fuzz/json_stream.h"

namespace rcufuzz::cli {

// `seeds` hunts with each strategy, each given up after `runs` executions; then the proofs of the
// fixed form. SPIN runs where `spin` and `cc` are installed.
// `json`: none: a table for people.
void bench_peers(unsigned seeds, std::uint64_t runs, std::optional<JsonStream>& json);

}  // namespace rcufuzz::cli
