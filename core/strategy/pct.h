// SPDX-License-Identifier: GPL-2.0-or-later
//
// Probabilistic concurrency testing (Burckhardt, Kothari, Musuvathi, Nagarakatte 2010): contexts
// have random priorities, the highest runs, and at d - 1 random points of the run the running one
// falls below all others. A bug that needs d ordering constraints among n contexts in k points is
// hit with a probability of at least 1 / (n * k^(d-1)).
//
// The paper knows threads only. Here a delivery (interrupt, softirq, preemption, NMI) and each tick
// of the clock is a thread of its own, from when it is first offered until it happens. Its priority
// takes a random place among those of the other candidates. Drawn from the range in which contexts
// begin, it would beat every context that has been lowered, and the clock would run away. A handler
// runs with the priority of its delivery.
//
// The world asks at change points, when an actor appears, and where nobody can go on.
#pragma once

#include <array>
#include <cstdint>

#include "core/strategy/policy.h"

namespace rcufuzz::strategy {

class Pct final : public Policy {
   public:
    static constexpr unsigned max_depth = 16;

    // depth 1..max_depth; 0: drawn for each run, uniformly.
    explicit Pct(unsigned depth = 0);

    void reseed(std::uint64_t seed) override { prng_ = Prng(seed); }
    void forget() override {
        learned_ = 0;
        data_.forget();
    }
    void begin(const sim::World& world) override;
    std::uint32_t choose(const sim::Choice& choice) override;
    std::uint32_t points_until_choice(sim::ContextKey key, std::uint32_t ordinal) override;
    bool asks_on_new_actor() const override { return true; }
    void end(std::uint64_t points) override;

   private:
    // Higher runs first; 0: not drawn yet. Contexts begin above 0 and fall below it.
    using Priority = std::int64_t;
    static constexpr Priority spacing = 1 << 20;  // leaves room for those placed in between
    static constexpr std::int64_t learned_unit = 256;

    struct ChangePoint {
        std::uint64_t points = 0;  // of the whole run
        Priority lowered_to = 0;
    };

    void lower_asker(const sim::Choice& choice);
    void place_new(sim::ActorMask candidates);
    Priority& priority_of(unsigned actor_number);
    Priority random_priority();
    std::uint32_t expected_points() const {
        return learned_ < learned_unit ? 100 : static_cast<std::uint32_t>(learned_ / learned_unit);
    }

    Prng prng_;
    DataAnswers data_;
    unsigned fixed_depth_;
    std::int64_t learned_ = 0;  // length of a run, in points, times learned_unit

    const sim::World* world_ = nullptr;
    std::array<ChangePoint, max_depth - 1> changes_{};
    unsigned change_count_ = 0;
    unsigned next_change_ = 0;
    sim::ContextKey running_ = 0;  // the context that went on last
    Priority yielded_ = 0;         // of the last context that yielded; the next one goes below it
    Priority delivered_ = 0;       // of the delivery that was just chosen; its handler inherits it
    bool ask_soon_ = false;  // the last answer used up a delivery or a tick; another may follow
    ByContext<Priority> contexts_;
    std::array<Priority, actor_count> deliveries_{};  // by actor; those of Act::run unused
};

}  // namespace rcufuzz::strategy
