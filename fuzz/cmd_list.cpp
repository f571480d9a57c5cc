// SPDX-License-Identifier: GPL-2.0-or-later
//
// rcufuzz list
#include "core/run/names.h"
#include "core/strategy/strategies.h"
#include "fuzz/commands.h"
#include "fuzz/json_output.h"
#include "fuzz/output.h"

namespace rcufuzz::cli {

namespace {

std::string contexts_of(const scenario::OpSpec& op) {
    std::string text;
    for (std::size_t i = 0; i < scenario::op_context_words.size(); ++i) {
        if (((op.contexts >> i) & 1u) != 0)
            text += (text.empty() ? "" : " ") + std::string(scenario::op_context_words[i]);
    }
    return text;
}

std::string call_of(const scenario::OpSpec& op) {
    std::string text(op.name);
    for (const scenario::ParamSpec& param : op.params)
        if (!param.name.empty())
            text += fmt::format(" {}={}..{}", param.name, param.min, param.max);
    return text;
}

void print_target(const scenario::Subsystem& target) {
    print("target {}: {}\n", target.name, target.summary);
    print("  bugs\n");
    for (const scenario::BugSpec& bug : target.bugs) {
        print("    {}\n        {}: {}{}\n        {}\n", bug.name,
                   bug.benign() ? "benign" : word(bug.verdict), bug.summary,
                   bug.needs.weak_memory ? " (weak memory only)" : "", bug.fixed_by);
        if (!bug.needs.config.empty()) print("        needs {}\n", bug.needs.config);
    }
    print("  operations, in contexts\n");
    for (const scenario::OpSpec& op : target.ops)
        print("    {:<36} {:<24} {}\n", call_of(op), contexts_of(op), op.summary);
    print("  configuration, standard and range\n");
    for (const scenario::ConfigSpec& config : target.configs) {
        print("    {:<24} {:>5}  {}..{}: {}\n", config.name, config.standard, config.min,
                   config.max, config.summary);
    }
    print("  quantities, for the conditions of stories; N is a number from 0 on\n");
    for (const scenario::QuantitySpec& quantity : target.quantities)
        print("    {:<24} {}\n", std::string(quantity.name) + (quantity.numbered ? "N" : ""),
              quantity.summary);
}

}  // namespace

int list(const ListArgs& args) {
    const scenario::Subsystem* const only =
        args.target.empty() ? nullptr : &run::target_from_word(args.target);
    if (args.json) {
        put_json(list_json(only));
        return exit_clean;
    }
    if (only != nullptr) {
        print_target(*only);
        return exit_clean;
    }
    for (const scenario::Subsystem* const target : run::all_targets()) print_target(*target);
    print("strategies\n");
    for (const strategy::PolicyInfo& policy : strategy::all_policies())
        print("    {:<24} {}\n", policy.name, policy.summary);
    print("verdicts (*: seen by --oracle black-box, too)\n");
    for (const VerdictInfo& verdict : all_verdicts())
        print("  {} {:<24} {}\n", verdict.black_box ? '*' : ' ', verdict.word,
                   verdict.meaning);
    return exit_clean;
}

}  // namespace rcufuzz::cli
