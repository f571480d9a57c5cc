// SPDX-License-Identifier: GPL-2.0-or-later
//
// The report that is sent to a list. In the order that kernel developers expect, without a word of
// ours that they would have to look up, and short: where it would get long the first steps go.
#include <algorithm>

#include "core/base/check.h"
#include "core/base/text.h"
#include "core/base/verdict.h"
#include "core/report/condense.h"
#include "core/report/decided.h"
#include "core/report/explain_formats.h"
#include "core/report/rounds.h"
#include "core/report/sentence.h"
#include "core/report/turns.h"
#include "core/run/codec.h"
#include "core/run/names.h"
#include "core/run/site.h"
#include "core/scenario/platform.h"

namespace rcufuzz::report {

namespace {

constexpr std::size_t most_lines = 60;
constexpr std::size_t most_state_lines = 10;
constexpr std::size_t most_ops = 10;
constexpr std::size_t most_plan_lines = 19;  // a longer plan is to be sent along
constexpr std::size_t columns = 92;

using Lines = std::vector<std::string>;

// Broken into lines, all but the first indented so far.
void add_wrapped(Lines& to, const std::string& text, std::size_t indent) {
    std::string line(text.substr(0, std::min(text.find_first_not_of(' '), text.size())));
    bool begins = true;
    for (const std::string_view word : words(text)) {
        if (!begins && line.size() + 1 + word.size() > columns) {
            to.push_back(line);
            line.assign(indent, ' ');
            begins = true;
        }
        line += (begins ? "" : " ") + std::string(word);
        begins = false;
    }
    to.push_back(line);
}

class Mail {
   public:
    Mail(const Replay& replay, const std::string& file, const Blame& blame)
        : replay_(replay), file_(file), blame_(blame), place_(place_of(replay)) {
        const scenario::Platform* const platform = replay.plan.target->platform;
        if (platform != nullptr)
            words_ = platform->words_of(replay.plan.subject, replay.plan.config);
    }

    std::string text() const {
        const Lines head = head_lines();
        const Lines tail = tail_lines();
        Lines steps = step_lines();
        const std::size_t room = most_lines - std::min(most_lines, head.size() + tail.size());
        if (steps.size() > room) cut(steps, room);
        std::string text;
        for (const Lines* part : {&head, static_cast<const Lines*>(&steps), &tail})
            for (const std::string& line : *part) text += line + "\n";
        return text;
    }

   private:
    // --- what, where --------------------------------------------------------------------------

    Lines head_lines() const {
        const run::Outcome& outcome = replay_.outcome;
        Lines lines;
        const std::string where =
            place_.empty() ? "" : ", seen in " + place_.substr(place_.rfind(' ') + 1) + "()";
        add_wrapped(lines, "Subject: [BUG] " + version() + outcome.detail + where, 1);
        lines.emplace_back();
        add_wrapped(lines,
                    "Found by rcufuzz, which runs " + std::string(called().source) +
                        " on a simulated machine: the interleaving is exact, and comes again.",
                    0);
        lines.emplace_back();
        row(lines, "Verdict", verdict() + (place_.empty() ? "" : ", at " + place_ + "()"));
        if (place_.empty() && !outcome.site.empty())
            row(lines, "Judged by", outcome.site + "(), which is rcufuzz's own");
        if (!blame_.booted.empty()) row(lines, "Booted", blame_.booted);
        if (!words_.version.empty())
            row(lines, "Tree", words_.version + " (" + words_.built_as + ")");
        if (!blame_.patch.empty())
            row(lines, "With", blame_.patch + ", the first of the series with which it shows");
        else if (!words_.change.empty())
            row(lines, "With", words_.change);
        row(lines, "Config", configuration());
        add_workload(lines);
        lines.emplace_back();
        lines.emplace_back("What happens, in this order; [ ] is where " +
                           std::string(called().itself) + " is then, * what chance decided:");
        return lines;
    }

    // "latency_exceeded: it was late", unless the title says the same.
    std::string verdict() const {
        const std::string name(word(replay_.outcome.verdict));
        const std::string meaning(
            all_verdicts()[static_cast<std::size_t>(replay_.outcome.verdict)].meaning);
        return meaning == replay_.outcome.detail || meaning.empty() ? name : name + ": " + meaning;
    }

    static void row(Lines& lines, const std::string& name, const std::string& text) {
        constexpr std::size_t width = 11;
        std::string head = name + (name.empty() ? "" : ":");
        head.resize(width, ' ');
        const std::size_t first = lines.size();
        add_wrapped(lines, std::string(width, ' ') + text, width);
        lines[first].replace(0, width, head);
    }

    std::string version() const {
        return std::string(replay_.plan.target->name) +
               (words_.version.empty() ? "" : " " + words_.version) + ": ";
    }

