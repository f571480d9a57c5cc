// SPDX-License-Identifier: GPL-2.0-or-later
//
// The deliberate deviations of this subsystem, from bugs.def. Correct code is the default.
#pragma once

#include "core/scenario/scenario.h"

namespace rcufuzz::nocb {

enum class Bug : unsigned {
#define BUG(name, ...) name,
#include "core/subsystems/nocb/bugs.def"
#undef BUG
};

inline bool bug(Bug which) { return scenario::bug_active(static_cast<unsigned>(which)); }

}  // namespace rcufuzz::nocb
