// SPDX-License-Identifier: GPL-2.0-or-later
//
// Which rcufuzz this is: the revision that it was built of. The build makes version.cpp.
#pragma once

#include <string_view>

namespace rcufuzz::cli {

// "87a9c50d4f1e", with "-dirty" behind it where the tree had changes; "unknown" outside of git.
std::string_view revision();

}  // namespace rcufuzz::cli
