// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/report/search.h"

#include <algorithm>
#include <utility>

#include "core/base/hash.h"
#include "core/strategy/record.h"

namespace rcufuzz::report {

namespace {

constexpr std::uint64_t run_cost_in_points = 400;  // setting a run up and taking it down
constexpr std::uint64_t witness_factor = 30;       // noting a choice, compared with passing a point
constexpr std::uint64_t recorded_factor = 2;       // asking a strategy, and noting its answers
constexpr std::uint64_t identify_factor = 2;       // with a full trace
constexpr std::uint64_t cost_between_questions = 1'000'000;  // some 50 ms at worst

std::uint64_t hash_of(const run::Plan& plan) {
    RunningHash hash;
    for (const std::int16_t value : plan.config) hash.add(static_cast<std::uint64_t>(value));
    for (const scenario::Op& op : plan.ops) {
        hash.add(std::uint64_t{op.kind} | std::uint64_t{op.cpu} << 8 |
                 static_cast<std::uint64_t>(op.context) << 16 | std::uint64_t{op.args[0]} << 24 |
                 std::uint64_t{op.args[1]} << 32);
    }
    hash.add(plan.ops.size());
    for (const sim::Decision& decision : plan.decisions) {
        hash.add(std::uint64_t{decision.key} | std::uint64_t{decision.ordinal} << 8 |
                 std::uint64_t{decision.value} << 24);
    }
    return hash.value();
}

std::uint64_t actor_rank(std::uint8_t value) {
    const unsigned actor = value - 1u;
    if (actor >= sim::actor_time) return 5;
    switch (sim::actor_act(actor)) {
        case sim::Act::run:
            return 0;
        case sim::Act::softirq:
            return 1;
        case sim::Act::irq:
            return 2;
        case sim::Act::resched:
            return 3;
        case sim::Act::nmi:
            return 4;
    }
    return 5;
}

}  // namespace

std::uint64_t complexity(const TakenChoice& choice, std::uint8_t value, std::size_t position) {
    std::uint64_t kind = 0;
    if (choice.kind == sim::ChoiceKind::data) kind = 1;
    if (choice.kind == sim::ChoiceKind::schedule) kind = choice.between_ops ? 1 : 2;
    const std::uint64_t rank = choice.kind == sim::ChoiceKind::data ? value : actor_rank(value);
    return kind << 56 | rank << 48 | std::uint64_t{position} << 8 | value;
}

Size size_of(const run::Plan& plan) {
    Size size{plan.ops.size(), plan.ops.size(), plan.decisions.size(), 0, 0};
    for (const scenario::Op& op : plan.ops) {
        size.details += static_cast<std::size_t>(op.context);
        const auto& params = plan.target->ops[op.kind].params;
        for (std::size_t i = 0; i < op.args.size(); ++i) {
            const std::size_t beyond_least = op.args[i] - std::size_t{params[i].min};
            size.details += beyond_least;
            if (params[i].repeats) size.work += beyond_least;
        }
    }
    const auto configs = plan.target->configs;
    for (std::size_t i = 0; i < configs.size(); ++i)
        if (plan.config[i] != configs[i].standard) ++size.configs;
    return size;
}

// --- witness ------------------------------------------------------------------------------------

void Witness::begin(const sim::World& world) {
    world_ = &world;
    choices_.clear();
    inner_.begin(world);
}

std::uint32_t Witness::choose(const sim::Choice& choice) {
    const std::uint32_t answer = inner_.choose(choice);
    TakenChoice& taken = choices_.emplace_back();
    taken.key = choice.key;
    taken.ordinal = static_cast<std::uint16_t>(choice.ordinal);
    taken.kind = choice.kind;
    if (choice.key != run::main_key) {
        const sim::Access pending = world_->context(choice.key).pending;
        taken.between_ops = pending.kind == sim::AccessKind::none && pending.object == 0;
    }
    const std::uint32_t last = std::min<std::uint32_t>(choice.count - 1, 255);
    for (std::uint32_t other = 1; other <= last; ++other)
        taken.values.push_back(sim::to_decision(choice, other).value);
    if (answer != 0) taken.taken = sim::to_decision(choice, answer).value;
    return answer;
}

// --- search -------------------------------------------------------------------------------------

Search::Search(const run::Plan& found, std::uint64_t budget, unsigned attempt,
               std::function<bool()> keep_going)
    : best_(found), budget_(budget), attempt_(attempt), keep_going_(std::move(keep_going)) {
    run::canonicalize(best_);
    outcome_ = run::replay(best_);
    count(outcome_.points);
}

bool Search::give_old_loads_up() {
    if (outcome_.cause.old_load.empty()) return false;
    outcome_.cause.old_load.clear();
    outcome_.identity = outcome_.cause.text();
    return true;
}

void Search::count(std::uint64_t points) {
    ++runs_;
    cost_ += points + run_cost_in_points;
    if (!keep_going_ || cost_ < asked_at_ + cost_between_questions) return;
    asked_at_ = cost_;
    stopped_ = stopped_ || !keep_going_();
}

// The verdict is to be had for the price of the run; its cause takes another.
bool Search::shows_it(const run::Plan& plan, const run::Outcome& outcome) {
    if (outcome.verdict != outcome_.verdict) return false;
    const run::Outcome again = run::replay(plan);
    count(again.points * identify_factor * (1 + again.replays));
    return again.same_find(outcome_);
}

bool Search::accept(run::Plan candidate) {
    if (spent()) return false;
    run::canonicalize(candidate);
    const std::uint64_t hash = hash_of(candidate);
    if (failed_.contains(hash)) return false;
    const run::Outcome outcome = run::replay(candidate, {});
    count(outcome.points);
    if (!shows_it(candidate, outcome)) {
        failed_.insert(hash);
        return false;
    }
    best_ = std::move(candidate);
    return true;
}

bool Search::accept_recorded(run::Plan candidate, sim::Strategy& strategy) {
    if (spent()) return false;
    run::canonicalize(candidate);  // what is kept must be what ran
    strategy::Record recorder(strategy, run::max_decisions);
    const run::Outcome outcome = run::run(candidate, recorder);
    count(outcome.points * recorded_factor);
    if (outcome.verdict != outcome_.verdict) return false;
    candidate.decisions.assign(recorder.decisions().begin(), recorder.decisions().end());
    run::canonicalize(candidate);
    if (!shows_it(candidate, outcome)) return false;
    best_ = std::move(candidate);
    return true;
}

std::vector<TakenChoice> Search::choices(run::Plan plan) {
    run::canonicalize(plan);
    Witness witness(plan);
    count(run::run(plan, witness).points * witness_factor);
    return witness.choices();
}

std::vector<sim::Decision> Search::decisions_in_time() {
    std::vector<sim::Decision> taken;
    for (const TakenChoice& choice : choices(best_))
        if (choice.taken != 0) taken.push_back(choice.decision(choice.taken));
    if (taken.size() != best_.decisions.size()) {
        run::Plan candidate = best_;
        candidate.decisions = taken;
        if (!accept(std::move(candidate))) taken = best_.decisions;
    }
    return taken;
}

}  // namespace rcufuzz::report
