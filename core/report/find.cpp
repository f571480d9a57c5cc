// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/report/find.h"

#include <algorithm>
#include <array>

#include "core/base/text.h"
#include "core/run/codec.h"
#include "core/run/names.h"

namespace rcufuzz::report {

namespace {

constexpr std::array<std::string_view, 4> context_words{"", ", interrupts disabled",
                                                        ", in a softirq", ", in an interrupt"};

// "cpu1: call_rcu count=3, interrupts disabled"; parameters at their least value are left out.
std::string op_words(const run::Plan& plan, const scenario::Op& op) {
    const scenario::OpSpec& spec = plan.target->ops[op.kind];
    std::string text = run::cpu_word(plan, op.cpu) + ": " + std::string(spec.name);
    for (std::size_t i = 0; i < op.args.size(); ++i) {
        if (!spec.params[i].name.empty() && op.args[i] != spec.params[i].min)
            text += " " + std::string(spec.params[i].name) + "=" + std::to_string(op.args[i]);
    }
    return text + std::string(context_words[static_cast<std::size_t>(op.context)]);
}

}  // namespace

Find replay_find(const run::Plan& plan) {
    Find find{plan, {}, {}, {}, {}, {}, {}};
    find.outcome = run::replay(plan, {.trace = sim::TraceLevel::full, .keep = &find.trace});
    for (const scenario::Op& op : plan.ops) find.ops.push_back(op_words(plan, op));
    const std::string text = run::to_text(plan);
    for (const std::string_view line : lines(text)) {
        const std::size_t space = line.find(' ');
        const std::string_view word = line.substr(0, space);
        const std::string rest(line.substr(std::min(space + 1, line.size())));
        if (word == "config") find.configs.push_back(rest);
        if (word == "bug") find.bugs.push_back(rest);
        if (word == "memory" || word == "oracle") find.modes.emplace_back(line);
    }
    return find;
}

}  // namespace rcufuzz::report
