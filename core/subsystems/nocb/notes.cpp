// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/subsystems/nocb/notes.h"

#include <array>

#include "core/base/check.h"
#include "core/subsystems/nocb/callbacks.h"

namespace rcufuzz::nocb {

namespace {

constexpr std::array sentences{
#define NOTE(name, sentence) std::string_view(sentence),
#include "core/subsystems/nocb/notes.def"
#undef NOTE
};

// One field of a sentence, without its braces.
std::string field(std::string_view text, std::string_view who, std::int64_t a, std::int64_t b) {
    if (text == "who") return std::string(who);
    if (text == "a") return std::to_string(a);
    if (text == "b") return std::to_string(b);
    if (text == "cb") return "callback " + callback_name(static_cast<unsigned>(a));
    bool condition = false;
    if (text.starts_with("b?")) {
        condition = b != 0;
        text.remove_prefix(2);
    } else {
        CHECK(text.starts_with("b!1?"));
        condition = b != 1;
        text.remove_prefix(4);
    }
    const auto bar = text.find('|');
    CHECK(bar != std::string_view::npos);
    return std::string(condition ? text.substr(0, bar) : text.substr(bar + 1));
}

}  // namespace

std::string tell(unsigned note, std::string_view who, std::int64_t a, std::int64_t b) {
    CHECK(note < sentences.size());
    std::string_view rest = sentences[note];
    std::string told;
    for (;;) {
        const auto open = rest.find('{');
        told += rest.substr(0, open);
        if (open == std::string_view::npos) return told;
        const auto close = rest.find('}', open);
        CHECK(close != std::string_view::npos);
        told += field(rest.substr(open + 1, close - open - 1), who, a, b);
        rest.remove_prefix(close + 1);
    }
}

}  // namespace rcufuzz::nocb
