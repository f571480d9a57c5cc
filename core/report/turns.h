// SPDX-License-Identifier: GPL-2.0-or-later
//
// A run as what its contexts have to say: a turn is what one context did before another acted, in
// sentences made from the notes that the subsystem left in the trace.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/report/replay.h"

namespace rcufuzz::report {

struct Sentence {
    std::size_t event;  // index into NamedTrace::events: what it tells
    std::string text;   // Markdown
    std::string again;  // as it would read in the midst of a turn, where its subject is "it"
    bool breaks;        // it points out where the state becomes inconsistent
};

struct Turn {
    sim::ContextKey key = 0;
    std::uint64_t jiffies = 0;
    unsigned number = 0;  // as stories count; short ones that follow each other share one
    std::vector<Sentence> sentences{};
    unsigned last_number = 0;  // not 0: it counts turns that have numbers up to this one
};

// With `decided`, switches that decisions made are told, and what they rest on.
std::vector<Turn> read_turns(const Replay& replay, bool decided);

}  // namespace rcufuzz::report
