// SPDX-License-Identifier: GPL-2.0-or-later
//
// Small text helpers for the line-based file formats (plans, stories).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rcufuzz {

std::string_view trim(std::string_view text);

// How many bytes of UTF-8 the text begins with, up to four; 0 where it begins with something else.
std::size_t utf8_length(std::string_view text);

// One line that a terminal shows as it is: control characters, what changes the direction of
// text, and bytes that are not UTF-8 become \x1b and the like.
std::string printable(std::string_view text);

// The same for a text of several lines: their ends and tabs stay.
std::string printable_lines(std::string_view text);

// Text of more than `limit` bytes without its middle.
std::string shortened(std::string_view text, std::size_t limit);

// 'text', as messages show what the user wrote: printable, and not too long.
std::string quoted(std::string_view text);

// `text` in Markdown, printable, with none of it taken for markup.
std::string as_code(std::string_view text);

// The words of a line, separated by blanks; a '#' that begins a word starts a comment.
std::vector<std::string_view> words(std::string_view line);

std::vector<std::string_view> lines(std::string_view text);

// A whole decimal or 0x number, nothing else around it.
std::optional<std::int64_t> parse_int(std::string_view text);

// "refs0" as {"refs", 0}; empty where no number below `limit` stands at the end.
struct NumberedName {
    std::string_view name;
    std::size_t number;
};
std::optional<NumberedName> numbered_name(std::string_view text, std::size_t limit);

}  // namespace rcufuzz
