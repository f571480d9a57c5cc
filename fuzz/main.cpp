// SPDX-License-Identifier: GPL-2.0-or-later
//
// rcufuzz: the command line of the project. See README.md beside this file.
#include <exception>
#include <string>

#include "core/base/check.h"
#include "fuzz/arguments.h"
#include "fuzz/interruption.h"
#include "fuzz/output.h"

int main(int argc, char** argv) {
    using namespace rcufuzz;
    cli::prepare_process();
    try {
        const int exit_code = cli::run_command_line(argc, argv);
        cli::finish_output();
        return exit_code;
    } catch (const UserError& error) {
        cli::flush_output();
        cli::complain(error.what());
        return exit_usage;
    } catch (const std::exception& error) {
        cli::flush_output();
        cli::complain(std::string("internal error: ") + error.what());
        return exit_internal;
    }
}
