// SPDX-License-Identifier: GPL-2.0-or-later
//
// The formats of explain.h, one file each.
#pragma once

#include <string>

#include "core/report/find.h"
#include "core/report/interleaving.h"

namespace rcufuzz::report {

std::string explain_text(const Find& find, const Interleaving& interleaving,
                         const std::string& file);
// One self-contained page.
std::string explain_html(const Find& find, const Interleaving& interleaving,
                         const std::string& file);
std::string explain_json(const Find& find, const Interleaving& interleaving,
                         const std::string& file);
// For chrome://tracing and ui.perfetto.dev; one step of the run is shown as a microsecond.
std::string explain_chrome_trace(const Find& find, const Interleaving& interleaving);

}  // namespace rcufuzz::report
