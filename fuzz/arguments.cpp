// SPDX-License-Identifier: GPL-2.0-or-later
#include "fuzz/arguments.h"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <sstream>

#include "core/base/candidates.h"
#include "core/base/check.h"
#include "core/base/text.h"
#include "fuzz/command_table.h"
#include "fuzz/completion.h"
#include "fuzz/manual.h"
#include "fuzz/output.h"
#include "fuzz/version.h"

namespace rcufuzz::cli {

namespace {

const CLI::App* command_named(const CLI::App& app, std::string_view name) {
    for (const CLI::App* const command : commands_of(app))
        if (command->get_name() == name) return command;
    return nullptr;
}

void add_help(CLI::App& app) {
    CLI::App* const command = app.add_subcommand("help", "what a command does, and its options");
    const auto about = std::make_shared<std::string>();
    command->add_option("command", *about, "default: all commands, each in a line");
    const auto json = std::make_shared<bool>(false);
    command->add_flag("--json", *json, json_help);
    command->callback([&app, about, json] {
        if (*json && (about->empty() || command_named(app, *about) != nullptr)) {
            put_json(commands_json(app, *about));
            return;
        }
        if (about->empty()) {
            // App::help() would be that of the command under way.
            put(app.get_formatter()->make_help(&app, "rcufuzz", CLI::AppFormatMode::Normal));
            return;
        }
        const CLI::App* const known = command_named(app, *about);
        if (known == nullptr)
            throw UserError("unknown command " + rcufuzz::quoted(*about) + " (rcufuzz --help)" +
                            did_you_mean(*about, command_names(app)));
        put(known->help("rcufuzz"));
    });
}

void add_manual(CLI::App& app) {
    CLI::App* const command = app.add_subcommand(
        "man", "the manual page, of all or of one command: rcufuzz man hunt | man -l -");
    const auto about = std::make_shared<std::string>();
    command->add_option("command", *about, "only this one");
    command->callback([&app, about] { put(man_page(app, *about)); });
}

void add_completion(CLI::App& app) {
    CLI::App* const command = app.add_subcommand(
        "completion", "a script for a shell: eval \"$(rcufuzz completion bash)\"");
    const auto shell = std::make_shared<std::string>();
    command->add_option("shell", *shell, "bash or zsh")->required();
    command->callback([&app, shell] { put(completion(app, *shell)); });
}

// What the first word of the command line may have meant, if it is no command.
std::string meant_command(const CLI::App& app, int argc, const char* const* argv) {
    if (argc < 2 || argv[1][0] == '-' || command_named(app, argv[1]) != nullptr) return "";
    return "unknown command " + rcufuzz::quoted(argv[1]) +
           did_you_mean(argv[1], command_names(app));
}

// The same of an option.
std::string meant_option(const CLI::App& app) {
    for (const CLI::App* const command : app.get_subcommands()) {
        std::vector<std::string> known;
        for (const CLI::Option* const option : command->get_options())
            for (const std::string& name : option->get_lnames()) known.push_back("--" + name);
        for (const std::string& word : command->remaining())
            if (word.starts_with("--")) return did_you_mean(word.substr(0, word.find('=')), known);
    }
    return "";
}

}  // namespace

int run_command_line(int argc, const char* const* argv) {
    int exit_code = exit_clean;
    CLI::App app("Hunts concurrency bugs in the kernel's RCU callback offloading.", "rcufuzz");
    app.set_version_flag("--version", "rcufuzz, revision " + std::string(revision()));
    app.require_subcommand(1);
    app.footer(
        "Exit codes: 0 nothing found, or as expected; 42 a bug in the subject; 64 bad usage,\n"
        "input that cannot be read, or output that cannot be written; 70 a fault of rcufuzz;\n"
        "75 no answer within bounds (verify, litmus, conform; a hunt whose jobs were all killed);\n"
        "130 interrupted by SIGINT, SIGTERM or SIGHUP, whatever was found before.");
    add_commands(app, exit_code);
    add_help(app);
    add_manual(app);
    add_completion(app);
    try {
        app.parse(argc, argv);
    } catch (const CLI::Success& help) {
        std::ostringstream text;
        app.exit(help, text, text);
        put(text.str());
        return exit_clean;
    } catch (const CLI::ParseError& error) {
        const std::string unknown = meant_command(app, argc, argv);
        throw UserError((unknown.empty() ? error.what() + meant_option(app) : unknown) +
                        " (rcufuzz --help)");
    }
    return exit_code;
}

}  // namespace rcufuzz::cli
