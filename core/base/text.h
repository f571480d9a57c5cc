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

// 'text', as messages show what the user wrote.
std::string quoted(std::string_view text);

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

// Whole file as bytes. Throws UserError("FILE: reason").
std::vector<std::uint8_t> read_file(const std::string& path);

// Writes whole file. Refuses to replace an existing file unless `overwrite`. Throws UserError.
void write_file(const std::string& path, std::string_view content, bool overwrite);

}  // namespace rcufuzz
