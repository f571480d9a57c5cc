// SPDX-License-Identifier: GPL-2.0-or-later
#include "fuzz/junit.h"

#include <fmt/core.h>

#include <algorithm>
#include <filesystem>
#include <string_view>

#include "core/base/check.h"
#include "core/base/text.h"

namespace rcufuzz::cli {

namespace {

constexpr std::string_view declaration = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
constexpr std::string_view replacement = "\xef\xbf\xbd";  // U+FFFD

// How many bytes of UTF-8 the text begins with, up to four; 0 where it begins with something else.
std::size_t utf8_length(std::string_view text) {
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

// For text and for attribute values. XML 1.0 has no way to write most control characters, nor
// bytes that are not UTF-8.
std::string escaped(std::string_view text) {
    std::string result;
    while (!text.empty()) {
        const std::size_t length = utf8_length(text);
        const char c = text[0];
        if (length > 1)
            result += text.substr(0, length);
        else if (c == '&')
            result += "&amp;";
        else if (c == '<')
            result += "&lt;";
        else if (c == '>')
            result += "&gt;";
        else if (c == '"')
            result += "&quot;";
        else if (c == '\n' || c == '\t' || c == '\r')
            result += fmt::format("&#{};", static_cast<int>(c));
        else if (length == 0 || (c >= 0 && c < 0x20))
            result += replacement;
        else
            result += c;
        text.remove_prefix(std::max<std::size_t>(length, 1));
    }
    return result;
}

std::string case_xml(const JunitCase& test) {
    std::string text = fmt::format("  <testcase classname=\"{}\" name=\"{}\"", escaped(test.group),
                                   escaped(test.name));
    if (test.seconds) text += fmt::format(" time=\"{:.3f}\"", *test.seconds);
    if (test.failure.empty() && test.output.empty()) return text + "/>\n";
    text += ">\n";
    if (!test.failure.empty())
        text += fmt::format("    <failure message=\"{}\">{}</failure>\n", escaped(test.failure),
                            escaped(test.output));
    else
        text += fmt::format("    <system-out>{}</system-out>\n", escaped(test.output));
    return text + "  </testcase>\n";
}

}  // namespace

void claim_junit(const std::string& file) {
    if (std::filesystem::exists(file)) {
        const std::vector<std::uint8_t> old = read_file(file);
        if (!old.empty() && !std::string(old.begin(), old.end()).starts_with(declaration))
            throw UserError(file + ": exists and is no JUnit report");
    }
    write_file(file, "", true);
}

std::string junit_xml(const std::string& suite, const std::vector<JunitCase>& cases) {
    const auto failures =
        std::ranges::count_if(cases, [](const JunitCase& test) { return !test.failure.empty(); });
    std::string text = std::string(declaration) + "<testsuites>\n";
    text += fmt::format(
        "<testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"0\">\n",
        escaped(suite), cases.size(), failures);
    for (const JunitCase& test : cases) text += case_xml(test);
    return text + "</testsuite>\n</testsuites>\n";
}

}  // namespace rcufuzz::cli
