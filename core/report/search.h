// SPDX-License-Identifier: GPL-2.0-or-later
//
// The ground under the minimiser: the best plan so far, a budget, and the only way to change the
// one at the cost of the other: run a candidate, keep it if it shows the same find.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <set>
#include <utility>
#include <vector>

#include "core/run/runner.h"
#include "core/sim/world.h"
#include "core/strategy/from_plan.h"

namespace rcufuzz::report {

// One choice of a run.
struct TakenChoice {
    sim::ContextKey key = 0;
    std::uint16_t ordinal = 0;
    sim::ChoiceKind kind = sim::ChoiceKind::schedule;
    bool between_ops = false;          // the asker stands outside of all kernel code
    std::uint8_t taken = 0;            // the decision's value; 0: the ordinary answer
    std::vector<std::uint8_t> values;  // of all other answers that the choice had

    sim::Decision decision(std::uint8_t value) const { return {key, ordinal, value}; }
};

// How much a decision asks of a reader: lower is simpler. Who goes on where somebody has to stop
// anyway is easier to follow than a preemption, and a preemption between operations easier than
// one amid a function; the earlier in time, the better.
std::uint64_t complexity(const TakenChoice& choice, std::uint8_t value, std::size_t position);

// Replays a plan, which must outlive it, and notes each choice, in the order of time.
class Witness final : public sim::Strategy {
   public:
    explicit Witness(const run::Plan& plan) : inner_(plan.decisions) {}

    void begin(const sim::World& world) override;
    std::uint32_t choose(const sim::Choice& choice) override;
    bool asks_at_every_point() const override { return true; }

    const std::vector<TakenChoice>& choices() const { return choices_; }

   private:
    strategy::FromPlan inner_;
    const sim::World* world_ = nullptr;
    std::vector<TakenChoice> choices_;
};

// What a find costs its reader, the dearest first.
struct Size {
    std::size_t work = 0;  // operations, and once more for each repetition that one asks for
    std::size_t ops = 0;
    std::size_t decisions = 0;
    std::size_t details = 0;  // contexts of operations, and parameters beyond the least
    std::size_t configs = 0;  // values that are not standard

    auto operator<=>(const Size&) const = default;
};
Size size_of(const run::Plan& plan);
// Fewer operations and decisions are not to be had.
inline bool is_least(const Size& size) { return size.work <= 1 && size.decisions == 0; }

class Search {
   public:
    // `budget` counts points; what a run costs beyond its points is reckoned in points, too.
    // `keep_going`, if any, is asked all the time.
    Search(const run::Plan& found, std::uint64_t budget, unsigned attempt,
           std::function<bool()> keep_going = {});

    // From now on looks for the same without an old load; true where that is something else.
    bool give_old_loads_up();

    // False where the plan given shows nothing: there is nothing to search then.
    bool reproduces() const { return outcome_.found(); }
    const run::Outcome& outcome() const { return outcome_; }  // the find to be kept
    const run::Plan& best() const { return best_; }
    std::uint64_t runs() const { return runs_; }
    bool spent() const { return cost_ >= budget_ || stopped_; }
    bool stopped() const { return stopped_; }  // by the caller
    std::uint64_t cost() const { return cost_; }
    std::uint64_t budget_left() const { return cost_ < budget_ ? budget_ - cost_ : 0; }
    // For moves that guess: another one for each, and for each attempt.
    std::uint64_t seed() const { return runs_ + (std::uint64_t{attempt_} << 32); }

    // Runs the candidate once, unless it has been seen to fail. If it shows the same find it
    // becomes the best plan.
    bool accept(run::Plan candidate);

    // Runs the candidate with another strategy; if that shows the same find, the best plan is the
    // candidate with the decisions that were taken.
    bool accept_recorded(run::Plan candidate, sim::Strategy& strategy);

    // Goes back to an earlier best plan, when what came after it did not end up simpler.
    void go_back(run::Plan earlier) { best_ = std::move(earlier); }

    // The choices of a plan's run, in the order of time.
    std::vector<TakenChoice> choices(run::Plan plan);
    // The best plan's decisions in the order of time; those that never came to be are dropped.
    std::vector<sim::Decision> decisions_in_time();

   private:
    void count(std::uint64_t points);
    bool shows_it(const run::Plan& plan, const run::Outcome& outcome);

    run::Plan best_;
    run::Outcome outcome_;
    std::set<std::uint64_t> failed_;  // hashes of candidates that did not show the find
    std::uint64_t runs_ = 0;
    std::uint64_t cost_ = 0;
    std::uint64_t budget_;
    unsigned attempt_;
    std::function<bool()> keep_going_;
    std::uint64_t asked_at_ = 0;  // which cost, that is
    bool stopped_ = false;
};

}  // namespace rcufuzz::report
