// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>

#include "core/style/style_rules.h"

namespace rcufuzz::style {

namespace {

// Finds function bodies in code that clang-format has seen. The text between the last ';', '{' or
// '}' and a '{' tells whether the brace opens one; a heuristic that errs towards silence.
class FunctionFinder {
   public:
    explicit FunctionFinder(const SourceFile& file) : file_(file) {}

    Breaches too_long() {
        bool directive = false;
        for (line_ = 1; line_ <= file_.lines.size(); ++line_) {
            const std::string_view code = file_.lines[line_ - 1].code;
            const bool skip = directive || strip(code).starts_with('#');
            directive = skip && code.ends_with('\\');
            if (skip) continue;
            for (const char c : code) see(c);
            head_ += ' ';
        }
        return std::move(breaches_);
    }

   private:
    void see(char c) {
        if (c == '{') open_.push_back(opens_function(strip(head_)));
        if (c == '}') close();
        if (inside_function()) return;
        if (c == ';' || c == '{' || c == '}') {
            head_.clear();
        } else {
            if (strip(head_).empty()) head_line_ = line_;
            head_ += c;
        }
    }

    void close() {
        if (open_.empty()) return;
        const std::size_t length = line_ + 1 - head_line_;
        if (open_.back() && length > max_function_lines) {
            breaches_.push_back(
                {file_.path, head_line_, "function-length",
                 std::to_string(length) + " lines, at most " + std::to_string(max_function_lines)});
        }
        open_.pop_back();
    }

    bool opens_function(std::string_view head) const {
        const std::size_t parenthesis = head.find('(');
        if (inside_function() || parenthesis == head.npos) return false;
        if (head.substr(0, parenthesis).ends_with("alignas")) return false;
        return !head.ends_with('=') && !head.ends_with('(') && !head.ends_with(',');
    }

    bool inside_function() const { return std::ranges::count(open_, true) > 0; }

    const SourceFile& file_;
    std::size_t line_ = 0;
    std::string head_;  // code since the last ';', '{' or '}' outside functions
    std::size_t head_line_ = 0;
    std::vector<bool> open_;  // each open brace: a function body?
    Breaches breaches_;
};

bool is_project_header(std::string_view name) {
    return name.starts_with("core/") || name.starts_with("fuzz/") ||
           name.starts_with("properties/");
}

}  // namespace

Breaches check_includes(const Layers& layers, const SourceFile& file) {
    Breaches breaches;
    for (const Include& include : includes_of(file)) {
        const auto find = [&](std::string_view rule, const std::string& message) {
            breaches.push_back({file.path, include.line, std::string(rule), message});
        };
        if (!include.quoted) {
            if (!may_include_library(layers, file.path, include.name)) {
                find("library", "<" + include.name + "> belongs to another folder (layers.txt)");
            }
        } else if (!is_project_header(include.name)) {
            find("include-form",
                 "\"" + include.name + "\": ours from the root of the tree, others in <>");
        } else if (!may_include(layers, file.path, include.name)) {
            find("arrows",
                 "no arrow from " + folder_of(file.path) + " to " + include.name + " (layers.txt)");
        }
    }
    return breaches;
}

Breaches check_file_length(const SourceFile& file) {
    if (!is_cpp(file.path) || file.lines.size() <= max_file_lines) return {};
    return {{file.path, 0, "file-length",
             std::to_string(file.lines.size()) + " lines, at most " +
                 std::to_string(max_file_lines) + ": cut it where a reader would"}};
}

Breaches check_function_length(const SourceFile& file) {
    return is_cpp(file.path) ? FunctionFinder(file).too_long() : Breaches{};
}

Breaches check_licence(const SourceFile& file) {
    if (file.path.ends_with(".md")) return {};
    constexpr std::string_view tag = "SPDX-License-Identifier: GPL-2.0-or-later";
    const std::size_t within = is_cpp(file.path) ? 1 : 2;  // after #! or a doctype
    for (std::size_t i = 0; i < std::min(within, file.lines.size()); ++i) {
        if (file.lines[i].raw.find(tag) != std::string::npos) return {};
    }
    return {{file.path, 1, "licence", "begin with " + std::string(tag)}};
}

Breaches check_file(const Layers& layers, const SourceFile& file) {
    Breaches breaches;
    for (std::size_t i = 0; i < file.lines.size(); ++i) {
        append(breaches, check_line(file.path, i + 1, file.lines[i]));
    }
    append(breaches, check_includes(layers, file));
    append(breaches, check_file_length(file));
    append(breaches, check_function_length(file));
    append(breaches, check_licence(file));
    return breaches;
}

}  // namespace rcufuzz::style
