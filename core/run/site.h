// SPDX-License-Identifier: GPL-2.0-or-later
//
// A place in the source as reports and finds name it: "nocb/wake.cpp:87 wake_nocb_gp". The same
// text whatever compiler built the program and wherever the tree lay.
#pragma once

#include <string>
#include <string_view>

#include "core/sim/site.h"

namespace rcufuzz::run {

// Empty for a default-constructed location.
std::string site_text(const sim::Site& site);
// The same in a sentence: "wake_nocb_gp() (nocb/wake.cpp:87)".
std::string site_words(const sim::Site& site);

// "core/subsystems/nocb/wake.cpp" -> "nocb/wake.cpp", "core/kernel/rcu.cpp" -> "kernel/rcu.cpp".
// Files of a kernel tree have names from its top, and keep them: "kernel/rcu/tree.c".
std::string_view site_file(std::string_view path);

// The bare name out of what sim::Site::function_name() gives, in which compilers differ. A
// lambda goes by the name of the function around it.
std::string_view bare_function_name(std::string_view pretty);

}  // namespace rcufuzz::run
