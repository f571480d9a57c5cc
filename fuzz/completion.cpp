// SPDX-License-Identifier: GPL-2.0-or-later
#include "fuzz/completion.h"

#include <fmt/core.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>

#include "core/base/check.h"
#include "core/base/text.h"
#include "core/report/explain.h"
#include "core/run/names.h"
#include "core/strategy/strategies.h"
#include "fuzz/manual.h"

namespace rcufuzz::cli {

namespace {

using Words = std::vector<std::string>;

std::string joined(const Words& words) {
    std::string text;
    for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
    return text;
}

Words target_names() {
    Words names;
    for (const scenario::Subsystem* const target : run::all_targets())
        names.emplace_back(target->name);
    return names;
}

Words bug_names(const scenario::Subsystem& target) {
    Words names{"none"};
    for (const scenario::BugSpec& bug : target.bugs) names.emplace_back(bug.name);
    return names;
}

Words strategy_names() {
    Words names{"all"};
    for (const strategy::PolicyInfo& policy : strategy::all_policies())
        names.emplace_back(policy.name);
    return names;
}

Words verdict_words() {
    Words names{"bug"};
    for (const VerdictInfo& verdict : all_verdicts()) names.emplace_back(verdict.word);
    return names;
}

// --- bash ---------------------------------------------------------------------------------------

// Words after an option that takes one, as a case of bash.
void add_bash_values(const CLI::App& command, std::string& script) {
    for (const CLI::Option* const option : options_of(command)) {
        const Words words = words_for(command, *option);
        if (words.empty() || option->get_positional()) continue;
        script += fmt::format("        {}:{}) words='{}' ;;\n", command.get_name(),
                              name_of(*option), joined(words));
    }
}

// What may stand where no option waits for its value: options, and the words of arguments.
std::string bash_words(const CLI::App& command) {
    Words words;
    for (const CLI::Option* const option : options_of(command)) {
        if (!option->get_positional()) {
            words.push_back(name_of(*option));
            continue;
        }
        const Words these = words_for(command, *option);
        words.insert(words.end(), these.begin(), these.end());
    }
    return joined(words);
}

std::string bash_completion(const CLI::App& app) {
    std::string script = R"(# Completion of rcufuzz for bash, made by: rcufuzz completion bash
_rcufuzz() {
    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} command=${COMP_WORDS[1]}
    local words='' word
    COMPREPLY=()
    if ((COMP_CWORD == 1)); then
)";
    script += fmt::format("        COMPREPLY=($(compgen -W '{} --help --version' -- \"$cur\"))\n",
                          joined(command_names(app)));
    script += "        return\n    fi\n    case $command:$prev in\n";
    script += "        *:--bug) for word in \"${COMP_WORDS[@]}\"; do case $word in\n";
    for (const scenario::Subsystem* const target : run::all_targets())
        script += fmt::format("            {}) words+=' {}' ;;\n", target->name,
                              joined(bug_names(*target)));
    script += "            esac; done ;;\n";
    for (const CLI::App* const command : commands_of(app)) add_bash_values(*command, script);
    for (const CLI::App* const command : commands_of(app)) {
        Words files;
        for (const CLI::Option* const option : options_of(*command))
            if (!option->get_positional() && takes_value(*option))
                files.push_back(command->get_name() + ":" + name_of(*option));
        if (files.empty()) continue;
        std::string pattern;
        for (const std::string& file : files) pattern += (pattern.empty() ? "" : "|") + file;
        script += fmt::format("        {}) return ;;  # a file or a number\n", pattern);
    }
    for (const CLI::App* const command : commands_of(app))
        script += fmt::format("        {}:*) words='{}' ;;\n", command->get_name(),
                              bash_words(*command));
    script += R"(    esac
    COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
complete -o bashdefault -o default -F _rcufuzz rcufuzz build/rcufuzz
)";
    return script;
}

// --- zsh ----------------------------------------------------------------------------------------

// Within '...' of zsh and [...] of _arguments.
std::string zsh_text(std::string_view text) {
    std::string result;
    for (const char c : text) {
        if (c == '\'')
            result += "'\\''";
        else if (c == '[' || c == ']' || c == ':' || c == '\\')
            result += std::string("\\") + c;
        else
            result += c;
    }
    return result;
}

