// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/report/sentence.h"

#include <algorithm>

#include "core/base/text.h"

namespace rcufuzz::report {

namespace {

constexpr std::size_t line_columns = 100;

bool is_name(std::string_view word, const run::NamedTrace& trace) {
    if (word.find_first_of("_(0123456789") != word.npos) return true;
    // "rcuog" where there is a context "rcuog0".
    return std::any_of(trace.contexts.begin(), trace.contexts.end(),
                       [word](const std::string& context) {
                           return word.size() > 2 && context.starts_with(word);
                       });
}

}  // namespace

std::string as_sentence(std::string text, const run::NamedTrace& trace) {
    const std::size_t end = std::min(text.find_first_of(" ,.:'"), text.size());
    if (text.empty() || text[0] < 'a' || text[0] > 'z') return text;
    if (!is_name(std::string_view(text).substr(0, end), trace))
        text[0] = static_cast<char>(text[0] - 'a' + 'A');
    return text;
}

std::string interrupt_words(std::string_view context_name) {
    const std::size_t slash = context_name.find('/');
    if (slash == context_name.npos) return "";
    const std::string_view slot = context_name.substr(slash + 1);
    if (slot == "softirq") return "in softirq context";
    if (slot.starts_with("hardirq")) return "in an interrupt";
    if (slot == "nmi2") return "in an NMI within an NMI";
    if (slot.starts_with("nmi")) return "in an NMI";
    return "in another task";
}

std::string with_cpu_names(std::string text) {
    constexpr std::string_view task = "task[";
    for (std::size_t at = 0; (at = text.find(task, at)) != text.npos;) {
        const std::size_t digits = at + task.size();
        const std::size_t end = text.find(']', digits);
        if (end == text.npos) break;
        text.erase(end, 1);
        text.replace(at, task.size(), "cpu");
    }
    return text;
}

std::string without_end(std::string text) {
    text.erase(text.find_last_not_of(" .\n") + 1);
    return text;
}

std::string wrapped(std::string_view text, std::size_t indent) {
    std::string result;
    std::string line(text.substr(0, text.find_first_not_of(' ')));
    bool empty = true;
    for (const std::string_view word : words(text)) {
        if (!empty && line.size() + 1 + word.size() > line_columns) {
            result += line + "\n";
            line.assign(indent, ' ');
            empty = true;
        }
        line += (empty ? "" : " ") + std::string(word);
        empty = false;
    }
    return result + line + "\n";
}

std::string joined(const std::vector<std::string>& list, std::string_view separator) {
    std::string text;
    for (const std::string& item : list) {
        if (!text.empty()) text += separator;
        text += item;
    }
    return text;
}

}  // namespace rcufuzz::report
