// SPDX-License-Identifier: GPL-2.0-or-later
//
// Makes a find small: fewest operations first, then fewest and simplest decisions, with the
// configuration as near to the standard as that allows.
//
// A pure function of the plan: equal finds give equal results. What it keeps is verdict and site
// of the find under replay, and that alone: of two bugs that look alike the smaller one may win.
#pragma once

#include <cstdint>

#include "core/run/plan.h"

namespace rcufuzz::report {

struct MinimizeOptions {
    // Bounds the work, in points of all replays together; the standard is a few seconds.
    std::uint64_t budget = 360'000'000;
};

struct MinimizeStats {
    bool reproduced = false;  // false: the plan shows nothing, and came back as it was
    bool finished = false;    // false: the budget ended the search
    std::uint64_t runs = 0;
};

// The result is canonical, and its decisions are those that a replay takes.
run::Plan minimize(const run::Plan& found, const MinimizeOptions& options = {},
                   MinimizeStats* stats = nullptr);

}  // namespace rcufuzz::report
