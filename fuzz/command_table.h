// SPDX-License-Identifier: GPL-2.0-or-later
//
// The commands that hunt, replay and the like, with their options. Help, manual pages and
// completion are made of this table.
#pragma once

namespace CLI {
class App;
}

namespace rcufuzz::cli {

inline constexpr const char* json_help =
    "print one JSON document, and nothing else (fuzz/json.md)";

// A command's callback leaves its exit code in `exit_code`, which outlives the parsing.
void add_commands(CLI::App& app, int& exit_code);

}  // namespace rcufuzz::cli