    const scenario::Called& called() const { return replay_.plan.target->called; }

    // In the subject; empty where an oracle outside of it saw what is wrong. An oops is where the
    // code stood, and not at the last point before.
    static std::string place_of(const Replay& replay) {
        const std::string& fault = replay.trace.fault;
        const std::string& site = replay.outcome.site;
        if (!fault.empty() && replay.plan.target->owns(fault)) return fault;
        return !site.empty() && replay.plan.target->owns(site) ? site : "";
    }

    std::string configuration() const {
        std::string text = words_.configuration;
        for (const std::string& bug : replay_.bugs)
            text += (text.empty() ? "" : ", ") + ("bug " + bug);
        if (words_.configuration.empty())
            for (const std::string& config : replay_.configs)
                text += (text.empty() ? "" : ", ") + config;
        return text.empty() ? "standard" : text;
    }

    // Each CPU's operations in their order; what the words mean, once.
    void add_workload(Lines& lines) const {
        const std::size_t shown = std::min(replay_.ops.size(), most_ops);
        for (std::size_t i = 0; i < shown; ++i) {
            const auto& spec = replay_.plan.target->ops[replay_.plan.ops[i].kind];
            std::string text = replay_.ops[i];
            const bool new_word = std::none_of(
                replay_.plan.ops.begin(), replay_.plan.ops.begin() + static_cast<std::ptrdiff_t>(i),
                [&](const scenario::Op& op) { return op.kind == replay_.plan.ops[i].kind; });
            if (new_word) text += "  (" + std::string(spec.summary) + ")";
            row(lines, i == 0 ? "Workload" : "", text);
        }
        if (shown < replay_.ops.size())
            row(lines, "", "and " + std::to_string(replay_.ops.size() - shown) + " more");
    }

    // --- the interleaving ---------------------------------------------------------------------

    // What one context tells before another does or a decision comes, and the decisions.
    Lines step_lines() const {
        Lines lines;
        std::vector<Turn> turns = read_turns(replay_, false);
        for (std::size_t i = 0; i < turns.size(); ++i) turns[i].number = static_cast<unsigned>(i);
        turns = told_once(std::move(turns), [this](std::size_t first, std::size_t last) {
            return tells_decisions(first, last);
        });
        std::size_t number = 0;
        std::size_t event = 0;
        for (const Turn& turn : turns) {
            std::vector<Sentence> told;
            for (const Sentence& sentence : turn.sentences) {
                if (tells_decisions(event, sentence.event) && !told.empty())
                    add_told(lines, ++number, told);
                event = add_decisions(lines, event, sentence.event, number);
                told.push_back(sentence);
            }
            if (!told.empty()) add_told(lines, ++number, told);
        }
        add_decisions(lines, event, replay_.trace.events.size(), number);
        const std::string at = place_.empty() ? "" : " [" + place_ + "()]";
        add_wrapped(lines, "  => " + replay_.outcome.detail + "." + at, 5);
        return lines;
    }

    bool is_decision(std::size_t i) const {
        return replay_.trace.events[i].kind == sim::EventKind::answer;
    }

    bool tells_decisions(std::size_t from, std::size_t to) const {
        for (std::size_t i = from; i < to; ++i)
            if (is_decision(i)) return true;
        return false;
    }

    // As one step; what is told next begins another.
    void add_told(Lines& lines, std::size_t number, std::vector<Sentence>& told) const {
        const std::size_t first = told.front().event;
        const std::size_t last = told.back().event;
        std::string at = place_before(last, first);
        if (at.empty()) at = place_after(last);
        std::vector<std::string> texts;
        for (Sentence& sentence : condensed(told)) texts.push_back(std::move(sentence.text));
        add_step(lines, number, ' ', replay_.trace.events[first].jiffies,
                 joined(texts, " ") + (at.empty() ? "" : " [" + at + "]"));
        told.clear();
    }

    // Where its context was last, but not before event `begin` nor before its operation: what it
    // stands on has places, too.
    std::string place_before(std::size_t event, std::size_t begin) const {
        const std::vector<sim::Event>& events = replay_.trace.events;
        for (std::size_t i = event + 1; i > begin; --i) {
            if (events[i - 1].key != events[event].key) continue;
            if (events[i - 1].kind == sim::EventKind::op_begin) break;
            if (const std::string at = place(events[i - 1]); !at.empty()) return at;
        }
        return {};
    }

    // Where it is next, if nobody else acts before.
    std::string place_after(std::size_t event) const {
        const std::vector<sim::Event>& events = replay_.trace.events;
        for (std::size_t i = event + 1; i < events.size(); ++i) {
            if (events[i].key != events[event].key) return {};
            if (const std::string at = place(events[i]); !at.empty()) return at;
        }
        return {};
    }

