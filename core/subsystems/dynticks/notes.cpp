// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/subsystems/dynticks/notes.h"

#include <array>

#include "core/base/check.h"
#include "core/scenario/sentence.h"

namespace rcufuzz::dynticks {

namespace {

constexpr std::array sentences{
#define NOTE(name, sentence) std::string_view(sentence),
#include "core/subsystems/dynticks/notes.def"
#undef NOTE
};

constexpr std::array<std::string_view, 14> place_words{
    "nowhere",
    "in ordinary code",
    "on the way to idle, before the flip",
    "in the idle loop",
    "on the way back from idle, before the flip",
    "in rcu_irq_enter(), between counting and flipping",
    "in a device's handler",
    "in rcu_irq_exit(), before the flip",
    "before in_nmi() is true",
    "after in_nmi() has become true, before rcu_nmi_enter()",
    "in the NMI's handler",
    "after in_nmi() has become false again",
    "in the handler of an IST exception",
    "everywhere",
};

constexpr std::array<std::string_view, 3> eqs_words{"the kernel", "idle", "user mode"};

std::string own_field(std::string_view name, std::int64_t a, std::int64_t b) {
    if (name == "place") return std::string(place_words[static_cast<std::size_t>(a)]);
    if (name == "eqs") return std::string(eqs_words[static_cast<std::size_t>(a)]);
    CHECK(name == "cpu" || name == "acpu");
    return "cpu" + std::to_string(name == "cpu" ? a : b);
}

}  // namespace

std::string tell(unsigned note, std::string_view who, std::int64_t a, std::int64_t b) {
    CHECK(note < sentences.size());
    return scenario::fill_in(sentences[note], who, a, b, own_field);
}

}  // namespace rcufuzz::dynticks
