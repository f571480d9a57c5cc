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

#include "core/run/plan.h"

namespace rcufuzz::report {

enum class Format { text, story, html, chrome_trace, json, mail };

// "text", "story", "html", "chrome-trace", "json", "mail".
std::optional<Format> format_from_word(std::string_view word);

// `file` is the plan's name in the command that replays it. A mail has the plan itself, and the
// commit that is to blame, unless `fixes` is empty.
std::string explain(const run::Plan& plan, Format format, const std::string& file,
                    const std::string& fixes = {});

}  // namespace rcufuzz::report
