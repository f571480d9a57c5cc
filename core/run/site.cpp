// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/run/site.h"

namespace rcufuzz::run {

namespace {

bool is_identifier(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '~';
}

// The identifier that ends before `end`, template arguments between them skipped.
std::string_view identifier_before(std::string_view text, std::size_t end) {
    if (end != 0 && text[end - 1] == '>') {
        int depth = 0;
        do {
            --end;
            depth += text[end] == '>' ? 1 : text[end] == '<' ? -1 : 0;
        } while (end != 0 && depth != 0);
    }
    std::size_t begin = end;
    while (begin != 0 && is_identifier(text[begin - 1])) --begin;
    return text.substr(begin, end - begin);
}

}  // namespace

std::string_view site_file(std::string_view path) {
    for (const std::string_view root : {"core/subsystems/", "core/"}) {
        const std::size_t at = path.rfind(root);
        if (at != path.npos) return path.substr(at + root.size());
    }
    if (!path.starts_with('/')) return path;
    const std::size_t slash = path.rfind('/');
    return slash == path.npos ? path : path.substr(slash + 1);
}

// The name is what stands before the first parenthesis that opens a parameter list: not those of
// "(anonymous namespace)" and "(anonymous class)", nor of a lambda's "<lambda(int)>".
std::string_view bare_function_name(std::string_view pretty) {
    for (std::size_t at = pretty.find('('); at != pretty.npos; at = pretty.find('(', at + 1)) {
        if (pretty.substr(at).starts_with("(anonymous")) continue;
        const std::string_view name = identifier_before(pretty, at);
        if (name.empty() || name == "lambda") continue;
        return name;
    }
    // A function name without parameters, or a lambda outside of any function.
    if (pretty.find('(') != pretty.npos) return "lambda";
    const std::string_view name = identifier_before(pretty, pretty.size());
    return name.empty() ? "lambda" : name;
}

std::string site_text(const sim::Site& site) {
    if (site.line() == 0) return {};
    std::string text(site_file(site.file_name()));
    text += ":" + std::to_string(site.line()) + " ";
    text += bare_function_name(site.function_name());
    return text;
}

std::string site_words(const sim::Site& site) {
    return std::string(bare_function_name(site.function_name())) + "() (" +
           std::string(site_file(site.file_name())) + ":" + std::to_string(site.line()) + ")";
}

}  // namespace rcufuzz::run
