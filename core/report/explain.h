// SPDX-License-Identifier: GPL-2.0-or-later
//
// A find as a report: replays the plan and shows what happened, always in the same order. What is
// wrong and where; the command that replays it; the operations; the interleaving; who waits for
// what at the end; why the oracle objects; the configuration.
//
// Deterministic: the same plan gives the same bytes.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/run/plan.h"

namespace rcufuzz::report {

enum class Format { text, story, html, chrome_trace, json, mail, script };

// "text", "story", "html", "chrome-trace", "json", "mail", "script".
std::optional<Format> format_from_word(std::string_view word);
std::vector<std::string> format_names();

// What a mail or a page says beyond the plan, where somebody knows; each may be empty.
struct Blame {
    std::string patch{};   // of a series: `patch 2/3 "a title"`
    std::string commit{};  // as after "Fixes:", `0123456789ab ("a title")`
    std::string booted{};  // what a booted kernel showed, in a sentence or two
    std::string made_by{};  // of a page: which rcufuzz, as in "revision 0123456789ab"
};

// `file` is the plan's name in the command that replays it; a mail has the plan itself. Throws
// UserError where the plan shows nothing that a mail could be about.
std::string explain(const run::Plan& plan, Format format, const std::string& file,
                    const Blame& blame = {});

}  // namespace rcufuzz::report
