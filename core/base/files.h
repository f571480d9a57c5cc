// SPDX-License-Identifier: GPL-2.0-or-later
//
// The one door to files. What is read is bounded; what is written is there whole or not at all,
// also where the disk is full, the process is killed, or another one writes into the same folder.
//
// Everything here throws UserError("FILE: reason").
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace rcufuzz {

// No input of any kind comes near: the largest plan has some 600 KB as text.
inline constexpr std::size_t max_input_bytes = std::size_t{4} << 20;

// The whole of a regular file, or of standard input where the name is "-". Anything else (a folder,
// a FIFO, a device) and anything larger than `limit` bytes is refused.
std::vector<std::uint8_t> read_file(const std::string& path, std::size_t limit = max_input_bytes);
std::string read_text(const std::string& path);

// What a regular file begins with, up to `count` bytes.
std::string read_start(const std::string& path, std::size_t count);

// Refuses to replace an existing file unless `overwrite`. A file that is replaced keeps its mode;
// a device or FIFO is written to as it is, and again only if `overwrite`.
void write_file(const std::string& path, std::string_view content, bool overwrite);

// Whether write_file() may do that, as far as can be known before.
void check_writable(const std::string& path, bool overwrite);

// Under this name, or where a file of that name holds something else (a broken one, say), under
// the name with -2 and so on before its extension. Returns the path. What is there already and
// whole is left as it is.
std::string write_apart(const std::string& folder, const std::string& name,
                        std::string_view content);

// Makes the folder, with those above it, where it is not there; it can be written to.
void make_folder(const std::string& folder);

// "FOLDER/NAME"; NAME alone in the folder ".".
std::string in_folder(const std::string& folder, const std::string& name);

}  // namespace rcufuzz
