// SPDX-License-Identifier: GPL-2.0-or-later
//
// Sorts the finds of a long run: thousands of crashes, few bugs.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "core/run/plan.h"
#include "core/run/runner.h"

namespace rcufuzz::report {

struct NamedPlan {
    std::string name;
    run::Plan plan;
};

struct FindGroup {
    run::Plan minimal;
    run::Outcome outcome;            // of `minimal`
    std::vector<std::string> names;  // of the plans that belong to it, in the order given
};

struct Triage {
    std::vector<FindGroup> groups;   // in the order in which the first of each was given
    std::vector<std::string> quiet;  // plans that show nothing
};

// Plans for the same code whose finds have the same identity are one group; its smallest is
// minimised. `progress` is called before each replay and each minimisation, with how many of all
// are done.
Triage triage(std::span<const NamedPlan> plans,
              const std::function<void(std::size_t done, std::size_t all)>& progress = {});

}  // namespace rcufuzz::report
