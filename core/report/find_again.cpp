// SPDX-License-Identifier: GPL-2.0-or-later
//
// The moves that guess. When a change of the plan breaks the find, other decisions may lead to it
// again: first those of the find itself, disturbed at random, then whatever the scheduling policies
// try. And where no change of one part makes the plan smaller, several at once may. All of it is a
// function of the plan, since every random number comes from a seed that the search itself gives.
#include <algorithm>
#include <array>
#include <memory>
#include <span>
#include <tuple>
#include <utility>

#include "core/base/prng.h"
#include "core/report/reduce.h"
#include "core/run/generate.h"
#include "core/run/newest_loads.h"
#include "core/strategy/strategies.h"

namespace rcufuzz::report {

namespace {

constexpr unsigned disturbed_tries = 400;
constexpr unsigned policy_tries = 400;
constexpr unsigned finds_tried = 4;  // of which the smallest counts
constexpr unsigned guesses = 4000;
constexpr unsigned hunt_tries = 100'000;
constexpr unsigned small_workload = 4;  // operations
constexpr unsigned hunt_share = 2;      // of what is left of the budget: one in so many

// The same decisions, some of them lost, some a little later or earlier, some new.
std::vector<sim::Decision> disturbed(const std::vector<sim::Decision>& decisions,
                                     const std::vector<TakenChoice>& choices, Prng& prng) {
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
    for (unsigned added = prng.below(3); added > 0 && !choices.empty(); --added) {
        const TakenChoice& choice = choices[prng.below(static_cast<std::uint32_t>(choices.size()))];
        const auto count = static_cast<std::uint32_t>(choice.values.size());
        result.push_back(choice.decision(choice.values[prng.below(count)]));
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
    const run::Plan& best() const { return best_; }

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

// Another workload, with at most so many operations and without decisions.
run::Plan stranger(const run::Plan& plan, std::size_t max_ops, Prng& prng) {
    const run::GenerateOptions options{.max_ops = static_cast<unsigned>(max_ops)};
    return run::generate(plan, options, prng);
}

// No more repetitions than two of anything.
void ask_for_little(scenario::Op& op, const run::Plan& plan, Prng& prng) {
    const auto& params = plan.target->ops[op.kind].params;
    for (std::size_t i = 0; i < op.args.size(); ++i)
        if (params[i].repeats && op.args[i] > params[i].min)
            op.args[i] = static_cast<std::uint8_t>(params[i].min + prng.below(2));
}

// The same operation in any context in which it may run.
void move_to_other_context(scenario::Op& op, const run::Plan& plan, Prng& prng) {
    constexpr auto count = static_cast<std::uint32_t>(scenario::op_context_words.size());
    const auto context = static_cast<scenario::OpContext>(prng.below(count));
    if ((plan.target->ops[op.kind].contexts & scenario::bit(context)) != 0) op.context = context;
}

// A kind of operation, as often as generators take it.
std::uint8_t any_kind(std::span<const scenario::OpSpec> specs, Prng& prng) {
    std::uint32_t all = 0;
    for (const scenario::OpSpec& spec : specs) all += spec.weight;
    std::uint32_t left = prng.below(all);
    std::uint8_t kind = 0;
    while (left >= specs[kind].weight) left -= specs[kind++].weight;
    return kind;
}

// All operations of one kind become those of another: a find may stand on a rare kind only because
// the workload that found it had no other.
void replace_kind(run::Plan& plan, Prng& prng) {
    if (plan.ops.empty()) return;
    const auto ops = static_cast<std::uint32_t>(plan.ops.size());
    const std::uint8_t from = plan.ops[prng.below(ops)].kind;
    const std::uint8_t to = any_kind(plan.target->ops, prng);
    for (scenario::Op& op : plan.ops) {
        if (op.kind != from) continue;
        op.kind = to;
        for (std::size_t i = 0; i < op.args.size(); ++i) {
            const unsigned least = plan.target->ops[to].params[i].min;
            op.args[i] = static_cast<std::uint8_t>(least + prng.below(2));
        }
    }
}

// Most of the plan's own operations; or a few of them and of the find's, in any order and context.
// And often another configuration.
run::Plan relative(const run::Plan& plan, const run::Plan& find, Prng& prng) {
    run::Plan result = prng.one_in(2) ? stranger(plan, 1, prng) : plan;
    result.decisions.clear();
    result.ops.clear();
    if (prng.one_in(3)) {
        for (const scenario::Op& op : plan.ops)
            if (!prng.one_in(4)) result.ops.push_back(op);
        return result;
    }
    for (unsigned left = 1 + prng.below(small_workload); left > 0; --left) {
        const std::vector<scenario::Op>& ops = prng.one_in(2) ? find.ops : plan.ops;
        if (ops.empty()) continue;
        result.ops.push_back(ops[prng.below(static_cast<std::uint32_t>(ops.size()))]);
        if (prng.one_in(2)) move_to_other_context(result.ops.back(), plan, prng);
    }
    if (prng.one_in(2)) replace_kind(result, prng);
    return result;
}

bool costs_less(const run::Plan& a, const run::Plan& b) {
    const Size left = size_of(a);
    const Size right = size_of(b);
    return std::tuple(left.work, left.ops, left.decisions) <
           std::tuple(right.work, right.ops, right.decisions);
}

}  // namespace

bool find_again(Search& search, const run::Plan& candidate, unsigned patience) {
    Smallest smallest(search);
    const std::vector<TakenChoice> choices = search.choices(candidate);
    Prng prng(search.seed());
    for (unsigned i = 0; i < patience * disturbed_tries && !smallest.enough(); ++i) {
        run::Plan tried = candidate;
        tried.decisions = disturbed(candidate.decisions, choices, prng);
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

bool find_without_old_loads(Search& search) {
    if (!search.give_old_loads_up()) return false;
    const run::Plan find = search.best();
    const std::vector<TakenChoice> choices = search.choices(find);
    Prng prng(search.seed());
    const std::unique_ptr<strategy::Policy> policy = strategy::make_policy("pct");
    for (unsigned i = 0; i < disturbed_tries + policy_tries && !search.spent(); ++i) {
        const bool disturbs = i < disturbed_tries;
        run::Plan tried = find;
        tried.decisions =
            disturbs && i != 0 ? disturbed(find.decisions, choices, prng) : find.decisions;
        run::canonicalize(tried);
        const std::vector<sim::Decision> decisions = std::exchange(tried.decisions, {});
        strategy::FromPlan near(decisions);
        policy->reseed(prng.next());
        run::NewestLoads newest(disturbs ? static_cast<sim::Strategy&>(near) : *policy);
        if (search.accept_recorded(std::move(tried), newest)) return true;
    }
    return false;
}

bool hunt_smaller(Search& search, const run::Plan& find) {
    Smallest smallest(search);
    Prng prng(search.seed());
    std::vector<std::unique_ptr<strategy::Policy>> policies;
    for (const strategy::PolicyInfo& info : strategy::all_policies())
        policies.push_back(strategy::make_policy(info.name));
    const run::Plan best = search.best();
    // One operation with many repetitions may be had as several with one each.
    const std::size_t most = std::min<std::size_t>(size_of(best).work, small_workload);
    const std::uint64_t end = search.budget_left() - search.budget_left() / hunt_share;
    for (std::size_t i = 0; i < hunt_tries && search.budget_left() > end; ++i) {
        run::Plan tried =
            !prng.one_in(4)
                ? relative(best, find, prng)
                : stranger(best, 1 + prng.below(static_cast<std::uint32_t>(most)), prng);
        for (scenario::Op& op : tried.ops) ask_for_little(op, tried, prng);
        run::canonicalize(tried);
        // As much work may do with fewer decisions.
        if (tried.ops.empty() || size_of(tried).work > size_of(smallest.best()).work) continue;
        // The ordinary answers come first: they cost least, and a find that needs no others is what
        // is looked for.
        if (search.accept(tried)) {
            smallest.found();
            continue;
        }
        strategy::Policy& policy = *policies[i % policies.size()];
        policy.forget();
        policy.reseed(prng.next());
        if (search.accept_recorded(tried, policy)) smallest.found();
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
            const run::Plan tried = stranger(best, best.ops.size(), prng);
            if (!search.accept_recorded(tried, *policy)) continue;
            drop_decisions(search);
            if (!(size_of(search.best()) < size_of(best))) search.go_back(best);
        } else {
            run::Plan guess = prng.one_in(3) ? stranger(best, best.ops.size(), prng)
                                             : neighbour(best, prng);
            run::canonicalize(guess);
            if (costs_less(guess, best)) search.accept(std::move(guess));
        }
    }
    return search.best() != before;
}

}  // namespace rcufuzz::report
