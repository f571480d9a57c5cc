// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>

#include "core/report/reduce.h"

namespace rcufuzz::report {

namespace {

run::Plan with_decisions(const run::Plan& plan, std::vector<sim::Decision> decisions) {
    run::Plan result = plan;
    result.decisions = std::move(decisions);
    return result;
}

// With more decisions than these there are too many pairs to try them all.
constexpr std::size_t few_to_drop = 24;
constexpr std::size_t few_to_merge = 8;

std::vector<sim::Decision> without(const std::vector<sim::Decision>& list, std::size_t i,
                                   std::size_t j) {
    std::vector<sim::Decision> rest;
    for (std::size_t at = 0; at < list.size(); ++at)
        if (at != i && at != j) rest.push_back(list[at]);
    return rest;
}

bool drop_pairs(Search& search) {
    const std::vector<sim::Decision> taken = search.decisions_in_time();
    if (taken.size() > few_to_drop) return false;
    for (std::size_t i = taken.size(); i-- > 0;) {
        for (std::size_t j = i; j-- > 0;)
            if (search.accept(with_decisions(search.best(), without(taken, i, j)))) return true;
    }
    return false;
}

// A decision that could be put into a plan.
struct Candidate {
    std::uint64_t complexity;
    sim::Decision decision;
};

// All that could be put into this plan's run, the simplest first.
std::vector<Candidate> candidates_for(Search& search, const run::Plan& plan) {
    std::vector<Candidate> list;
    const std::vector<TakenChoice> choices = search.choices(plan);
    for (std::size_t at = 0; at < choices.size(); ++at) {
        for (const std::uint8_t value : choices[at].values) {
            if (value != choices[at].taken)
                list.push_back({complexity(choices[at], value, at), choices[at].decision(value)});
        }
    }
    std::sort(list.begin(), list.end(),
              [](const Candidate& a, const Candidate& b) { return a.complexity < b.complexity; });
    return list;
}

run::Plan with_decision(const run::Plan& plan, const sim::Decision& decision) {
    run::Plan result = plan;
    std::erase_if(result.decisions, [&](const sim::Decision& old) {
        return old.key == decision.key && old.ordinal == decision.ordinal;
    });
    result.decisions.push_back(decision);
    return result;
}

bool simplify_one(Search& search, const std::vector<sim::Decision>& taken, std::size_t index) {
    std::uint64_t bound = 0;
    const std::vector<TakenChoice> choices = search.choices(search.best());
    for (std::size_t at = 0; at < choices.size(); ++at) {
        if (choices[at].taken != 0 && choices[at].decision(choices[at].taken) == taken[index])
            bound = complexity(choices[at], choices[at].taken, at);
    }
    const run::Plan rest = with_decisions(search.best(), without(taken, index, index));
    for (const Candidate& candidate : candidates_for(search, rest)) {
        if (candidate.complexity >= bound || search.spent()) return false;
        if (search.accept(with_decision(rest, candidate.decision))) return true;
    }
    return false;
}

}  // namespace

bool drop_decisions(Search& search) {
    bool changed = drop_chunks(search.decisions_in_time(),
                               [&search](const std::vector<sim::Decision>& shorter) {
                                   return search.accept(with_decisions(search.best(), shorter));
                               });
    while (drop_pairs(search)) changed = true;
    search.decisions_in_time();  // drops those that never come to be
    return changed;
}

bool merge_decisions(Search& search) {
    const std::vector<sim::Decision> taken = search.decisions_in_time();
    if (taken.size() > few_to_merge) return false;
    // Neighbours in time first: one decision can more often do the work of such a pair.
    for (std::size_t distance = 1; distance < taken.size(); ++distance) {
        for (std::size_t i = taken.size(); i-- > distance;) {
            const run::Plan rest = with_decisions(search.best(), without(taken, i, i - distance));
            for (const Candidate& candidate : candidates_for(search, rest)) {
                if (search.spent()) return false;
                if (search.accept(with_decision(rest, candidate.decision))) return true;
            }
        }
    }
    return false;
}

bool simplify_decisions(Search& search) {
    bool changed = false;
    std::vector<sim::Decision> taken = search.decisions_in_time();
    for (std::size_t i = 0; i < taken.size() && !search.spent();) {
        if (simplify_one(search, taken, i)) {
            changed = true;
            const std::size_t before = taken.size();
            taken = search.decisions_in_time();
            i = 0;
            if (taken.size() > before) break;
        } else {
            ++i;
        }
    }
    return changed;
}

}  // namespace rcufuzz::report
