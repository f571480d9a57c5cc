// SPDX-License-Identifier: GPL-2.0-or-later
//
// The formats of explain.h, one file each.
#pragma once

#include <string>

#include "core/report/explain.h"
#include "core/report/interleaving.h"
#include "core/report/replay.h"

namespace rcufuzz::report {

std::string explain_text(const Replay& replay, const Interleaving& interleaving,
                         const std::string& file);
// One self-contained page.
std::string explain_html(const Replay& replay, const Interleaving& interleaving,
                         const std::string& file, const std::string& made_by);
std::string explain_json(const Replay& replay, const Interleaving& interleaving,
                         const std::string& file);
// Plain text of at most 60 lines, as it can be sent to those who maintain the subject.
std::string explain_mail(const Replay& replay, const std::string& file, const Blame& blame);
// The order of the run as JSON, for `scripts/kernel confirm`: scripts/confirm/README.md.
std::string explain_script(const Replay& replay);
// For ui.perfetto.dev and chrome://tracing: a process for each CPU, a thread for each context,
// flows for arrows. An event of the trace takes a microsecond, so that no two are at the same time;
// step and jiffy are among the arguments.
std::string explain_chrome_trace(const Replay& replay, const Interleaving& interleaving);

}  // namespace rcufuzz::report
