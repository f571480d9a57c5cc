// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/report/story_condition.h"

#include <algorithm>
#include <array>
#include <utility>

#include "core/base/check.h"
#include "core/base/text.h"
#include "core/run/names.h"

namespace rcufuzz::report {

namespace {

struct ComparisonWord {
    std::string_view word;
    Comparison comparison;
};
// The longer ones first: "<=" begins like "<".
constexpr std::array comparisons{
    ComparisonWord{"!=", Comparison::not_equal}, ComparisonWord{"<=", Comparison::at_most},
    ComparisonWord{">=", Comparison::at_least},  ComparisonWord{"=", Comparison::equal},
    ComparisonWord{"<", Comparison::less},       ComparisonWord{">", Comparison::greater}};

struct StateWord {
    std::string_view word;
    Condition::Kind kind;
};
constexpr std::array context_states{StateWord{"asleep", Condition::Kind::asleep},
                                    StateWord{"awake", Condition::Kind::awake},
                                    StateWord{"spinning", Condition::Kind::spinning},
                                    StateWord{"returned", Condition::Kind::returned}};
constexpr std::array op_states{StateWord{"begun", Condition::Kind::op_begun},
                               StateWord{"done", Condition::Kind::op_done}};

struct AccessWord {
    std::string_view word;
    sim::AccessKind access;
};
constexpr std::array access_words{
    AccessWord{"at", sim::AccessKind::none},          AccessWord{"reading", sim::AccessKind::read},
    AccessWord{"writing", sim::AccessKind::write},    AccessWord{"locking", sim::AccessKind::lock},
    AccessWord{"unlocking", sim::AccessKind::unlock}, AccessWord{"waking", sim::AccessKind::wake}};

// What people call these contexts.
struct Alias {
    std::string_view said;
    std::string_view meant;
};
constexpr std::array aliases{Alias{"/timer", "/softirq"}, Alias{"/irq", "/hardirq"}};

template <std::size_t size>
std::optional<Condition::Kind> state_from(const std::array<StateWord, size>& list,
                                          std::string_view word) {
    for (const StateWord& entry : list)
        if (entry.word == word) return entry.kind;
    return std::nullopt;
}

std::optional<Condition> comparison_from(std::string_view text) {
    for (const ComparisonWord& entry : comparisons) {
        const std::size_t at = text.find(entry.word);
        if (at == text.npos) continue;
        const auto value = parse_int(trim(text.substr(at + entry.word.size())));
        Condition result;
        result.text = text;
        result.name = trim(text.substr(0, at));
        if (result.name.empty() || !value) {
            throw UserError("expected NAME" + std::string(entry.word) + "NUMBER instead of " +
                            quoted(text));
        }
        result.comparison = entry.comparison;
        result.value = *value;
        return result;
    }
    return std::nullopt;
}

std::size_t labelled_op(const StoryNames& names, std::string_view label) {
    const auto at = std::find(names.labels.begin(), names.labels.end(), label);
    if (label.empty() || at == names.labels.end())
        throw UserError("unknown operation " + quoted(label));
    return static_cast<std::size_t>(at - names.labels.begin());
}

// "in FUNCTION", "locking OBJECT" and the like say where a context stands.
bool place_from(std::string_view word, Condition& result) {
    if (word == "in") {
        result.kind = Condition::Kind::in_function;
        return true;
    }
    for (const AccessWord& entry : access_words) {
        if (entry.word != word) continue;
        result.kind = Condition::Kind::at_object;
        result.access = entry.access;
        return true;
    }
    return false;
}

// The context that a condition names; where it names none, that of the subject.
Actor context_of(const StoryNames& names, std::string_view text, std::string_view word,
                 const std::optional<Actor>& subject) {
    const std::optional<Actor> whose = word.empty() ? subject : actor_from_word(names, word);
    if (!whose || whose->kind == Actor::Kind::clock || whose->kind == Actor::Kind::everybody)
        throw UserError(quoted(text) + ": which context?");
    return *whose;
}

Condition condition_from(const StoryNames& names, std::string_view text,
                         const std::optional<Actor>& subject) {
    if (auto result = comparison_from(text)) return *std::move(result);
    Condition result;
    result.text = text;
    const std::vector<std::string_view> parts = words(text);
    if (parts.empty() || parts.size() > 3)
        throw UserError("expected a condition instead of " + quoted(text));
    if (parts.size() >= 2 && place_from(parts[parts.size() - 2], result)) {
        result.name = parts.back();
        const Actor whose = context_of(names, text, parts.size() == 3 ? parts[0] : "", subject);
        if (!whose.task.empty())
            throw UserError(quoted(text) + ": where a task stands is not known");
        result.key = whose.key;
        return result;
    }
    if (const auto kind = state_from(op_states, parts.back()); kind && parts.size() == 2) {
        result.kind = *kind;
        result.op = labelled_op(names, parts[0]);
        return result;
    }
    const auto kind = state_from(context_states, parts.back());
    if (!kind || parts.size() > 2) throw UserError("unknown condition " + quoted(text));
    result.kind = *kind;
    const Actor whose = context_of(names, text, parts.size() == 2 ? parts[0] : "", subject);
    const bool of_task = *kind == Condition::Kind::asleep || *kind == Condition::Kind::awake;
    const bool has_tasks = names.plan.target->has_tasks && *kind != Condition::Kind::returned;
    if (whose.task.empty() ? has_tasks : !of_task)
        throw UserError(quoted(text) + ": on this target only its tasks are asleep or awake");
    result.key = whose.key;
    result.task = whose.task;
    return result;
}

}  // namespace

bool compare(std::int64_t left, Comparison comparison, std::int64_t right) {
    switch (comparison) {
        case Comparison::equal:
            return left == right;
        case Comparison::not_equal:
            return left != right;
        case Comparison::less:
            return left < right;
        case Comparison::greater:
            return left > right;
        case Comparison::at_most:
            return left <= right;
        case Comparison::at_least:
            return left >= right;
    }
    return false;
}

Actor actor_from_word(const StoryNames& names, std::string_view word) {
    if (word == "time") return {Actor::Kind::clock, 0, {}};
    if (word == "all") return {Actor::Kind::everybody, 0, {}};
    std::string name(word);
    for (const Alias& alias : aliases) {
        if (!name.ends_with(alias.said)) continue;
        name.resize(name.size() - alias.said.size());
        name += alias.meant;
    }
    const auto key = run::context_from_word(names.plan, name);
    if (!key && names.plan.target->has_tasks) return {Actor::Kind::task, 0, std::string(word)};
    if (!key || *key == run::main_key) throw UserError("unknown actor " + quoted(word));
    return {Actor::Kind::context, *key, {}};
}

std::vector<Condition> conditions_from_text(const StoryNames& names, std::string_view text,
                                            const std::optional<Actor>& subject) {
    std::vector<Condition> list;
    for (const std::string_view part : split(text, ','))
        list.push_back(condition_from(names, part, subject));
    return list;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    for (;;) {
        const std::size_t end = std::min(text.find(separator), text.size());
        parts.push_back(trim(text.substr(0, end)));
        if (end == text.size()) return parts;
        text.remove_prefix(end + 1);
    }
}

}  // namespace rcufuzz::report
