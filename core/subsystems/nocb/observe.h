// SPDX-License-Identifier: GPL-2.0-or-later
//
// Named quantities of the nocb state, for stories: a field's short name and its CPU's number, as in
// "level1". `rcufuzz list nocb` lists them.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "core/scenario/scenario.h"
#include "core/subsystems/nocb/nocb.h"

namespace rcufuzz::nocb {

std::optional<std::int64_t> observe_nocb(const State& state, std::string_view name);
std::span<const scenario::QuantitySpec> quantities_of_nocb();

}  // namespace rcufuzz::nocb
