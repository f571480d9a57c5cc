// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/base/text.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace rcufuzz {

namespace {

constexpr std::string_view blanks = " \t\r";

constexpr std::size_t longest_quote = 120;  // bytes

std::string escape(std::string_view bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        text += {'\\', 'x', digits[byte >> 4], digits[byte & 0xf]};
    }
    return text;
}

// Characters that are seen by what they do to others: C1 controls, direction marks and overrides,
// line and paragraph separators, the byte order mark. As the first bytes of their UTF-8.
bool is_invisible(std::string_view character) {
    if (character.size() == 1) return character[0] < 0x20 || character[0] == 0x7f;
    if (character.size() == 2) return character >= "\xc2\x80" && character <= "\xc2\x9f";
    struct Range {
        std::string_view first, last;
    };
    constexpr std::array<Range, 4> ranges{{{"\xe2\x80\x8b", "\xe2\x80\x8f"},
                                           {"\xe2\x80\xa8", "\xe2\x80\xae"},
                                           {"\xe2\x81\xa0", "\xe2\x81\xaf"},
                                           {"\xef\xbb\xbf", "\xef\xbb\xbf"}}};
    return character.size() == 3 && std::ranges::any_of(ranges, [&](const Range& range) {
               return character >= range.first && character <= range.last;
           });
}

// `text` with what a terminal does not show as it is escaped, but for the characters of `kept`.
std::string escaped(std::string_view text, std::string_view kept) {
    std::string result;
    while (!text.empty()) {
        const std::size_t length = utf8_length(text);
        const std::string_view character = text.substr(0, std::max<std::size_t>(length, 1));
        const bool shown = length != 0 && !is_invisible(character);
        if (shown || kept.find(character) != kept.npos)
            result += character;
        else
            result += escape(character);
        text.remove_prefix(character.size());
    }
    return result;
}

// The place at or before `at` where a character begins.
std::size_t character_start(std::string_view text, std::size_t at) {
    while (at > 0 && at < text.size() && (text[at] & 0xc0) == 0x80) --at;
    return at;
}

}  // namespace

std::string_view trim(std::string_view text) {
    const auto first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

std::size_t utf8_length(std::string_view text) {
    if (text.empty()) return 0;
    const auto lead = static_cast<unsigned char>(text[0]);
    if (lead < 0x80) return 1;
    const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if (lead < 0xc2 || lead > 0xf4 || text.size() < length) return 0;
    const auto second = static_cast<unsigned char>(text[1]);
    const bool overlong = (lead == 0xe0 && second < 0xa0) || (lead == 0xf0 && second < 0x90);
    const bool no_character = (lead == 0xed && second > 0x9f) || (lead == 0xf4 && second > 0x8f) ||
                              text.starts_with("\xef\xbf\xbe") || text.starts_with("\xef\xbf\xbf");
    const bool goes_on =
        std::ranges::all_of(text.substr(1, length - 1), [](char c) { return (c & 0xc0) == 0x80; });
    return overlong || no_character || !goes_on ? 0 : length;
}

std::string printable(std::string_view text) { return escaped(text, ""); }

std::string printable_lines(std::string_view text) { return escaped(text, "\n\t"); }

std::string shortened(std::string_view text, std::size_t limit) {
    if (text.size() <= limit) return std::string(text);
    const std::size_t head = character_start(text, limit / 2);
    const std::size_t tail = character_start(text, text.size() - limit / 2);
    return std::string(text.substr(0, head)) + "[...]" + std::string(text.substr(tail));
}

std::string quoted(std::string_view text) {
    return "'" + shortened(printable(text), longest_quote) + "'";
}

std::string as_code(std::string_view text) {
    const std::string shown = printable(text);
    std::size_t longest = 0;
    std::size_t run = 0;
    for (const char c : shown) {
        run = c == '`' ? run + 1 : 0;
        longest = std::max(longest, run);
    }
    // A table ends its cells at a '|' even within code, unless there is a backslash before it.
    std::string inner;
    for (const char c : shown) inner += c == '|' ? std::string("\\|") : std::string(1, c);
    const std::string fence(longest + 1, '`');
    const std::string pad = longest != 0 ? " " : "";
    return fence + pad + inner + pad + fence;
}

std::vector<std::string_view> words(std::string_view line) {
    std::vector<std::string_view> result;
    for (;;) {
        const auto first = line.find_first_not_of(blanks);
        if (first == std::string_view::npos || line[first] == '#') return result;
        line.remove_prefix(first);
        const auto length = std::min(line.find_first_of(blanks), line.size());
        result.push_back(line.substr(0, length));
        line.remove_prefix(length);
    }
}

std::vector<std::string_view> lines(std::string_view text) {
    std::vector<std::string_view> result;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        result.push_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return result;
}

std::optional<std::int64_t> parse_int(std::string_view text) {
    bool negative = false;
    if (text.starts_with('-')) {
        negative = true;
        text.remove_prefix(1);
    }
    int base = 10;
    if (text.starts_with("0x")) {
        base = 16;
        text.remove_prefix(2);
    }
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    if (value > static_cast<std::uint64_t>(INT64_MAX)) return std::nullopt;
    const auto result = static_cast<std::int64_t>(value);
    return negative ? -result : result;
}

std::optional<NumberedName> numbered_name(std::string_view text, std::size_t limit) {
    const std::size_t digits = text.find_last_not_of("0123456789") + 1;
    const auto number = parse_int(text.substr(digits));
    if (!number || static_cast<std::size_t>(*number) >= limit) return std::nullopt;
    return NumberedName{text.substr(0, digits), static_cast<std::size_t>(*number)};
}

}  // namespace rcufuzz
