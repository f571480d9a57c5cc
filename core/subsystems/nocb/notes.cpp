// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/subsystems/nocb/notes.h"

#include <array>

#include "core/base/check.h"
#include "core/kernel/rcu.h"
#include "core/scenario/sentence.h"
#include "core/subsystems/nocb/callbacks.h"

namespace rcufuzz::nocb {

namespace {

constexpr std::array sentences{
#define NOTE(name, sentence) std::string_view(sentence),
#include "core/subsystems/nocb/notes.def"
#undef NOTE
};

std::string own_field(std::string_view name, std::int64_t a, std::int64_t b) {
    if (name == "gp") return std::to_string(kernel::rcu_seq_ctr(static_cast<kernel::Seq>(b)));
    CHECK(name == "cb");
    return "callback " + callback_name(static_cast<unsigned>(a));
}

}  // namespace

std::string tell(unsigned note, std::string_view who, std::int64_t a, std::int64_t b) {
    CHECK(note < sentences.size());
    return scenario::fill_in(sentences[note], who, a, b, own_field);
}

}  // namespace rcufuzz::nocb
