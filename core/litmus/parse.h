// SPDX-License-Identifier: GPL-2.0-or-later
//
// Reads a litmus test in the kernel's C dialect. What it takes and what not: README.md.
#pragma once

#include <string>
#include <string_view>

#include "core/litmus/program.h"

namespace rcufuzz::litmus {

// Throws UserError("FILE:LINE: what is wrong, or not supported").
Test parse(std::string_view text, const std::string& file);

}  // namespace rcufuzz::litmus
