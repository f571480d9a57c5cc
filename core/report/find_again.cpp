// SPDX-License-Identifier: GPL-2.0-or-later
//
// The moves that guess. When a change of the plan breaks the find, other decisions may lead to it
// again: first those of the find itself, disturbed at random, then whatever the scheduling policies
// try. And where no change of one part makes the plan smaller, several at once may. All of it is a
// function of the plan, since every random number comes from a seed that the search itself gives.
#include <algorithm>
#include <array>
#include <memory>
#include <utility>

#include "core/base/prng.h"
#include "core/report/reduce.h"
#include "core/run/generate.h"
#include "core/strategy/strategies.h"

namespace rcufuzz::report {

namespace {

constexpr unsigned disturbed_tries = 400;
constexpr unsigned policy_tries = 400;
constexpr unsigned finds_tried = 4;  // of which the smallest counts
constexpr unsigned guesses = 4000;

// The same decisions, some of them lost, some a little later or earlier, some new.
std::vector<sim::Decision> disturbed(const std::vector<sim::Decision>& decisions,
                                     const std::vector<Moment>& moments, Prng& prng) {
    std::vector<sim::Decision> result;
    std::array<int, 256> shift_of_key{};
    for (int& shift : shift_of_key)
        if (prng.one_in(2)) shift = 16 - static_cast<int>(prng.below(48));
    for (sim::Decision decision : decisions) {
        if (prng.one_in(8)) continue;
        const int shift = shift_of_key[decision.key] + static_cast<int>(prng.below(5)) - 2;
        const int ordinal = std::max(0, decision.ordinal + (prng.one_in(2) ? shift : 0));
        decision.ordinal = static_cast<std::uint16_t>(ordinal);
        result.push_back(decision);
    }
    for (unsigned added = prng.below(3); added > 0 && !moments.empty(); --added) {
        const Moment& moment = moments[prng.below(static_cast<std::uint32_t>(moments.size()))];
        const auto count = static_cast<std::uint32_t>(moment.values.size());
        result.push_back(moment.decision(moment.values[prng.below(count)]));
    }
    return result;
}

// Keeps the smallest of several finds.
class Smallest {
   public:
    explicit Smallest(Search& search) : search_(search), before_(search.best()), best_(before_) {}

    // The search has just accepted a plan.
    void found() {
        ++finds_;
        drop_decisions(search_);
        if (size_of(search_.best()) < size_of(best_)) best_ = search_.best();
    }
    bool enough() const { return finds_ >= finds_tried || search_.spent(); }

    bool finish() {
        search_.go_back(best_);
        return best_ != before_;
    }

   private:
    Search& search_;
    run::Plan before_;
    run::Plan best_;
    unsigned finds_ = 0;
};

// A plan near the given one: a few changes as fuzzers make them, fewer decisions.
run::Plan neighbour(const run::Plan& plan, Prng& prng) {
    run::Plan result = plan;
    if (prng.one_in(2)) {
        result.decisions.clear();
    } else {
        std::erase_if(result.decisions, [&](const sim::Decision&) { return prng.one_in(3); });
    }
    for (unsigned changes = 1 + prng.below(4); changes > 0; --changes) run::mutate(result, prng);
    return result;
}

// Another workload, with no more operations and without decisions.
run::Plan stranger(const run::Plan& plan, Prng& prng) {
    const run::GenerateOptions options{.max_ops = static_cast<unsigned>(plan.ops.size())};
    return run::generate(plan, options, prng);
}

bool costs_less(const run::Plan& a, const run::Plan& b) {
    return std::pair(a.ops.size(), a.decisions.size()) <
           std::pair(b.ops.size(), b.decisions.size());
}

}  // namespace

bool find_again(Search& search, const run::Plan& candidate, unsigned patience) {
    Smallest smallest(search);
    const std::vector<Moment> moments = search.moments(candidate);
    Prng prng(search.seed());
    for (unsigned i = 0; i < patience * disturbed_tries && !smallest.enough(); ++i) {
        run::Plan tried = candidate;
        tried.decisions = disturbed(candidate.decisions, moments, prng);
        if (search.accept(std::move(tried))) smallest.found();
    }
    const std::unique_ptr<strategy::Policy> policy = strategy::make_policy("pct");
    CHECK(policy != nullptr);
    for (unsigned i = 0; i < patience * policy_tries && !smallest.enough(); ++i) {
        policy->reseed(prng.next());
        if (search.accept_recorded(candidate, *policy)) smallest.found();
    }
    return smallest.finish();
}

bool guess_smaller(Search& search, unsigned patience) {
    const run::Plan before = search.best();
    Prng prng(search.seed());
    const std::unique_ptr<strategy::Policy> policy = strategy::make_policy("pct");
    for (unsigned i = 0; i < patience * guesses && !search.spent(); ++i) {
        const run::Plan best = search.best();
        if (is_least(size_of(best))) break;
        if (prng.one_in(3)) {
            policy->reseed(prng.next());
            if (!search.accept_recorded(stranger(best, prng), *policy)) continue;
            drop_decisions(search);
            if (!(size_of(search.best()) < size_of(best))) search.go_back(best);
        } else {
            run::Plan guess = prng.one_in(3) ? stranger(best, prng) : neighbour(best, prng);
            run::canonicalize(guess);
            if (costs_less(guess, best)) search.accept(std::move(guess));
        }
    }
    return search.best() != before;
}

}  // namespace rcufuzz::report
