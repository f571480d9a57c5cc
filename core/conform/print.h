// SPDX-License-Identifier: GPL-2.0-or-later
//
// A run's trace events as a file of tracefs would have them, with the marks of one window.
#pragma once

#include <string>

#include "core/run/runner.h"

namespace rcufuzz::conform {

// Replays the plan. Throws UserError where its target traces nothing.
struct Printed {
    std::string trace;
    run::Outcome outcome;
};
Printed print_events(const run::Plan& plan);

}  // namespace rcufuzz::conform
