// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/linux/notes.h"

#include <array>

#include "core/base/check.h"
#include "core/linux/guest_stack.h"

namespace rcufuzz::linux_guest {

namespace {

struct Event {
    std::string_view name;
    int word, a, b;  // arguments; -1: none
};

struct Row {
    std::string_view event;
    std::string_view word;
    std::string_view sentence;
};

constexpr std::array events{
#define EVENT(name, word, a, b) Event{#name, word, a, b},
#define NOTE(event, word, sentence)
#include "core/linux/notes.def"
#undef EVENT
#undef NOTE
};

constexpr std::array rows{
#define EVENT(name, word, a, b)
#define NOTE(event, word, sentence) Row{#event, word, sentence},
#include "core/linux/notes.def"
#undef EVENT
#undef NOTE
};

RCUFUZZ_READS_GUEST_STACK std::int64_t argument(const long* args, int number) {
    return number < 0 ? 0 : args[number];
}

// The kernel's strings stay where they are as long as its image does.
std::string_view word_of(const Event& event, const long* args) {
    const std::int64_t address = argument(args, event.word);
    return event.word < 0 ? "" : reinterpret_cast<const char*>(address);
}

}  // namespace

std::optional<Note> note_of(std::string_view name, const long* args) {
    for (const Event& event : events) {
        if (event.name != name) continue;
        const std::string_view word = word_of(event, args);
        for (std::uint32_t i = 0; i < rows.size(); ++i)
            if (rows[i].event == name && rows[i].word == word)
                return Note{i, argument(args, event.a), argument(args, event.b)};
    }
    return std::nullopt;
}

std::uint32_t note_count() { return static_cast<std::uint32_t>(rows.size()); }

std::string_view note_sentence(std::uint32_t number) {
    CHECK(number < rows.size());
    return rows[number].sentence;
}

// The two low bits say how far it is; the first number is -300 (rcu_state in kernel/rcu/tree.c).
std::int64_t grace_period_number(std::int64_t gp_seq) { return (gp_seq >> 2) + 300; }

std::int64_t grace_period_over_at(std::int64_t gp_seq) { return grace_period_number(gp_seq) - 1; }

}  // namespace rcufuzz::linux_guest
