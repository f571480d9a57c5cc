// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/report/tell.h"

#include <algorithm>
#include <span>
#include <vector>

#include "core/base/verdict.h"
#include "core/report/condense.h"
#include "core/report/replay.h"
#include "core/report/rounds.h"
#include "core/report/sentence.h"
#include "core/report/turns.h"

namespace rcufuzz::report {

namespace {

// Turns that share a number: "rcuo0 goes to sleep. rcuo1 goes to sleep."
std::string numbered(const std::vector<Turn>& turns) {
    std::string text;
    std::uint64_t jiffies = 0;
    for (std::size_t i = 0; i < turns.size();) {
        const Turn& first = turns[i];
        std::string item = std::to_string(first.number);
        if (first.last_number > first.number) item += "-" + std::to_string(first.last_number);
        item += ".";
        if (first.jiffies != jiffies) item += " (jiffy " + std::to_string(first.jiffies) + ")";
        jiffies = first.jiffies;
        const std::size_t from = i;
        while (i < turns.size() && turns[i].number == first.number) ++i;
        for (const std::string& told : told_together(std::span(turns).subspan(from, i - from)))
            item += " " + told;
        text += wrapped(item, 4);
    }
    return text;
}

// The operations in the order in which they begin, with what their words mean, once; those that
// never do come last.
std::vector<std::string> workload(const Replay& replay) {
    std::vector<std::string> list;
    std::vector<bool> explained(replay.plan.target->ops.size(), false);
    const auto add = [&](std::size_t index) {
        const std::uint8_t kind = replay.plan.ops[index].kind;
        std::string text = replay.ops[index];
        if (!explained[kind])
            text += " (" + std::string(replay.plan.target->ops[kind].summary) + ")";
        explained[kind] = true;
        list.push_back(text);
    };
    std::vector<bool> begun(replay.ops.size(), false);
    for (const sim::Event& event : replay.trace.events) {
        if (event.kind != sim::EventKind::op_begin) continue;
        const auto index = static_cast<std::size_t>(event.a);
        if (begun[index]) continue;
        begun[index] = true;
        add(index);
    }
    for (std::size_t i = 0; i < begun.size(); ++i)
        if (!begun[i]) add(i);
    return list;
}

std::string configuration(const Replay& replay) {
    if (const std::string words = subject_words(replay).configuration; !words.empty())
        return wrapped("Configuration: " + words + ".", 4);
    const auto configs = replay.plan.target->configs;
    std::vector<std::string> list;
    for (std::size_t i = 0; i < configs.size(); ++i) {
        const std::int16_t value = replay.plan.config[i];
        if (value == configs[i].standard && !configs[i].told) continue;
        list.push_back(std::string(configs[i].name) + " = " + std::to_string(value) + " (" +
                       meaning_of(configs[i].summary, value) + ")");
    }
    return list.empty() ? "" : wrapped("Configuration: " + joined(list, "; ") + ".", 4);
}

// Which invariant it is says more than that it is one.
std::string title(const run::Outcome& outcome) {
    if (outcome.verdict == Verdict::invariant) return outcome.detail;
    return std::string(all_verdicts()[static_cast<std::size_t>(outcome.verdict)].meaning);
}

std::string header(const Replay& replay) {
    const scenario::Subsystem& target = *replay.plan.target;
    std::string text = "# " + as_sentence(title(replay.outcome), replay.trace) + "\n\n";
    text += wrapped("System: " + system_words(replay) + ".", 4);
    for (std::size_t i = 0; i < target.bugs.size(); ++i) {
        if (((replay.plan.bugs >> i) & 1u) == 0) continue;
        text += wrapped("Bug " + std::string(target.bugs[i].spec) + ": " +
                            std::string(target.bugs[i].summary) +
                            ". Fix: " + std::string(target.bugs[i].fixed_by) + ".",
                        4);
    }
    const std::vector<std::string> ops = workload(replay);
    text += wrapped("Workload: " + (ops.empty() ? "none" : joined(ops, "; ")) + ".", 4);
    return text + configuration(replay);
}

// Of other verdicts the run ends in the midst, and who sleeps then has no part in it.
bool shows_in_waiting(Verdict verdict) {
    switch (verdict) {
        case Verdict::stranded_callback:
        case Verdict::callback_lost:
        case Verdict::lost_call:
        case Verdict::lost_wakeup:
        case Verdict::deadlock:
        case Verdict::livelock:
        case Verdict::latency_exceeded:
            return true;
        default:
            return false;
    }
}

// Of a warning or an oops of a kernel: where it is.
std::string end_place(const Replay& replay) {
    const std::string& at = replay.trace.fault.empty() ? replay.outcome.site : replay.trace.fault;
    if (replay.plan.target->platform == nullptr || !replay.plan.target->owns(at)) return "";
    return ", at " + at + "()";
}

}  // namespace

std::string tell(const run::Plan& plan) {
    const Replay replay = replay_traced(plan);
    const std::string story = numbered(told_once(read_turns(replay, true)));
    std::string text = header(replay) + "\n" + story + "\n";
    if (!replay.trace.blocked.empty() && shows_in_waiting(replay.outcome.verdict))
        text += wrapped("At the end " + joined_waits(replay.trace.blocked) + ".", 0);
    std::string end = "Nothing is wrong";
    if (replay.outcome.found()) end = with_cpu_names(without_end(replay.outcome.detail));
    const std::string verdict = "**" + std::string(word(replay.outcome.verdict)) + "**: ";
    return text + wrapped(verdict + end + end_place(replay) + ".", 0);
}

}  // namespace rcufuzz::report
