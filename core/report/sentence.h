// SPDX-License-Identifier: GPL-2.0-or-later
//
// The grammar that stories need.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/run/runner.h"

namespace rcufuzz::report {

// With a capital letter, unless it begins with the name of a context, a function or a variable.
std::string as_sentence(std::string text, const run::NamedTrace& trace);

// "in softirq context" for a context named "cpu1/softirq"; empty for a CPU's first task.
std::string interrupt_words(std::string_view context_name);

// Without the period and the line break that a kernel's message may end with.
// Oracles call a CPU's own task "task[1]"; people call it by its CPU, "cpu1".
std::string with_cpu_names(std::string text);

std::string without_end(std::string text);

// Broken into lines of at most 100 columns, all but the first indented.
std::string wrapped(std::string_view text, std::size_t indent);

std::string joined(const std::vector<std::string>& list, std::string_view separator);

}  // namespace rcufuzz::report
