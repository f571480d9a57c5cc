// SPDX-License-Identifier: GPL-2.0-or-later
//
// The command line: reads the words, runs the command, says what a mistyped word may have meant.
#pragma once

namespace rcufuzz::cli {

// Parses, runs the command, and returns the exit code. Throws UserError.
int run_command_line(int argc, const char* const* argv);

}  // namespace rcufuzz::cli
