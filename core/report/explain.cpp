// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/report/explain.h"

#include <array>

#include "core/base/check.h"
#include "core/report/explain_formats.h"
#include "core/report/tell.h"

namespace rcufuzz::report {

namespace {

struct FormatWord {
    std::string_view word;
    Format format;
};
constexpr std::array format_words{
    FormatWord{"text", Format::text}, FormatWord{"story", Format::story},
    FormatWord{"html", Format::html}, FormatWord{"chrome-trace", Format::chrome_trace},
    FormatWord{"json", Format::json}, FormatWord{"mail", Format::mail},
    FormatWord{"script", Format::script}};

}  // namespace

std::optional<Format> format_from_word(std::string_view word) {
    for (const FormatWord& entry : format_words)
        if (entry.word == word) return entry.format;
    return std::nullopt;
}

std::vector<std::string> format_names() {
    std::vector<std::string> names;
    for (const FormatWord& entry : format_words) names.emplace_back(entry.word);
    return names;
}

std::string explain(const run::Plan& plan, Format format, const std::string& file,
                    const Blame& blame) {
    if (format == Format::story) return tell(plan);
    const Replay replay = replay_traced(plan);
    if (format == Format::mail) return explain_mail(replay, file, blame);
    if (format == Format::script) return explain_script(replay);
    const Interleaving interleaving = interleave(plan, replay.trace);
    switch (format) {
        case Format::html:
            return explain_html(replay, interleaving, file, blame.made_by);
        case Format::chrome_trace:
            return explain_chrome_trace(replay, interleaving);
        case Format::json:
            return explain_json(replay, interleaving, file);
        case Format::text:
        case Format::story:
        case Format::mail:
        case Format::script:
            break;
    }
    return explain_text(replay, interleaving, file);
}

}  // namespace rcufuzz::report
