// SPDX-License-Identifier: GPL-2.0-or-later
//
// The page's text, style and scripts, which stand in this folder (page.html, page.css, page*.js),
// compiled in.
#pragma once

#include <string_view>

namespace rcufuzz::report {

// Has the places {{title}}, {{css}}, {{data}} and {{js}}.
extern const std::string_view page_html;
extern const std::string_view page_css;
extern const std::string_view page_js;

}  // namespace rcufuzz::report
