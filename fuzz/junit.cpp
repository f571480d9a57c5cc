// SPDX-License-Identifier: GPL-2.0-or-later
#include "fuzz/junit.h"

#include <fmt/core.h>
#include <sys/stat.h>

#include <algorithm>
#include <string_view>

#include "core/base/check.h"
#include "core/base/files.h"
#include "core/base/text.h"

namespace rcufuzz::cli {

namespace {

// What every report of rcufuzz begins with, and no other program's.
constexpr std::string_view beginning =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n<testsuite name=\"rcufuzz ";
constexpr std::string_view replacement = "\xef\xbf\xbd";  // U+FFFD

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
    if (test.failure.empty() && test.error.empty() && test.output.empty()) return text + "/>\n";
    text += ">\n";
    if (!test.error.empty())
        text += fmt::format("    <error message=\"{}\"/>\n", escaped(test.error));
    else if (!test.failure.empty())
        text += fmt::format("    <failure message=\"{}\">{}</failure>\n", escaped(test.failure),
                            escaped(test.output));
    else
        text += fmt::format("    <system-out>{}</system-out>\n", escaped(test.output));
    return text + "  </testcase>\n";
}

}  // namespace

void check_junit(const std::string& file) {
    check_writable(file, true);
    struct stat status {};
    if (stat(file.c_str(), &status) != 0 || !S_ISREG(status.st_mode) || status.st_size == 0) return;
    if (read_start(file, beginning.size()) != beginning)
        throw UserError(file + ": exists and is no JUnit report of rcufuzz");
}

std::string junit_xml(const std::string& command, const std::vector<JunitCase>& cases) {
    const auto failures =
        std::ranges::count_if(cases, [](const JunitCase& test) { return !test.failure.empty(); });
    const auto errors =
        std::ranges::count_if(cases, [](const JunitCase& test) { return !test.error.empty(); });
    std::string text = std::string(beginning);
    text += fmt::format("{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"0\">\n",
                        escaped(command), cases.size(), failures, errors);
    for (const JunitCase& test : cases) text += case_xml(test);
    return text + "</testsuite>\n</testsuites>\n";
}

}  // namespace rcufuzz::cli
