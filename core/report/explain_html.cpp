// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/report/explain_formats.h"
#include "core/report/page.h"
#include "core/report/page_data.h"

namespace rcufuzz::report {

namespace {

// JSON within a script element: nothing in it can end the element or begin another.
std::string embedded(std::string json) {
    for (std::size_t at = json.find('<'); at != json.npos; at = json.find('<', at))
        json.replace(at, 1, "\\u003c");
    return json;
}

// `text` with its places {{name}} filled; what is filled in is not looked at again.
std::string filled(std::string_view text, const auto& content_of) {
    std::string result;
    for (std::size_t open = text.find("{{"); open != text.npos; open = text.find("{{")) {
        const std::size_t close = text.find("}}", open);
        result += text.substr(0, open);
        result += content_of(text.substr(open + 2, close - open - 2));
        text.remove_prefix(close + 2);
    }
    return result + std::string(text);
}

}  // namespace

std::string explain_html(const Replay& replay, const Interleaving& interleaving,
                         const std::string& file, const std::string& made_by) {
    return filled(page_html, [&](std::string_view place) -> std::string {
        if (place == "title") return std::string(word(replay.outcome.verdict));
        if (place == "css") return std::string(page_css);
        if (place == "js") return std::string(page_js);
        return embedded(page_data(replay, interleaving, {file, made_by}));
    });
}

}  // namespace rcufuzz::report
