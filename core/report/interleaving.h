// SPDX-License-Identifier: GPL-2.0-or-later
//
// The interleaving of a run as rows: what one context did in one function before somebody else
// acted. All report formats show the same rows.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/run/runner.h"

namespace rcufuzz::report {

// One thing that a context did, in words.
struct RowEvent {
    std::size_t index;  // into NamedTrace::events
    std::string text;
};

struct Row {
    std::size_t index = 0;   // into NamedTrace::events: where it begins
    std::uint32_t step = 0;  // points passed in the whole run
    std::uint64_t jiffies = 0;
    std::size_t column = 0;  // index into Interleaving::actors
    sim::ContextKey key = 0;
    bool clock = false;    // the clock went on; there is no column then
    bool decided = false;  // a decision other than 0 led here
    std::string context;   // "softirq" where it is not the column's own task
    std::string function;  // "wake_nocb_gp"; may be empty
    bool inner = false;    // the function is local to a file
    std::vector<RowEvent> events;

    std::string text() const;  // "locks nocb_lock[1]; cblist.len[1] = 1"
};

struct Interleaving {
    std::vector<std::string> actors;  // the CPUs that act, in the order of their numbers
    std::vector<Row> rows;

    // The row that an event belongs to; there must be rows.
    std::size_t row_of(std::size_t event) const;
    // The row in which this context was then, or else its next one.
    std::size_t row_of(std::size_t event, sim::ContextKey key) const;
};

Interleaving interleave(const run::Plan& plan, const run::NamedTrace& trace);

}  // namespace rcufuzz::report
