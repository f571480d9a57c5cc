// SPDX-License-Identifier: GPL-2.0-or-later
//
// The files page.html, page.css and page.js of this folder, compiled in (see page.cpp.in).
#pragma once

#include <string_view>

namespace rcufuzz::report {

// Has the places {{title}}, {{css}}, {{data}} and {{js}}.
extern const std::string_view page_html;
extern const std::string_view page_css;
extern const std::string_view page_js;

}  // namespace rcufuzz::report
