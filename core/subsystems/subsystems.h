// SPDX-License-Identifier: GPL-2.0-or-later
//
// The list of all subsystems, from subsystems.def.
#pragma once

#include <span>
#include <string_view>

#include "core/scenario/scenario.h"

namespace rcufuzz::subsystems {

#define SUBSYSTEM(name)                     \
    namespace name {                        \
    const scenario::Subsystem& subsystem(); \
    }
#include "core/subsystems/subsystems.def"
#undef SUBSYSTEM

// A kernel's own source: there only as far as somebody has built one (scripts/kernel), and so not
// among those that every test goes through.
namespace linux_kernel {
const scenario::Subsystem& subsystem();
}

std::span<const scenario::Subsystem* const> all();
const scenario::Subsystem* find(std::string_view name);  // null: no such subsystem

}  // namespace rcufuzz::subsystems
