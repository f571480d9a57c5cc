// SPDX-License-Identifier: GPL-2.0-or-later
//
// What manual pages and completion ask of the tables of the command line.
#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace rcufuzz::cli {

std::vector<const CLI::App*> commands_of(const CLI::App& app);

// In the order of the tables, the help of each command last.
std::vector<const CLI::Option*> options_of(const CLI::App& command);

bool takes_value(const CLI::Option& option);

// "--output", where it has a long name; "-o"; or "file", of an argument without dashes.
std::string name_of(const CLI::Option& option);

// The words that may stand for it, where there is a list of them.
std::vector<std::string> words_for(const CLI::App& command, const CLI::Option& option);

}  // namespace rcufuzz::cli
