// SPDX-License-Identifier: GPL-2.0-or-later
//
// Notes that the algorithm leaves in the trace, from notes.def.
#pragma once

#include <string>
#include <string_view>

#include "core/kernel/subject.h"

namespace rcufuzz::tracepoint {

enum class Note : std::uint16_t {
#define NOTE(name, sentence) name,
#include "core/subsystems/tracepoint/notes.def"
#undef NOTE
};

inline void note(Note which, std::int64_t a, std::int64_t b,
                 const kernel::Site& site = kernel::Site::current()) {
    kernel::leave_note(static_cast<unsigned>(which), a, b, site);
}

// As a story spells them: functions by their names.
std::string value_words(std::string_view variable, std::int64_t value);

std::string tell(unsigned note, std::string_view who, std::int64_t a, std::int64_t b);

}  // namespace rcufuzz::tracepoint
