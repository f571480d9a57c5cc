// SPDX-License-Identifier: GPL-2.0-or-later
//
// Makes a find small: fewest operations first, then fewest and simplest decisions, with the
// configuration as near to the standard as that allows.
//
// A pure function of the plan: equal finds give equal results. What it keeps is verdict and
// identity of the find under replay, and nothing else; a find that is to be had without an old load
// loses that part of its identity. CPUs are renumbered in the end
// (core/run/symmetry.h), so that plans which differ only in CPU numbers become one.
#pragma once

#include <cstdint>
#include <functional>

#include "core/run/hunt.h"

namespace rcufuzz::report {

struct MinimizeOptions {
    // Bounds the work, in points of all replays together; the standard is some two seconds.
    std::uint64_t budget = run::minimize_budget;
    // Asked often; false ends the search, with the best plan so far. Null: go on.
    std::function<bool()> keep_going{};
};

struct MinimizeStats {
    bool reproduced = false;  // false: the plan shows nothing, and came back as it was
    bool finished = false;    // false: the budget or the caller ended it
    std::uint64_t runs = 0;
    std::uint64_t cost = 0;  // in points, as the budget is
};

// The result is canonical, and its decisions are those that a replay takes.
run::Plan minimize(const run::Plan& found, const MinimizeOptions& options = {},
                   MinimizeStats* stats = nullptr);

}  // namespace rcufuzz::report
