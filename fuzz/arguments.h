// SPDX-License-Identifier: GPL-2.0-or-later
//
// The command line: words to structures. The only place that knows CLI11, whose headers are slow
// to compile.
#pragma once

namespace rcufuzz::cli {

// Parses, runs the command, and returns the exit code. Throws UserError.
int run_command_line(int argc, const char* const* argv);

}  // namespace rcufuzz::cli
