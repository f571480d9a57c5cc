// SPDX-License-Identifier: GPL-2.0-or-later
//
// The style of the page of `rcufuzz status`, from status_page.css.
#pragma once

#include <string_view>

namespace rcufuzz::cli {
extern const std::string_view status_css;
}
