// SPDX-License-Identifier: GPL-2.0-or-later
//
// What a user who mistyped a name may have meant.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace rcufuzz {

// How many letters must be put in, taken out, replaced or swapped with their neighbours to make one
// name of the other. Capitals count as small letters.
std::size_t distance(std::string_view a, std::string_view b);

// " (did you mean 'pct' or 'surw'?)": of the known names up to three that are near, the nearest
// first, equally near ones in the order given; else those that begin with the word, or hold it.
// Empty where there is none.
std::string did_you_mean(std::string_view word, const std::vector<std::string>& known);

}  // namespace rcufuzz
