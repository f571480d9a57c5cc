// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/report/triage.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "core/report/minimize.h"

namespace rcufuzz::report {

namespace {

// Under the same bugs, memory model and form of the algorithm.
bool run_the_same_code(const run::Plan& a, const run::Plan& b) {
    if (a.target != b.target || a.bugs != b.bugs || a.memory != b.memory) return false;
    for (std::size_t i = 0; i < a.target->configs.size(); ++i)
        if (a.target->configs[i].chosen && a.config[i] != b.config[i]) return false;
    return true;
}

bool end_alike(const FindGroup& group, const run::Plan& plan, const run::Outcome& outcome) {
    return run_the_same_code(group.minimal, plan) &&
           group.outcome.identity == outcome.identity;
}

FindGroup* group_of(std::vector<FindGroup>& groups, const run::Plan& plan,
                    const run::Outcome& outcome) {
    const auto found = std::ranges::find_if(
        groups, [&](const FindGroup& group) { return end_alike(group, plan, outcome); });
    return found == groups.end() ? nullptr : &*found;
}

std::size_t size_of(const run::Plan& plan) { return plan.ops.size() + plan.decisions.size(); }

// A group under its smallest plan, not minimised yet.
void add(std::vector<FindGroup>& groups, const NamedPlan& named, const run::Outcome& outcome) {
    FindGroup* const group = group_of(groups, named.plan, outcome);
    if (group == nullptr) {
        groups.push_back({named.plan, outcome, {named.name}});
        return;
    }
    group->names.push_back(named.name);
    if (size_of(named.plan) >= size_of(group->minimal)) return;
    group->minimal = named.plan;
    group->outcome = outcome;
}

// Some turn out to be one find when they are small.
void merge_alike(std::vector<FindGroup>& groups) {
    std::vector<FindGroup> apart;
    for (FindGroup& group : groups) {
        FindGroup* const same = group_of(apart, group.minimal, group.outcome);
        if (same == nullptr) {
            apart.push_back(std::move(group));
            continue;
        }
        std::ranges::move(group.names, std::back_inserter(same->names));
        if (size_of(group.minimal) < size_of(same->minimal)) same->minimal = group.minimal;
        same->outcome = run::replay(same->minimal);
    }
    groups = std::move(apart);
}

}  // namespace

Triage triage(std::span<const NamedPlan> plans,
              const std::function<void(std::size_t done, std::size_t all)>& progress) {
    Triage result;
    std::size_t done = 0;
    const auto step = [&] {
        if (progress) progress(done, plans.size() + result.groups.size());
        ++done;
    };
    for (const NamedPlan& named : plans) {
        step();
        const run::Outcome outcome = run::replay(named.plan);
        if (outcome.found())
            add(result.groups, named, outcome);
        else
            result.quiet.push_back(named.name);
    }
    for (FindGroup& group : result.groups) {
        step();
        group.minimal = minimize(group.minimal);
        group.outcome = run::replay(group.minimal);
    }
    merge_alike(result.groups);
    return result;
}

}  // namespace rcufuzz::report
