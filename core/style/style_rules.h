// SPDX-License-Identifier: GPL-2.0-or-later
//
// The rules of this code base that a compiler does not know, as pure functions from text to
// breaches. style_test.cpp applies them to the tree; style_rules_test.cpp shows that each can fail.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/style/layers.h"
#include "core/style/source.h"

namespace rcufuzz::style {

inline constexpr std::size_t max_file_lines = 500;
inline constexpr std::size_t max_function_lines = 70;
inline constexpr std::size_t max_line_columns = 100;

struct Breach {
    std::string path;
    std::size_t line = 0;  // from 1; 0: the file as a whole
    std::string rule;      // one word, the one that `except` in layers.txt takes
    std::string message;   // what is wrong, and what to use instead
};

using Breaches = std::vector<Breach>;

// "core/sim/world.cpp:12: [threads] std::thread: ..."
std::string to_string(const Breach& breach);

void append(Breaches& all, const Breaches& more);

// ---- one line: line-length, leftover, and the banned calls, each a rule with its replacement
Breaches check_line(std::string_view path, std::size_t number, const Line& line);

// ---- one file
Breaches check_includes(const Layers& layers, const SourceFile& file);  // arrows, include-form,
                                                                        // library
Breaches check_file_length(const SourceFile& file);                     // file-length
Breaches check_function_length(const SourceFile& file);                 // function-length
Breaches check_licence(const SourceFile& file);                         // licence
Breaches check_file(const Layers& layers, const SourceFile& file);      // all of the above

// ---- the tree
Breaches check_headers_used(const Tree& tree);  // unused-header
Breaches check_top_level(const Tree& tree);     // top-level
Breaches check_folders(const Tree& tree);       // folder: no tests/ or docs/, a README by all code
Breaches check_subsystems(const Tree& tree);    // subsystem: each has a test of its own
Breaches check_links(const Tree& tree);         // link: links and paths in *.md lead somewhere

// Everything, less what layers.txt excuses, plus the excuses that nothing needs (stale-excuse).
Breaches check_tree(const Layers& layers, const Tree& tree);

}  // namespace rcufuzz::style
