// SPDX-License-Identifier: GPL-2.0-or-later
//
// Hand-written stories: a workload, and numbered steps that drive one exact interleaving and state
// what must hold. README.md of this folder describes the format of the files.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/verdict.h"
#include "core/report/story_condition.h"
#include "core/run/plan.h"

namespace rcufuzz::report {

struct Action {
    enum class Kind : std::uint8_t {
        run,      // `actor` acts until all `conditions` hold
        settle,   // everybody acts in the ordinary order until nobody can, `held` excepted
        advance,  // the clock goes on by `jiffies`
        check,    // all `conditions` must hold now
    };
    Kind kind = Kind::run;
    Actor actor;
    std::vector<Actor> held;
    std::uint64_t jiffies = 0;
    std::vector<Condition> conditions;
    std::size_t line = 0;
    std::string text;  // as it stands in the file
};

struct Step {
    std::string number;  // "1", "12a"
    std::string sentence;
    std::vector<Action> actions;
    bool fails_without_bug = false;  // so marked, or the last one
    std::size_t line = 0;
};

struct Story {
    std::string file;
    std::string title;
    run::Plan plan;                    // with the bugs on; no decisions
    Verdict verdict = Verdict::clean;  // of the run with the bugs on
    std::vector<Step> steps;
};

// Throws UserError("NAME:LINE: what is wrong").
Story parse_story(std::string_view text, const std::string& name);

}  // namespace rcufuzz::report
