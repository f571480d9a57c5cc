// SPDX-License-Identifier: GPL-2.0-or-later
//
// A run as one JSON document, for the page's scripts. It names what the page shows: `rows` (as the
// interleaving has them, with the sentences that the story tells there, for each event what is
// known after it, and the lines of source where the subject's tree is to be had), `arrows` between
// rows, and what stands above and beside them.
#pragma once

#include <string>

#include "core/report/interleaving.h"
#include "core/report/replay.h"

namespace rcufuzz::report {

// What the page says beyond the run itself.
struct PageOrigin {
    std::string file;     // the plan's
    std::string made_by;  // which rcufuzz; empty: not said
};

std::string page_data(const Replay& replay, const Interleaving& interleaving,
                      const PageOrigin& origin);

}  // namespace rcufuzz::report
