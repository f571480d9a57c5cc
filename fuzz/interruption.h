// SPDX-License-Identifier: GPL-2.0-or-later
//
// What the program asks of its process, and how a user ends a command: SIGINT, SIGTERM and SIGHUP
// (unless nohup is in force) end it with exit_interrupted, a long one in good order.
#pragma once

namespace rcufuzz::cli {

// Before anything else: descriptors 0 to 2 are open, so that no file takes their place; what
// cannot be written is an error of the write, not a signal; a signal of a user ends the process.
void prepare_process();

// From here on the first signal only sets interrupted(); the second one ends the process at once.
void stop_on_signals();
bool interrupted();

// For a process that has been forked: it ends when its parent does, in whatever way that is.
void end_with(int parent);

}  // namespace rcufuzz::cli
