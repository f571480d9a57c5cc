// SPDX-License-Identifier: GPL-2.0-or-later
//
// Which numbers the command line takes.
#pragma once

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <cstdint>
#include <limits>

namespace rcufuzz::cli {

constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();

// Decimal or 0x digits and nothing else. CLI11 reads 010 as 8, and some of what is no number: so
// the text that it gets to see is written anew.
CLI::Validator whole(std::uint64_t min, std::uint64_t max = most);

CLI::Validator seconds();

}  // namespace rcufuzz::cli
