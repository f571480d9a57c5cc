// SPDX-License-Identifier: GPL-2.0-or-later
#include "fuzz/manual.h"

#include <fmt/core.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "core/base/candidates.h"
#include "core/base/check.h"
#include "core/base/text.h"
#include "fuzz/completion.h"
#include "fuzz/version.h"

namespace rcufuzz::cli {

namespace {

// Text of ours in roff: its own escape character, and what a line must not begin with.
std::string roff(std::string_view text) {
    std::string result;
    bool begins = true;
    for (const char c : text) {
        if (begins && (c == '.' || c == '\'')) result += "\\&";
        result += c == '\\' ? "\\e" : c == '-' ? "\\-" : std::string(1, c);
        begins = c == '\n';
    }
    return result;
}

// "[--seed WHOLE] TARGET", for a synopsis.
std::string usage_of(const CLI::Option& option) {
    const std::string name = option.get_positional() ? option.get_name(true) : "";
    std::string text = name.empty() ? name_of(option) : name;
    if (name.empty() && takes_value(option)) text += " VALUE";
    if (option.get_items_expected_max() > 1) text += "...";
    return option.get_required() ? text : "[" + text + "]";
}

void add_option(const CLI::Option& option, std::string& page) {
    std::string names;
    for (const std::string& name : option.get_snames()) names += "-" + name + ", ";
    for (const std::string& name : option.get_lnames()) names += "--" + name + ", ";
    if (names.empty()) names = option.get_name(true) + ", ";
    names.resize(names.size() - 2);
    const std::string value = takes_value(option) && !option.get_positional() ? " VALUE" : "";
    page += ".TP\n\\fB" + roff(names) + "\\fR" + value + "\n" + roff(option.get_description());
    const std::string standard = option.get_default_str();
    if (!standard.empty()) page += roff(" (default " + standard + ")");
    page += "\n";
}

void add_synopsis(const CLI::App& command, std::string& page) {
    page += ".B rcufuzz " + roff(command.get_name()) + "\n";
    for (const CLI::Option* const option : options_of(command))
        page += roff(usage_of(*option)) + "\n";
}

std::string title(std::string_view name) {
    return fmt::format(".TH {} 1 \"\" \"rcufuzz {}\" \"rcufuzz\"\n.SH NAME\n", roff(name),
                       revision());
}

std::string page_of(const CLI::App& command) {
    const std::string name = "rcufuzz-" + command.get_name();
    std::string page = title(name);
    page += roff(name) + " \\- " + roff(command.get_description()) + "\n.SH SYNOPSIS\n";
    add_synopsis(command, page);
    page += ".SH OPTIONS\n";
    for (const CLI::Option* const option : options_of(command)) add_option(*option, page);
    return page + ".SH SEE ALSO\nrcufuzz(1)\n";
}

std::string page_of_all(const CLI::App& app) {
    std::string page = title("rcufuzz");
    page += "rcufuzz \\- " + roff(app.get_description()) + "\n.SH SYNOPSIS\n";
    page += ".B rcufuzz\nCOMMAND [OPTION...]\n.SH COMMANDS\n";
    for (const CLI::App* const command : commands_of(app)) {
        page += ".SS " + roff(command->get_name()) + "\n" + roff(command->get_description());
        page += "\n.PP\n";
        add_synopsis(*command, page);
    }
    return page + ".SH EXIT STATUS\n" + roff(app.get_footer()) + "\n";
}

}  // namespace

std::vector<std::string> command_names(const CLI::App& app) {
    std::vector<std::string> names;
    for (const CLI::App* const command : commands_of(app)) names.push_back(command->get_name());
    return names;
}

Json commands_json(const CLI::App& app, std::string_view command) {
    Json commands = Json::array();
    for (const CLI::App* const known : commands_of(app)) {
        if (!command.empty() && known->get_name() != command) continue;
        Json options = Json::array();
        for (const CLI::Option* const option : options_of(*known))
            options.push_back({{"name", name_of(*option)},
                               {"summary", option->get_description()},
                               {"takes_value", takes_value(*option)},
                               {"required", option->get_required()}});
        commands.push_back({{"name", known->get_name()},
                            {"summary", known->get_description()},
                            {"options", std::move(options)}});
    }
    return {{"commands", std::move(commands)}};
}

std::string man_page(const CLI::App& app, std::string_view command) {
    if (command.empty()) return page_of_all(app);
    for (const CLI::App* const known : commands_of(app))
        if (known->get_name() == command) return page_of(*known);
    throw UserError("unknown command " + rcufuzz::quoted(command) +
                    did_you_mean(command, command_names(app)));
}

}  // namespace rcufuzz::cli
