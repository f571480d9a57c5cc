// SPDX-License-Identifier: GPL-2.0-or-later
//
// A find as a story: the run told in numbered sentences, as a kernel changelog tells it. It needs
// no knowledge of this repository: the header says which system this is, where the kernel has it,
// and which bug is switched on. One sentence for each note that the subsystem left in the
// trace; notes of one context that follow each other share a number. Markdown, deterministic.
#pragma once

#include <string>

#include "core/run/plan.h"

namespace rcufuzz::report {

std::string tell(const run::Plan& plan);

}  // namespace rcufuzz::report
