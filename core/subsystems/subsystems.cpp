// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/subsystems/subsystems.h"

#include <array>

namespace rcufuzz::subsystems {

std::span<const scenario::Subsystem* const> all() {
    static const std::array list{
#define SUBSYSTEM(name) &name::subsystem(),
#include "core/subsystems/subsystems.def"
#undef SUBSYSTEM
    };
    return list;
}

const scenario::Subsystem* find(std::string_view name) {
    for (const scenario::Subsystem* subsystem : all())
        if (subsystem->name == name) return subsystem;
    const scenario::Subsystem& kernel = linux_kernel::subsystem();
    return kernel.name == name ? &kernel : nullptr;
}

}  // namespace rcufuzz::subsystems
