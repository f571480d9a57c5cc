// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/report/tell.h"

#include <algorithm>
#include <vector>

#include "core/base/verdict.h"
#include "core/report/condense.h"
#include "core/report/find.h"
#include "core/report/sentence.h"
#include "core/report/turns.h"
#include "core/run/site.h"

namespace rcufuzz::report {

namespace {

// The functions of the algorithm that the run went through, in the order in which it came to them,
// without those that the story names. What is local to a file counts where its name says that it is
// the system's. Of a whole kernel there would be too many.
std::vector<std::string> functions(const Find& find, std::string_view story) {
    std::vector<std::string> names;
    if (find.plan.target->platform != nullptr) return names;
    for (const sim::Event& event : find.trace.events) {
        const std::string_view file = run::site_file(event.site.file_name());
        const std::string_view pretty = event.site.function_name();
        if (event.key == run::main_key || !find.plan.target->owns(file)) continue;
        const std::string name = std::string(run::bare_function_name(pretty)) + "()";
        const bool local = pretty.find("anonymous") != pretty.npos;
        if (local && name.find(find.plan.target->name) == name.npos) continue;
        if (story.find(name.substr(0, name.size() - 1)) != story.npos) continue;
        if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    }
    return names;
}

// Turns that share a number: "rcuo0 goes to sleep. rcuo1 goes to sleep."
std::string numbered(const std::vector<Turn>& turns) {
    std::string text;
    std::uint64_t jiffies = 0;
    for (std::size_t i = 0; i < turns.size();) {
        const Turn& first = turns[i];
        std::string item = std::to_string(first.number) + ".";
        if (first.jiffies != jiffies) item += " (jiffy " + std::to_string(first.jiffies) + ")";
        jiffies = first.jiffies;
        for (; i < turns.size() && turns[i].number == first.number; ++i)
            for (const std::string& told : condensed(turns[i].sentences)) item += " " + told;
        text += wrapped(item, 4);
    }
    return text;
}

// The operations in the order in which they begin; those that never do come last.
std::vector<std::string> workload(const Find& find) {
    std::vector<std::string> list;
    std::vector<bool> begun(find.ops.size(), false);
    for (const sim::Event& event : find.trace.events) {
        if (event.kind != sim::EventKind::op_begin) continue;
        const auto index = static_cast<std::size_t>(event.a);
        if (begun[index]) continue;
        begun[index] = true;
        list.push_back(find.ops[index]);
    }
    for (std::size_t i = 0; i < begun.size(); ++i)
        if (!begun[i]) list.push_back(find.ops[i]);
    return list;
}

std::string configuration(const Find& find) {
    const auto configs = find.plan.target->configs;
    std::vector<std::string> list;
    for (std::size_t i = 0; i < configs.size(); ++i) {
        const std::int16_t value = find.plan.config[i];
        if (value == configs[i].standard) continue;
        list.push_back(std::string(configs[i].name) + " = " + std::to_string(value) + " (" +
                       std::string(meaning_of(configs[i].summary, value)) + ")");
    }
    return list.empty() ? "" : wrapped("Configuration: " + joined(list, "; ") + ".", 4);
}

// Which invariant it is says more than that it is one.
std::string title(const run::Outcome& outcome) {
    if (outcome.verdict == Verdict::invariant) return outcome.detail;
    return std::string(all_verdicts()[static_cast<std::size_t>(outcome.verdict)].meaning);
}

std::string header(const Find& find, std::string_view story) {
    const scenario::Subsystem& target = *find.plan.target;
    std::string text = "# " + as_sentence(title(find.outcome), find.trace) + "\n\n";
    text += wrapped("System: " + std::string(target.summary) + ".", 4);
    for (std::size_t i = 0; i < target.bugs.size(); ++i) {
        if (((find.plan.bugs >> i) & 1u) == 0) continue;
        text += wrapped("Bug " + std::string(target.bugs[i].spec) + ": " +
                            std::string(target.bugs[i].summary) +
                            ". Fix: " + std::string(target.bugs[i].fixed_by) + ".",
                        4);
    }
    const std::vector<std::string> passed = functions(find, story);
    if (!passed.empty()) text += wrapped("Other functions: " + joined(passed, ", ") + ".", 4);
    const std::vector<std::string> ops = workload(find);
    text += wrapped("Workload: " + (ops.empty() ? "none" : joined(ops, "; ")) + ".", 4);
    return text + configuration(find);
}

}  // namespace

std::string tell(const run::Plan& plan) {
    const Find find = replay_find(plan);
    const std::string story = numbered(read_turns(find, true));
    std::string text = header(find, story) + "\n" + story + "\n";
    if (!find.trace.blocked.empty())
        text += wrapped("At the end " + joined_waits(find.trace.blocked) + ".", 0);
    const std::string end = find.outcome.found() ? find.outcome.detail : "Nothing is wrong";
    return text + wrapped("**" + std::string(word(find.outcome.verdict)) + "**: " + end + ".", 0);
}

}  // namespace rcufuzz::report
