// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/scenario/scenario.h"

namespace rcufuzz::scenario {

std::uint64_t active_bugs = 0;
bool white_box_oracles = true;

}  // namespace rcufuzz::scenario
