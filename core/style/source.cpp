// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/style/source.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <fstream>
#include <iterator>

namespace rcufuzz::style {

namespace {

namespace fs = std::filesystem;

constexpr std::array walked_folders{"core", "fuzz", "properties", "corpus", "scripts", ".ci"};

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

// Walks over C++ text and says of each character whether it is code, comment or literal.
class Blanker {
   public:
    explicit Blanker(std::string_view content) : content_(content) {}

    std::vector<Line> lines() {
        while (at_ < content_.size()) {
            if (starts("//")) {
                comment_until("\n", 0);
            } else if (starts("/*")) {
                comment_until("*/", 2);
            } else if (starts("R\"") && (at_ == 0 || !is_word(content_[at_ - 1]))) {
                raw_string();
            } else if (content_[at_] == '"' || opens_character()) {
                quoted(content_[at_]);
            } else {
                emit(content_[at_], true, true);
            }
        }
        if (!line_.raw.empty()) lines_.push_back(std::move(line_));
        return std::move(lines_);
    }

   private:
    bool starts(std::string_view prefix) const { return content_.substr(at_).starts_with(prefix); }

    // A quote after a digit separates digits (1'000).
    bool opens_character() const {
        return content_[at_] == '\'' && (at_ == 0 || !is_word(content_[at_ - 1]));
    }

    void comment_until(std::string_view end, std::size_t kept) {
        const std::size_t found = content_.find(end, at_ + (kept == 0 ? 0 : 2));
        const std::size_t stop = found == content_.npos ? content_.size() : found + kept;
        while (at_ < stop) emit(content_[at_], false, true);
    }

    void raw_string() {
        const std::size_t open = content_.find('(', at_);
        if (open == content_.npos) return emit(content_[at_], true, true);
        const std::string close =
            ")" + std::string(content_.substr(at_ + 2, open - at_ - 2)) + "\"";
        const std::size_t found = content_.find(close, open);
        const std::size_t stop = found == content_.npos ? content_.size() : found + close.size();
        while (at_ < stop) emit(content_[at_], false, false);
    }

    void quoted(char quote) {
        emit(quote, true, true);
        while (at_ < content_.size() && content_[at_] != quote && content_[at_] != '\n') {
            if (content_[at_] == '\\') emit('\\', false, false);
            if (at_ < content_.size()) emit(content_[at_], false, false);
        }
        if (at_ < content_.size() && content_[at_] == quote) emit(quote, true, true);
    }

    void emit(char c, bool code, bool text) {
        ++at_;
        if (c == '\n') {
            lines_.push_back(std::move(line_));
            line_ = {};
            return;
        }
        line_.raw += c;
        line_.code += code ? c : ' ';
        line_.text += text ? c : ' ';
    }

    std::string_view content_;
    std::size_t at_ = 0;
    Line line_;
    std::vector<Line> lines_;
};

std::vector<Line> plain_lines(std::string_view content) {
    std::vector<Line> lines;
    while (!content.empty()) {
        const std::size_t end = std::min(content.find('\n'), content.size());
        const std::string line(content.substr(0, end));
        lines.push_back({line, line, line});
        content.remove_prefix(std::min(end + 1, content.size()));
    }
    return lines;
}

std::string read(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

bool is_script(std::string_view path) {
    return (path.starts_with("scripts/") && path.find('.') == path.npos) || path == ".ci/run";
}

bool is_source(std::string_view path) {
    return is_cpp(path) || is_script(path) || path.ends_with(".py") || path.ends_with(".md") ||
           path.ends_with(".html") || path.ends_with(".css") || path.ends_with(".js") ||
           path.ends_with("CMakeLists.txt");
}

void add_file(Tree& tree, const fs::path& root, const std::string& path) {
    if (is_source(path)) {
        tree.files.push_back(parse_source(path, read(root / path)));
    } else {
        tree.other_files.push_back(path);
    }
}

}  // namespace

bool mentions(std::string_view code, std::string_view name) {
    for (std::size_t at = code.find(name); at != code.npos; at = code.find(name, at + 1)) {
        const bool member = at > 0 && (code[at - 1] == '.' || code.substr(0, at).ends_with("->"));
        const bool begins = at == 0 || !is_word(code[at - 1]);
        const std::size_t end = at + name.size();
        const bool open_end = !is_word(name.back()) || name.back() == '_';
        const bool ends = open_end || end == code.size() || !is_word(code[end]);
        if (begins && ends && !member) return true;
    }
    return false;
}

std::string_view strip(std::string_view text) {
    constexpr std::string_view blanks = " \t\r\n";
    const std::size_t begin = text.find_first_not_of(blanks);
    if (begin == text.npos) return {};
    return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

bool is_cpp(std::string_view path) {
    return path.ends_with(".cpp") || path.ends_with(".c") || is_header(path);
}

bool is_header(std::string_view path) { return path.ends_with(".h") || path.ends_with(".def"); }

bool is_test(std::string_view path) {
    return path.ends_with("_test.cpp") || path.ends_with("_test.h");
}

bool is_bench(std::string_view path) {
    return path.ends_with("_bench.cpp") || path.ends_with("/bench.cpp");
}

SourceFile parse_source(std::string path, std::string_view content) {
    std::vector<Line> lines = is_cpp(path) ? Blanker(content).lines() : plain_lines(content);
    return {std::move(path), std::move(lines)};
}

std::vector<Include> includes_of(const SourceFile& file) {
    std::vector<Include> includes;
    if (!is_cpp(file.path)) return includes;
    for (std::size_t i = 0; i < file.lines.size(); ++i) {
        if (!strip(file.lines[i].code).starts_with("#include")) continue;
        const std::string& raw = file.lines[i].raw;
        const std::size_t open = raw.find_first_of("\"<");
        if (open == raw.npos) continue;
        const bool quoted = raw[open] == '"';
        const std::size_t close = raw.find(quoted ? '"' : '>', open + 1);
        if (close == raw.npos) continue;
        includes.push_back({i + 1, raw.substr(open + 1, close - open - 1), quoted});
    }
    return includes;
}

Tree read_tree(const fs::path& root) {
    Tree tree;
    for (const auto& entry : fs::directory_iterator(root)) {
        const std::string name = entry.path().filename().string();
        if (name.starts_with('.') || name == "build") continue;
        tree.top_level.push_back(name);
        if (entry.is_regular_file()) add_file(tree, root, name);
    }
    for (const char* folder : walked_folders) {
        if (!fs::is_directory(root / folder)) continue;
        tree.folders.push_back(folder);
        for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
            const std::string path = entry.path().lexically_relative(root).generic_string();
            if (entry.is_directory()) tree.folders.push_back(path);
            if (entry.is_regular_file()) add_file(tree, root, path);
        }
    }
    std::ranges::sort(tree.top_level);
    std::ranges::sort(tree.folders);
    std::ranges::sort(tree.other_files);
    std::ranges::sort(tree.files, {}, &SourceFile::path);
    return tree;
}

}  // namespace rcufuzz::style
