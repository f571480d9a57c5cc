// SPDX-License-Identifier: GPL-2.0-or-later
//
// What the lines of a story speak of: who acts, and statements about the run.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/run/plan.h"
#include "core/sim/world.h"

namespace rcufuzz::report {

// Who can be told to act: a context, the clock, or everybody. On a subject that has a scheduler of
// its own a CPU's context stands for whatever that CPU does.
struct Actor {
    enum class Kind : std::uint8_t { context, clock, everybody, task };
    Kind kind = Kind::context;
    sim::ContextKey key = 0;  // of a context
    std::string task;         // the name that such a subject gives its task

    bool operator==(const Actor&) const = default;
};

enum class Comparison : std::uint8_t { equal, not_equal, less, greater, at_most, at_least };

bool compare(std::int64_t left, Comparison comparison, std::int64_t right);

// A statement about the run, true or false at any moment of it.
struct Condition {
    enum class Kind : std::uint8_t {
        observed,     // Instance::observe(name), or the clock ("jiffies"), compared with `value`
        asleep,       // a task sleeps
        awake,        // it does not
        spinning,     // a context waits for a lock
        in_function,  // a context stands in the function `name`
        at_object,    // it is about to touch the object `name`, in the way of `access`
        returned,     // an interrupt has been entered since the action began, and has returned
        op_begun,
        op_done,
    };
    Kind kind = Kind::observed;
    Comparison comparison = Comparison::equal;
    sim::ContextKey key = 0;  // of which context, where the kind speaks of one
    std::string task;         // not empty: of this task, as in Actor
    std::size_t op = 0;       // op_begun, op_done: index into Plan::ops
    sim::AccessKind access = sim::AccessKind::none;  // none: in any way
    std::string name;
    std::int64_t value = 0;
    std::string text;  // as it stands in the file
};

// What the words of one story mean.
struct StoryNames {
    const run::Plan& plan;
    const std::vector<std::string>& labels;  // by operation; empty: it has none
};

// "cpu1", "rcuog0", "cpu1/timer", "time". These throw UserError without saying where.
Actor actor_from_word(const StoryNames& names, std::string_view word);

// "level1=2, rcuog0 asleep, a done, rcuog0 locking nocb_lock[1]"; in "asleep" alone, it is
// `subject` who sleeps.
std::vector<Condition> conditions_from_text(const StoryNames& names, std::string_view text,
                                            const std::optional<Actor>& subject);

// The parts between separators, trimmed.
std::vector<std::string_view> split(std::string_view text, char separator);

}  // namespace rcufuzz::report
