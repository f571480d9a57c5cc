// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/report/tell.h"

#include <algorithm>
#include <vector>

#include "core/base/verdict.h"
#include "core/report/find.h"
#include "core/report/sentence.h"
#include "core/report/turns.h"
#include "core/run/site.h"

namespace rcufuzz::report {

namespace {

// The functions of the algorithm that the run went through, in the order in which it came to them.
// What is local to a file counts where its name says that it is the system's. Of a whole kernel
// there would be too many.
std::vector<std::string> functions(const Find& find) {
    std::vector<std::string> names;
    if (find.plan.target->platform != nullptr) return names;
    for (const sim::Event& event : find.trace.events) {
        const std::string_view file = run::site_file(event.site.file_name());
        const std::string_view pretty = event.site.function_name();
        if (event.key == run::main_key || !find.plan.target->owns(file)) continue;
        const std::string name = std::string(run::bare_function_name(pretty)) + "()";
        const bool local = pretty.find("anonymous") != pretty.npos;
        if (local && name.find(find.plan.target->name) == name.npos) continue;
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
            for (const Sentence& sentence : turns[i].sentences) item += " " + sentence.text;
        text += wrapped(item, 4);
    }
    return text;
}

std::string header(const Find& find) {
    const scenario::Subsystem& target = *find.plan.target;
    const VerdictInfo& info = all_verdicts()[static_cast<std::size_t>(find.outcome.verdict)];
    std::string text = "# " + as_sentence(std::string(info.meaning), find.trace) + "\n\n";
    text += wrapped("System: " + std::string(target.summary) + ".", 4);
    for (std::size_t i = 0; i < target.bugs.size(); ++i) {
        if (((find.plan.bugs >> i) & 1u) == 0) continue;
        text += wrapped("Bug " + std::string(target.bugs[i].spec) + ": " +
                            std::string(target.bugs[i].summary) +
                            ". Fix: " + std::string(target.bugs[i].fixed_by) + ".",
                        4);
    }
    const std::vector<std::string> passed = functions(find);
    if (!passed.empty()) text += wrapped("Functions: " + joined(passed, ", ") + ".", 4);
    text += wrapped("Workload: " + joined(find.ops, "; ") + ".", 4);
    for (std::size_t i = 0; i < target.configs.size(); ++i) {
        if (find.plan.config[i] == target.configs[i].standard) continue;
        text += wrapped("Configuration: " + std::string(target.configs[i].name) + " = " +
                            std::to_string(find.plan.config[i]) + " (" +
                            std::string(target.configs[i].summary) + ").",
                        4);
    }
    return text;
}

}  // namespace

std::string tell(const run::Plan& plan) {
    const Find find = replay_find(plan);
    std::string text = header(find) + "\n" + numbered(read_turns(find)) + "\n";
    if (!find.trace.blocked.empty())
        text += wrapped("At the end " + joined(find.trace.blocked, ", ") + ".", 0);
    const std::string end = find.outcome.found() ? find.outcome.detail : "Nothing is wrong";
    return text + wrapped("**" + std::string(word(find.outcome.verdict)) + "**: " + end + ".", 0);
}

}  // namespace rcufuzz::report
