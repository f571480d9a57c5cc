// SPDX-License-Identifier: GPL-2.0-or-later
//
// rcufuzz: the command line of the project. See README.md beside this file.
#include <cstdio>
#include <exception>

#include "core/base/check.h"
#include "fuzz/arguments.h"

int main(int argc, char** argv) {
    try {
        return rcufuzz::cli::run_command_line(argc, argv);
    } catch (const rcufuzz::UserError& error) {
        std::fprintf(stderr, "rcufuzz: %s\n", error.what());
        return rcufuzz::exit_usage;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "rcufuzz: internal error: %s\n", error.what());
        return rcufuzz::exit_internal;
    }
}
