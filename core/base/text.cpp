// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/base/text.h"

#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>

#include "core/base/check.h"

namespace rcufuzz {

namespace {

constexpr std::string_view blanks = " \t\r";

struct CloseFile {
    void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, CloseFile>;

[[noreturn]] void fail(const std::string& path, const char* reason) {
    throw UserError(path + ": " + reason);
}

}  // namespace

std::string_view trim(std::string_view text) {
    const auto first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

std::string quoted(std::string_view text) { return "'" + std::string(text) + "'"; }

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

std::vector<std::uint8_t> read_file(const std::string& path) {
    if (std::filesystem::is_directory(path)) fail(path, "is a directory");
    const File file{std::fopen(path.c_str(), "rb")};
    if (!file) fail(path, std::strerror(errno));
    std::vector<std::uint8_t> bytes;
    std::uint8_t buffer[16384];
    std::size_t count = 0;
    while ((count = std::fread(buffer, 1, sizeof buffer, file.get())) > 0)
        bytes.insert(bytes.end(), buffer, buffer + count);
    if (std::ferror(file.get())) fail(path, "cannot be read");
    return bytes;
}

void write_file(const std::string& path, std::string_view content, bool overwrite) {
    // "x": the file must not exist yet, decided by the kernel and not by a test before it.
    const File file{std::fopen(path.c_str(), overwrite ? "wb" : "wbx")};
    if (!file) {
        fail(path, errno == EEXIST ? "exists already (use -f to overwrite)" : std::strerror(errno));
    }
    const bool written =
        std::fwrite(content.data(), 1, content.size(), file.get()) == content.size();
    if (!written || std::fflush(file.get()) != 0) fail(path, "cannot be written");
}

}  // namespace rcufuzz
