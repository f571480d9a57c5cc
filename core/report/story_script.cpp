// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/report/story_script.h"

#include <algorithm>
#include <array>
#include <utility>

#include "core/base/check.h"
#include "core/base/text.h"
#include "core/run/codec.h"

namespace rcufuzz::report {

namespace {

// `text` without the part from a '#' that stands outside quotes and begins a word.
std::string_view without_comment(std::string_view text) {
    bool inside = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '"') inside = !inside;
        const bool begins_word = i == 0 || text[i - 1] == ' ' || text[i - 1] == '\t';
        if (text[i] == '#' && !inside && begins_word) return trim(text.substr(0, i));
    }
    return trim(text);
}

// Its sentences are shown to people. Lines may end in a carriage return.
void check_printable(std::string_view line) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (printable_lines(line) != line)
        throw UserError("a character that cannot be printed in " + quoted(line));
}

// Takes the first word off.
std::string_view take_word(std::string_view& text) {
    const std::size_t length = std::min(text.find_first_of(" \t"), text.size());
    const std::string_view word = text.substr(0, length);
    text = trim(text.substr(length));
    return word;
}

std::string_view inside_quotes(std::string_view text) {
    if (text.size() < 2 || text.front() != '"' || text.back() != '"' ||
        text.substr(1, text.size() - 2).find('"') != text.npos)
        throw UserError("expected a text in double quotes");
    return text.substr(1, text.size() - 2);
}

// The words that begin lines which a plan has too, operations excepted.
constexpr std::array<std::string_view, 6> plan_words{"target", "kernel", "bug",
                                                     "memory", "oracle", "config"};

bool is_plan_word(std::string_view word) {
    return std::find(plan_words.begin(), plan_words.end(), word) != plan_words.end();
}

class Parser {
   public:
    Parser(std::string_view text, const std::string& name) : text_(text) { story_.file = name; }

    Story parse() {
        const std::string plan_text = read_header();
        story_.plan = run::from_text(plan_text, story_.file);  // says itself where it objects
        try {
            read_steps();
        } catch (const UserError& error) {
            refuse_here(error.what());
        }
        return std::move(story_);
    }

   private:
    [[noreturn]] void refuse_here(const std::string& what) const {
        throw UserError(story_.file + ":" + std::to_string(line_) + ": " + what);
    }

    // The lines that a plan has too are read as a plan, with the others blanked out so that each
    // stays at its number.
    std::string read_header() {
        std::string plan_text;
        for (const std::string_view line : lines(text_)) {
            ++line_;
            try {
                check_printable(line);
                plan_text += plan_line(without_comment(line)) + "\n";
            } catch (const UserError& error) {
                refuse_here(error.what());
            }
        }
        line_ = 1;
        if (story_.title.empty()) refuse_here("expected story \"TITLE\" in the first line");
        return plan_text;
    }

    std::string plan_line(std::string_view text) {
        std::string_view rest = text;
        const std::string_view word = take_word(rest);
        if (word == "story") {
            if (!story_.title.empty()) throw UserError("a second story");
            story_.title = inside_quotes(rest);
            return "rcufuzz-plan 1";
        }
        if (word == "op") return without_label(text);
        return is_plan_word(word) ? std::string(text) : "";
    }

    // "op cpu1 off call_rcu as a": the label is the story's own.
    std::string without_label(std::string_view text) {
        const std::vector<std::string_view> all = words(text);
        const bool labelled = all.size() > 2 && all[all.size() - 2] == "as";
        const std::string label = labelled ? std::string(all.back()) : "";
        if (labelled && std::find(labels_.begin(), labels_.end(), label) != labels_.end())
            throw UserError("a second operation " + rcufuzz::quoted(label));
        if (labels_.size() == run::max_ops) throw UserError("too many operations");
        labels_.push_back(label);
        if (!labelled) return std::string(text);
        return std::string(
            text.substr(0, static_cast<std::size_t>(all[all.size() - 2].data() - text.data())));
    }

    void read_steps() {
        line_ = 0;
        for (const std::string_view line : lines(text_)) {
            ++line_;
            read_line(without_comment(line));
        }
        if (story_.steps.empty()) throw UserError("the story has no steps");
        story_.steps.back().fails_without_bug = true;
    }

    void read_line(std::string_view text) {
        std::string_view rest = text;
        const std::string_view word = take_word(rest);
        if (word.empty() || word == "story" || word == "op" || is_plan_word(word)) return;
        if (word == "verdict") {
            const auto verdict = verdict_from_word(rest);
            if (!verdict) throw UserError("unknown verdict " + quoted(rest));
            if (std::exchange(has_verdict_, true)) throw UserError("a second verdict");
            story_.verdict = *verdict;
        } else if (word == "step") {
            Step& step = story_.steps.emplace_back();
            step.line = line_;
            step.number = take_word(rest);
            step.sentence = inside_quotes(rest);
        } else if (story_.steps.empty()) {
            throw UserError("unknown word " + quoted(word));
        } else if (text.front() == '"') {
            if (!story_.steps.back().actions.empty())
                throw UserError("a sentence goes on after an action");
            story_.steps.back().sentence += " " + std::string(inside_quotes(text));
        } else if (text == "fails without the bug") {
            story_.steps.back().fails_without_bug = true;
        } else {
            story_.steps.back().actions.push_back(action(word, text, rest));
        }
    }

    Action action(std::string_view word, std::string_view text, std::string_view rest) const {
        Action result;
        result.line = line_;
        result.text = text;
        if (word == "run") {
            result.kind = Action::Kind::run;
            result.actor = actor_from_word(names(), take_word(rest));
            if (result.actor.kind == Actor::Kind::task)
                throw UserError("unknown actor " + rcufuzz::quoted(result.actor.task));
            const std::size_t until = rest.find("until ");
            if (until == rest.npos) throw UserError("expected run ACTOR until CONDITION");
            result.held = held_actors(trim(rest.substr(0, until)));
            if (!result.held.empty() && result.actor.kind != Actor::Kind::everybody)
                throw UserError("expected run all but ACTOR,... until CONDITION");
            result.conditions = conditions_from_text(names(), rest.substr(until + 6), result.actor);
        } else if (word == "settle") {
            result.kind = Action::Kind::settle;
            result.held = held_actors(rest);
        } else if (word == "advance") {
            result.kind = Action::Kind::advance;
            const auto jiffies = parse_int(rest);
            if (!jiffies || *jiffies < 1 || *jiffies > 1000)
                throw UserError("expected advance N, with N from 1 to 1000 jiffies");
            result.jiffies = static_cast<std::uint64_t>(*jiffies);
        } else if (word == "holds") {
            result.kind = Action::Kind::check;
            result.conditions = conditions_from_text(names(), rest, std::nullopt);
        } else {
            throw UserError("unknown word " + quoted(word) + " (run, settle, advance, holds)");
        }
        return result;
    }

    // "but rcuog0, cpu1/timer", or nothing.
    std::vector<Actor> held_actors(std::string_view text) const {
        std::vector<Actor> held;
        if (text.empty()) return held;
        if (take_word(text) != "but") throw UserError("expected but ACTOR,...");
        for (const std::string_view part : split(text, ','))
            held.push_back(actor_from_word(names(), part));
        return held;
    }

    StoryNames names() const { return {story_.plan, labels_}; }

    std::string_view text_;
    Story story_;
    std::vector<std::string> labels_;  // by operation; empty: it has none
    std::size_t line_ = 0;
    bool has_verdict_ = false;
};

}  // namespace

Story parse_story(std::string_view text, const std::string& name) {
    return Parser(text, name).parse();
}

}  // namespace rcufuzz::report
