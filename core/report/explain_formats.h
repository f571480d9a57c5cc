// SPDX-License-Identifier: GPL-2.0-or-later
//
// The formats of explain.h, one file each.
#pragma once

#include <string>

#include "core/report/explain.h"
#include "core/report/find.h"
#include "core/report/interleaving.h"

namespace rcufuzz::report {

std::string explain_text(const Find& find, const Interleaving& interleaving,
                         const std::string& file);
// One self-contained page.
std::string explain_html(const Find& find, const Interleaving& interleaving,
                         const std::string& file, const std::string& made_by);
std::string explain_json(const Find& find, const Interleaving& interleaving,
                         const std::string& file);
// Plain text of at most 60 lines, as it can be sent to those who maintain the subject.
std::string explain_mail(const Find& find, const std::string& file, const Blame& blame);
// The order of the run as JSON, for `scripts/kernel confirm`: scripts/confirm/README.md.
std::string explain_script(const Find& find);
// For ui.perfetto.dev and chrome://tracing: a process for each CPU, a thread for each context,
// flows for arrows. An event of the trace takes a microsecond, so that no two are at the same time;
// step and jiffy are among the arguments.
std::string explain_chrome_trace(const Find& find, const Interleaving& interleaving);

}  // namespace rcufuzz::report
