// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/run/reschedule.h"

#include "core/run/runner.h"
#include "core/strategy/from_plan.h"
#include "core/strategy/record.h"

namespace rcufuzz::run {

namespace {

// The decisions of a plan, but for some choices answered at random. Asks for every choice, since
// any may be one of those.
class Perturb final : public sim::Strategy {
   public:
    Perturb(const Plan& plan, std::uint32_t expected_choices, Prng& prng)
        : inner_(plan.decisions), prng_(prng), expected_choices_(expected_choices) {
        draw_next(expected_choices);
    }

    void begin(const sim::World& world) override { inner_.begin(world); }

    std::uint32_t choose(const sim::Choice& choice) override {
        const std::uint32_t answer = inner_.choose(choice);
        if (choices_++ != next_) return answer;
        // Mostly one change, and further ones nearby: preemptions that matter come in clusters.
        if (prng_.one_in(3)) draw_next(prng_.one_in(2) ? 16 : expected_choices_);
        const std::uint32_t other = prng_.below(choice.count - 1);
        return other < answer ? other : other + 1;
    }

    bool asks_at_every_point() const override { return true; }

    std::uint32_t choices() const { return choices_; }

   private:
    void draw_next(std::uint32_t range) { next_ = choices_ + prng_.below(range); }

    strategy::FromPlan inner_;
    Prng& prng_;
    std::uint32_t expected_choices_;
    std::uint32_t choices_ = 0;
    std::uint32_t next_ = 0;  // the number of the choice to be changed
};

void take_decisions(Plan& plan, strategy::Record& recorder) {
    const auto decisions = recorder.decisions();
    plan.decisions.assign(decisions.begin(), decisions.end());
    canonicalize(plan);
}

}  // namespace

Rescheduler::Rescheduler() {
    for (const char* const name : {"pct", "pos", "surw"})
        policies_.push_back(strategy::make_policy(name));
}

void Rescheduler::perturb(Plan& plan, Prng& prng) {
    Perturb perturb(plan, expected_choices_, prng);
    run_recorded(plan, perturb);
    expected_choices_ = 1 + (expected_choices_ * 15 + perturb.choices()) / 16;
}

void Rescheduler::redraw(Plan& plan, Prng& prng) {
    strategy::Policy& policy = any_policy(prng);
    policy.reseed(prng.next());
    run_recorded(plan, policy);
}

bool Rescheduler::search(Plan& plan, const Search& how, Prng& prng) {
    strategy::Policy& policy = any_policy(prng);
    strategy::Record recorder(policy, how.decisions);
    bool found = false;
    std::uint64_t points = 0;
    for (unsigned i = 0; i < how.schedules && !found; ++i) {
        if (i != 0 && points >= how.points) break;
        policy.reseed(prng.next());
        const Outcome outcome = run(plan, recorder);
        found = outcome.found();
        points += outcome.points;
    }
    take_decisions(plan, recorder);
    return found;
}

strategy::Policy& Rescheduler::any_policy(Prng& prng) {
    strategy::Policy& policy = *policies_[prng.below(static_cast<std::uint32_t>(policies_.size()))];
    policy.forget();
    return policy;
}

void Rescheduler::run_recorded(Plan& plan, sim::Strategy& strategy) {
    strategy::Record recorder(strategy, max_decisions);
    run(plan, recorder);
    take_decisions(plan, recorder);
}

}  // namespace rcufuzz::run
