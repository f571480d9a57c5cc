// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/scenario/sentence.h"

#include "core/base/check.h"

namespace rcufuzz::scenario {

namespace {

// "a?x|y" and "a!1?x|y" after their variable.
std::string alternative(std::string_view text, std::int64_t value) {
    bool condition = value != 0;
    if (text.starts_with("!1")) {
        condition = value != 1;
        text.remove_prefix(2);
    }
    CHECK(text.starts_with("?"));
    text.remove_prefix(1);
    const auto bar = text.find('|');
    CHECK(bar != std::string_view::npos);
    return std::string(condition ? text.substr(0, bar) : text.substr(bar + 1));
}

}  // namespace

std::string fill_in(std::string_view sentence, std::string_view who, std::int64_t a, std::int64_t b,
                    OwnField own_field) {
    const auto field = [&](std::string_view name) -> std::string {
        if (name == "who") return std::string(who);
        if (name == "a") return std::to_string(a);
        if (name == "b") return std::to_string(b);
        if (name.starts_with("a?") || name.starts_with("a!")) return alternative(name.substr(1), a);
        if (name.starts_with("b?") || name.starts_with("b!")) return alternative(name.substr(1), b);
        return own_field(name, a, b);
    };
    std::string told;
    for (;;) {
        const auto open = sentence.find('{');
        told += sentence.substr(0, open);
        if (open == std::string_view::npos) return told;
        // A field of a field: "{b?a callback|{cb}}" does not occur; the first brace ends it.
        const auto close = sentence.find('}', open);
        CHECK(close != std::string_view::npos);
        told += field(sentence.substr(open + 1, close - open - 1));
        sentence.remove_prefix(close + 1);
    }
}

}  // namespace rcufuzz::scenario