    std::size_t add_decisions(Lines& lines, std::size_t from, std::size_t to,
                              std::size_t& number) const {
        for (std::size_t i = from; i < to; ++i)
            if (is_decision(i))
                add_step(lines, ++number, '*', replay_.trace.events[i].jiffies, decision(i));
        return std::max(from, to);
    }

    static void add_step(Lines& lines, std::size_t number, char mark, std::uint64_t jiffies,
                         const std::string& text) {
        std::string head = std::to_string(number) + ".";
        head = std::string(head.size() < 3 ? 3 - head.size() : 0, ' ') + head + mark;
        add_wrapped(lines, head + " (jiffy " + std::to_string(jiffies) + ") " + text, 5);
    }

    // Where the subject is; what it stands on is nobody's concern.
    std::string place(const sim::Event& event) const {
        const std::string site = run::site_text(event.site);
        return is_its_own(site) ? site + "()" : "";
    }

    bool is_its_own(const std::string& site) const {
        return !site.empty() && replay_.plan.target->owns(site);
    }

    std::string decision(std::size_t i) const {
        const sim::Event& event = replay_.trace.events[i];
        const std::string& name = replay_.trace.contexts[event.key];
        const std::string at = place_before(i, 0);
        const std::string who = name + (at.empty() ? "" : " at " + at);
        if (event.b != 0) return who + ": " + run::answer_words(replay_.plan, event.object) + ".";
        const auto number = static_cast<unsigned>(event.a);
        if (number == sim::actor_time) return who + " waits while time goes on.";
        const std::string comes = come_words(replay_, i);
        return sim::actor_act(number) == sim::Act::run ? who + " is held up; " + comes + "."
                                                       : who + ": " + comes + ".";
    }

    // The end is what it is about.
    static void cut(Lines& steps, std::size_t room) {
        const std::size_t kept = room - std::min<std::size_t>(room, 1);
        std::size_t gone = steps.size() - kept;
        while (gone < steps.size() && steps[gone].starts_with("     ")) ++gone;
        steps.erase(steps.begin(), steps.begin() + static_cast<std::ptrdiff_t>(gone));
        steps.insert(steps.begin(), "  ... (rcufuzz explain --format story has what comes before)");
    }

    // --- the state, how to see it again -------------------------------------------------------

    Lines tail_lines() const {
        Lines lines{""};
        Lines state = state_lines();
        if (!state.empty()) {
            lines.emplace_back("What " + std::string(called().itself) +
                               " prints of its state then:");
            lines.insert(lines.end(), state.begin(), state.end());
            lines.emplace_back();
        }
        for (const std::string& blocked : replay_.trace.blocked)
            lines.push_back("At the end " + blocked);
        if (!replay_.trace.blocked.empty()) lines.emplace_back();
        lines.emplace_back("To see it again, in a checkout of rcufuzz:");
        lines.emplace_back(
            "  cmake --preset release && cmake --build --preset release --target rcufuzz");
        if (!words_.build.empty()) lines.push_back("  " + words_.build);
        const std::string kernel = words_.built_as.empty() ? "" : " --kernel " + name();
        lines.push_back("  build/rcufuzz replay" + kernel + " - <<END");
        const std::string text = run::to_text(replay_.plan);
        const std::vector<std::string_view> plan = rcufuzz::lines(text);
        if (plan.size() > most_plan_lines) {
            lines.back() = "  build/rcufuzz replay" + kernel + " " + file_ + "  # " +
                           std::to_string(plan.size()) + " lines; rcufuzz minimize makes them less";
        } else {
            for (const std::string_view line : plan) lines.emplace_back(line);
            lines.emplace_back("END");
        }
        if (!blame_.commit.empty()) lines.insert(lines.end(), {"", "Fixes: " + blame_.commit});
        return lines;
    }

    std::string name() const { return words_.built_as.substr(0, words_.built_as.find(',')); }

    // Tasks that sleep or idle say little.
    Lines state_lines() const {
        Lines list;
        for (const std::string_view line : rcufuzz::lines(replay_.trace.state)) {
            const bool acts = line.find(", r") != line.npos && line.find("swapper") == line.npos;
            if (!line.starts_with("task ") || acts)
                add_wrapped(list, "  " + std::string(trim(line)), 6);
        }
        if (list.size() > most_state_lines) list.resize(most_state_lines);
        return list;
    }

    const Replay& replay_;
    const std::string& file_;
    const Blame& blame_;
    const std::string place_;
    scenario::SubjectWords words_;
};

}  // namespace

std::string explain_mail(const Replay& replay, const std::string& file, const Blame& blame) {
    if (!replay.outcome.found())
        throw UserError(file + ": shows no bug; there is nothing to report");
    return Mail(replay, file, blame).text();
}

}  // namespace rcufuzz::report