std::string zsh_spec(const CLI::App& command, const CLI::Option& option) {
    const Words words = words_for(command, option);
    std::string action = words.empty() ? "_files" : "(" + joined(words) + ")";
    if (name_of(option) == "--bug") action = "{_rcufuzz_bugs}";
    const bool many = option.get_items_expected_max() > 1;
    if (option.get_positional())
        return fmt::format("'{}:{}:{}'", many ? "*" : "", option.get_name(true), action);
    const std::string text = "[" + zsh_text(option.get_description()) + "]";
    const std::string before = many ? "*" : "";
    if (!takes_value(option)) return fmt::format("'{}{}{}'", before, name_of(option), text);
    return fmt::format("'{}{}{}:value:{}'", before, name_of(option), text, action);
}

std::string zsh_completion(const CLI::App& app) {
    std::string script = "#compdef rcufuzz\n# Made by: rcufuzz completion zsh\n";
    script += "_rcufuzz_bugs() {\n    local word\n    for word in $words; do case $word in\n";
    for (const scenario::Subsystem* const target : run::all_targets())
        script += fmt::format("        {}) compadd {} ;;\n", target->name,
                              joined(bug_names(*target)));
    script += "    esac; done\n}\n_rcufuzz() {\n    local -a commands\n    commands=(\n";
    for (const CLI::App* const command : commands_of(app))
        script += fmt::format("        '{}:{}'\n", command->get_name(),
                              zsh_text(command->get_description()));
    script += "    )\n    if ((CURRENT == 2)); then\n        _describe command commands\n";
    script += "        return\n    fi\n    shift words\n    ((CURRENT--))\n    case $words[1] in\n";
    for (const CLI::App* const command : commands_of(app)) {
        script += fmt::format("        {}) _arguments", command->get_name());
        for (const CLI::Option* const option : options_of(*command))
            script += " \\\n            " + zsh_spec(*command, *option);
        script += " ;;\n";
    }
    return script + "    esac\n}\n_rcufuzz \"$@\"\n";
}

}  // namespace

// --- the tables ---------------------------------------------------------------------------------

std::vector<const CLI::App*> commands_of(const CLI::App& app) {
    return app.get_subcommands([](const CLI::App*) { return true; });
}

std::vector<const CLI::Option*> options_of(const CLI::App& command) {
    std::vector<const CLI::Option*> list = command.get_options();
    const auto help = std::ranges::find_if(
        list, [](const CLI::Option* option) { return option->check_lname("help"); });
    if (help != list.end()) std::rotate(help, help + 1, list.end());
    return list;
}

bool takes_value(const CLI::Option& option) { return option.get_items_expected_max() != 0; }

std::string name_of(const CLI::Option& option) {
    if (!option.get_lnames().empty()) return "--" + option.get_lnames()[0];
    if (!option.get_snames().empty()) return "-" + option.get_snames()[0];
    return option.get_name(true);
}

std::vector<std::string> words_for(const CLI::App& command, const CLI::Option& option) {
    const std::string name = name_of(option);
    if (name == "target" || name == "--target") return target_names();
    if (name == "--strategy") return strategy_names();
    if (name == "--memory") return {"sc", "weak"};
    if (name == "--oracle") return {"all", "black-box"};
    if (name == "--expect") return verdict_words();
    if (name == "command") return command_names(*command.get_parent());
    if (name == "shell") return {"bash", "zsh"};
    if (name == "what") return {"cost", "memory", "finds", "peers"};
    if (name == "--format" && command.get_name() == "status") return {"text", "json", "html"};
    if (name == "--format") return report::format_names();
    return {};
}

std::string completion(const CLI::App& app, std::string_view shell) {
    if (shell == "bash") return bash_completion(app);
    if (shell == "zsh") return zsh_completion(app);
    throw UserError("unknown shell " + rcufuzz::quoted(shell) + " (bash, zsh)");
}

}  // namespace rcufuzz::cli
