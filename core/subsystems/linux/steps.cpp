// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/subsystems/linux/steps.h"

namespace rcufuzz::linux_subject {

std::span<const scenario::StepSpec> steps() {
    static constexpr scenario::StepSpec table[] = {
#define STEP(function, sentence) {function, sentence},
#include "core/subsystems/linux/steps.def"
#undef STEP
    };
    return table;
}

}  // namespace rcufuzz::linux_subject
