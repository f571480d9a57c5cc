// SPDX-License-Identifier: GPL-2.0-or-later
#include "fuzz/numbers.h"

#include <charconv>
#include <cmath>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/text.h"

namespace rcufuzz::cli {

namespace {

constexpr double most_seconds = 1e9;

// The whole of `text` as a number.
template <typename Number, typename... Format>
std::optional<Number> number_in(std::string_view text, Format... format) {
    Number number{};
    const char* const end = text.data() + text.size();
    const auto [at, error] = std::from_chars(text.data(), end, number, format...);
    return error == std::errc{} && at == end ? std::optional(number) : std::nullopt;
}

}  // namespace

CLI::Validator whole(std::uint64_t min, std::uint64_t max) {
    std::string range = std::to_string(min) + " or more";
    if (max != most) range = std::to_string(min) + " to " + std::to_string(max);
    const auto check = [min, max, range](std::string& text) -> std::string {
        const bool hex = text.starts_with("0x");
        const auto number = number_in<std::uint64_t>(std::string_view(text).substr(hex ? 2 : 0),
                                                     hex ? 16 : 10);
        if (!number || *number < min || *number > max)
            return rcufuzz::quoted(text) + " is not a whole number, " + range;
        text = std::to_string(*number);
        return "";
    };
    return {check, range, "whole"};
}

CLI::Validator seconds() {
    const auto check = [](std::string& text) -> std::string {
        const auto number = number_in<double>(text, std::chars_format::general);
        if (number && std::isfinite(*number) && *number > 0 && *number <= most_seconds) return "";
        return rcufuzz::quoted(text) + " is not a number of seconds, above 0 and at most 1e9";
    };
    return {check, "seconds", "seconds"};
}

}  // namespace rcufuzz::cli
