// SPDX-License-Identifier: GPL-2.0-or-later
//
// What a story says of functions of the kernel's; the table is steps.def.
#pragma once

#include <span>

#include "core/scenario/scenario.h"

namespace rcufuzz::linux_subject {

std::span<const scenario::StepSpec> steps();

}  // namespace rcufuzz::linux_subject
