// SPDX-License-Identifier: GPL-2.0-or-later
//
// What the program says of itself, made of the tables that its command line is parsed by: manual
// pages, completion, and the same as JSON. A command or option that is added there is in all.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "fuzz/json_stream.h"

namespace CLI {
class App;
}

namespace rcufuzz::cli {

// The commands' names, in the order of the tables.
std::vector<std::string> command_names(const CLI::App& app);

// For man(1): rcufuzz(1), or the page of one command, "rcufuzz-hunt(1)".
std::string man_page(const CLI::App& app, std::string_view command);

// The commands and their options, or those of one command.
Json commands_json(const CLI::App& app, std::string_view command);

// A script that the shell, bash or zsh, reads: names of commands, options, targets, bugs and the
// like. Throws UserError for any other shell.
std::string completion(const CLI::App& app, std::string_view shell);

}  // namespace rcufuzz::cli
