// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/report/tell.h"

#include <algorithm>
#include <vector>

#include "core/base/verdict.h"
#include "core/report/break_watch.h"
#include "core/report/find.h"
#include "core/report/sentence.h"
#include "core/run/site.h"

namespace rcufuzz::report {

namespace {

using sim::EventKind;

// What one context said between the turns of others.
struct Turn {
    sim::ContextKey key = 0;
    std::uint64_t jiffies = 0;
    std::vector<std::string> sentences;
};

class TurnReader {
   public:
    TurnReader(const Find& find, std::optional<Break> broken)
        : find_(find), target_(*find.plan.target), broken_(std::move(broken)) {}

    std::vector<Turn> read() {
        for (const sim::Event& event : find_.trace.events) {
            if (broken_ && event.step > broken_->step) tell_break();
            if (event.key == run::main_key) continue;
            if (event.kind == EventKind::op_begin) begin_op(event);
            if (event.kind == EventKind::op_end) begins_ = true;
            if (event.kind == EventKind::note && target_.tell != nullptr) tell_note(event);
            if (event.kind == EventKind::read && event.b != 0) tell_stale_load(event);
        }
        if (broken_) tell_break();
        return std::move(turns_);
    }

   private:
    void begin_op(const sim::Event& event) {
        begins_ = true;
        const scenario::Op& op = find_.plan.ops[static_cast<std::size_t>(event.a)];
        if (op.context == scenario::OpContext::task_off)
            irqs_off_key_ = event.key;
        else if (irqs_off_key_ == event.key)
            irqs_off_key_ = run::main_key;
    }

    void tell_note(const sim::Event& event) {
        tell_event(event, [&](const std::string& who) {
            return target_.tell(event.object, who, event.a, event.b);
        });
    }

    void tell_stale_load(const sim::Event& event) {
        tell_event(event, [&](const std::string& who) {
            return who + " still sees " + find_.trace.objects[event.object] + " as " +
                   std::to_string(event.a) + ", though something newer has been stored.";
        });
    }

    template <typename ToldOf>
    void tell_event(const sim::Event& event, const ToldOf& told_of) {
        if (begins_ || turns_.empty() || event.key != turns_.back().key) {
            turns_.push_back({event.key, event.jiffies, {}});
            const std::string anonymous = told_of("\n");
            const bool names_actor = anonymous.find('\n') != std::string::npos;
            const bool tells_irqs = anonymous.find("interrupts") != std::string::npos;
            say(names_actor ? told_of(subject(event, tells_irqs)) : place(event) + anonymous);
        } else {
            say(told_of("it"));
        }
        begins_ = false;
    }

    // Who acts, and how, where it is not an ordinary task with interrupts enabled.
    std::string subject(const sim::Event& event, bool tells_irqs) const {
        const std::string& name = find_.trace.contexts[event.key];
        const std::string how = interrupt_words(name);
        if (!how.empty()) return cpu_of(event.key) + ", " + how + ",";
        const bool irqs_off = event.key == irqs_off_key_ && !tells_irqs;
        return irqs_off ? name + ", with interrupts disabled," : name;
    }

    std::string place(const sim::Event& event) const {
        const std::string& name = find_.trace.contexts[event.key];
        const std::string how = interrupt_words(name);
        if (how.empty()) return name + ": ";
        return "on " + cpu_of(event.key) + ", " + how + ": ";
    }

    // A housekeeping CPU goes by the name of the kthread that it is for.
    std::string cpu_of(sim::ContextKey key) const {
        const unsigned cpu = key / sim::slots_per_cpu;
        const std::string& name = find_.trace.contexts[sim::context_key(cpu, sim::Slot::task)];
        return cpu < target_.workload_cpus(find_.plan.config) ? name : "the CPU of " + name;
    }

    void say(std::string text) {
        turns_.back().sentences.push_back(as_sentence(std::move(text), find_.trace));
    }

    void tell_break() {
        if (turns_.empty()) turns_.push_back({});
        say("**Here the state becomes inconsistent: " + broken_->invariant + ".**");
        broken_.reset();
    }

    const Find& find_;
    const scenario::Subsystem& target_;
    std::optional<Break> broken_;
    std::vector<Turn> turns_;
    bool begins_ = true;
    sim::ContextKey irqs_off_key_ = run::main_key;  // the task whose operation disabled them
};

// Turns of a single sentence share a number: "rcuo0 goes to sleep. rcuo1 goes to sleep."
std::string numbered(const std::vector<Turn>& turns) {
    std::string text;
    unsigned number = 0;
    std::uint64_t jiffies = 0;
    for (std::size_t i = 0; i < turns.size();) {
        std::string item = std::to_string(++number) + ".";
        if (turns[i].jiffies != jiffies)
            item += " (jiffy " + std::to_string(turns[i].jiffies) + ")";
        jiffies = turns[i].jiffies;
        const bool is_short = turns[i].sentences.size() == 1;
        do {
            item += " " + joined(turns[i].sentences, " ");
            ++i;
        } while (is_short && i < turns.size() && turns[i].sentences.size() == 1 &&
                 turns[i].jiffies == jiffies);
        text += wrapped(item, 4);
    }
    return text;
}

// The functions of the algorithm that the run went through, in the order in which it came to them.
// What is local to a file counts where its name says that it is the system's.
std::vector<std::string> functions(const Find& find) {
    std::vector<std::string> names;
    for (const sim::Event& event : find.trace.events) {
        const std::string_view file = event.site.file_name();
        const std::string_view pretty = event.site.function_name();
        if (event.key == run::main_key || file.find("core/subsystems/") == file.npos) continue;
        const std::string name = std::string(run::bare_function_name(pretty)) + "()";
        const bool local = pretty.find("anonymous") != pretty.npos;
        if (local && name.find(find.plan.target->name) == name.npos) continue;
        if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    }
    return names;
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
    std::string text =
        header(find) + "\n" + numbered(TurnReader(find, find_break(plan)).read()) + "\n";
    if (!find.trace.blocked.empty())
        text += wrapped("At the end " + joined(find.trace.blocked, ", ") + ".", 0);
    const std::string end = find.outcome.found() ? find.outcome.detail : "Nothing is wrong";
    return text + wrapped("**" + std::string(word(find.outcome.verdict)) + "**: " + end + ".", 0);
}

}  // namespace rcufuzz::report
