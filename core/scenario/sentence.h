// SPDX-License-Identifier: GPL-2.0-or-later
//
// The sentences by which a subsystem tells its notes: text with fields in braces.
//
//   {who}        the acting context
//   {a} {b}      the note's arguments
//   {a?x|y}      x if a is not 0, else y; {a!1?x|y}: x if a is not 1; the same with b
//   {name}       anything else is the subsystem's own
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace rcufuzz::scenario {

// The text of a field of the subsystem's own.
using OwnField = std::string (*)(std::string_view name, std::int64_t a, std::int64_t b);

std::string fill_in(std::string_view sentence, std::string_view who, std::int64_t a, std::int64_t b,
                    OwnField own_field);

}  // namespace rcufuzz::scenario
