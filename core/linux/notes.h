// SPDX-License-Identifier: GPL-2.0-or-later
//
// The kernel's trace events (include/trace/events/rcu.h, v6.1 and v6.12) as notes of a run, and the
// sentences that tell them. The table is notes.def.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace rcufuzz::linux_guest {

struct Note {
    std::uint32_t number;  // of a row of the table
    std::int64_t a = 0;
    std::int64_t b = 0;
};

// `args` are the event's, in its order. Nothing where the table has no row for it.
std::optional<Note> note_of(std::string_view event, const long* args);

// One more than the largest number.
std::uint32_t note_count();
std::string_view note_sentence(std::uint32_t number);
// The number of a grace period since the boot, from a value of rcu_state.gp_seq.
std::int64_t grace_period_number(std::int64_t gp_seq);
// The same of the one that is over when gp_seq has come to this value, for which callbacks wait.
std::int64_t grace_period_over_at(std::int64_t gp_seq);

}  // namespace rcufuzz::linux_guest
