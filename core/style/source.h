// SPDX-License-Identifier: GPL-2.0-or-later
//
// The source tree as the style rules see it: each file as lines, once as written and twice with
// parts blanked out, so that a rule about calls never trips over a comment or a string.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace rcufuzz::style {

struct Line {
    std::string raw;   // as written
    std::string code;  // comments, and what stands inside quotes, replaced by blanks
    std::string text;  // comments kept; only what stands inside quotes replaced by blanks
};

struct SourceFile {
    std::string path;  // from the root of the tree, with '/'
    std::vector<Line> lines;
};

struct Tree {
    std::vector<SourceFile> files;         // .h .cpp .c .def .md, CMakeLists.txt and scripts
    std::vector<std::string> folders;      // every folder below the top level
    std::vector<std::string> top_level;    // names, without dot files and the build folder
    std::vector<std::string> other_files;  // paths of all remaining files
};

struct Include {
    std::size_t line;  // from 1
    std::string name;
    bool quoted;  // "..." and not <...>
};

// Splits a file into lines and blanks comments and literals, raw strings included. For C and C++.
SourceFile parse_source(std::string path, std::string_view content);

std::vector<Include> includes_of(const SourceFile& file);

// Reads the tree under `root`, in an order that does not depend on the file system.
Tree read_tree(const std::filesystem::path& root);

// Whether `name` stands in `code` as a whole name and not as a member (`prng.rand()`). A name that
// ends in '_' stands for every name that begins so.
bool mentions(std::string_view code, std::string_view name);

std::string_view strip(std::string_view text);

bool is_cpp(std::string_view path);     // .h .cpp .c .def
bool is_header(std::string_view path);  // .h .def
bool is_test(std::string_view path);    // x_test.cpp x_test.h
bool is_bench(std::string_view path);   // x_bench.cpp bench.cpp

}  // namespace rcufuzz::style
