// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/report/minimize.h"

#include "core/report/reduce.h"
#include "core/run/symmetry.h"

namespace rcufuzz::report {

namespace {

// Cheap and coarse, so that what follows works on something short.
void thin_out(Search& search) {
    drop_decisions(search);
    drop_ops(search, Effort::low);
    simplify_config(search, Effort::low);
    simplify_ops(search, Effort::low);
    drop_decisions(search);
}

// Most finds get by with less; one that does not is probably stuck.
constexpr std::size_t much_work = 4;
constexpr std::size_t many_decisions = 6;

bool is_large(const run::Plan& plan) {
    return size_of(plan).work >= much_work || plan.decisions.size() >= many_decisions;
}

// Looks further away for something smaller.
void get_unstuck(Search& search, unsigned patience) {
    simplify_ops(search, Effort::high);
    vary_config(search);
    find_again(search, search.best(), patience);
}

// What costs the reader most goes first.
void one_round(Search& search, unsigned patience) {
    thin_out(search);
    drop_ops(search, Effort::high);
    if (is_large(search.best())) get_unstuck(search, patience);
    vary_contexts(search);
    find_again(search, search.best());
    simplify_decisions(search);
    drop_decisions(search);
    while (merge_decisions(search)) thin_out(search);
    if (guess_smaller(search, patience)) thin_out(search);
    simplify_config(search, Effort::high);
    simplify_ops(search, Effort::high);
    simplify_decisions(search);
}

constexpr unsigned patience_max = 8;
constexpr unsigned polish_share = 20;  // of the whole budget, one part in so many

void search_on(Search& search, const run::Plan& find) {
    thin_out(search);
    if (is_large(search.best())) hunt_smaller(search, find);
    for (unsigned patience = 1; patience <= patience_max && !search.spent();) {
        const run::Plan before = search.best();
        one_round(search, patience);
        if (search.best() != before) continue;
        if (!is_large(search.best())) return;
        patience *= 2;
    }
}

// The smallest may have come when the budget was nearly spent, and some moves were not tried on it.
run::Plan polished(const run::Plan& plan, const MinimizeOptions& options) {
    Search search(plan, options.budget / polish_share, 0, options.keep_going);
    if (vary_contexts(search)) thin_out(search);
    return search.best();
}

// Once the CPUs have low numbers, fewer of them may do.
run::Plan with_low_cpus(const run::Plan& plan, const MinimizeOptions& options) {
    run::Plan renamed = run::with_canonical_cpus(plan);
    if (renamed.ops == plan.ops) return renamed;
    Search search(renamed, options.budget / polish_share, 0, options.keep_going);
    simplify_config(search, Effort::high);
    return search.best() == renamed ? renamed : run::with_canonical_cpus(search.best());
}

// The moves that guess go another way in each. Every other one goes on from the smallest so far;
// the others begin anew: what a find is whittled down to depends on what goes first.
constexpr unsigned attempts = 6;

run::Plan without_old_loads(const run::Plan& found, const MinimizeOptions& options,
                            MinimizeStats& stats) {
    Search search(found, options.budget / attempts, 0, options.keep_going);
    const bool without = search.reproduces() && find_without_old_loads(search);
    stats.runs += search.runs();
    stats.cost += search.cost();
    return without ? search.best() : found;
}

}  // namespace

run::Plan minimize(const run::Plan& found, const MinimizeOptions& options, MinimizeStats* stats) {
    run::Plan smallest;
    MinimizeStats all{.reproduced = true, .finished = true};
    const run::Plan find = without_old_loads(found, options, all);
    for (unsigned attempt = 0; attempt < attempts; ++attempt) {
        const run::Plan& start = attempt % 2 == 0 ? find : smallest;
        Search search(start, options.budget / attempts, attempt, options.keep_going);
        all.reproduced = search.reproduces();
        if (all.reproduced) search_on(search, find);
        all.finished &= !search.spent();
        all.runs += search.runs();
        all.cost += search.cost();
        if (attempt == 0 || size_of(search.best()) < size_of(smallest)) smallest = search.best();
        if (!all.reproduced || is_least(size_of(smallest)) || search.stopped()) break;
    }
    if (stats != nullptr) *stats = all;
    return all.reproduced ? with_low_cpus(polished(smallest, options), options) : smallest;
}

}  // namespace rcufuzz::report
