// SPDX-License-Identifier: GPL-2.0-or-later
//
// Selectively uniform random walk (Zhao, Wolff, Mathur, Roychoudhury: Selectively uniform
// concurrency testing, ASPLOS 2025). A run picks a set of interesting objects; of the many
// interleavings, those of the events on them are sampled uniformly. The context that may make the
// next such event is drawn in proportion to the number of them that it still has to make, learned
// from earlier runs; until it does, the others walk at random but stop before theirs.
//
// The paper knows threads only. Here the delivery of an interrupt is the first event of its
// handler, and the ticks are the events of one more thread, the clock. All of them are always
// interesting: as uninteresting ones they would happen as soon as possible.
#pragma once

#include <array>
#include <cstdint>

#include "core/strategy/policy.h"
#include "core/strategy/surw_profile.h"

namespace rcufuzz::strategy {

class Surw final : public Policy {
   public:
    void reseed(std::uint64_t seed) override { prng_ = Prng(seed); }
    void forget() override {
        profile_.forget();
        data_.forget();
        most_jiffies_ = 0;
    }
    void begin(const sim::World& world) override;
    std::uint32_t choose(const sim::Choice& choice) override;
    std::uint32_t points_until_choice(sim::ContextKey key, std::uint32_t ordinal) override;
    void end(std::uint64_t points) override;

   private:
    static constexpr unsigned nobody = SurwProfile::rows;

    void draw_interesting();
    bool concerns_nobody_else(const sim::Choice& choice) const;
    void look_at(sim::ActorMask candidates);
    void consider(sim::ActorMask candidates);
    sim::ActorMask free_to_go(sim::ActorMask candidates) const;
    std::uint32_t weight(unsigned actor_number) const;
    void happens(unsigned row, unsigned class_number, bool writes);
    unsigned row_of_delivery(unsigned actor_number) const;
    unsigned row_after_preemption(unsigned cpu) const;
    bool is_interesting(unsigned class_number) const {
        return (interesting_ >> class_number & 1) != 0;
    }

    Prng prng_;
    DataAnswers data_;
    SurwProfile profile_;             // learned
    std::uint32_t most_jiffies_ = 0;  // of a run so far; learned
    std::uint32_t jiffies_ = 0;       // of this run

    const sim::World* world_ = nullptr;
    bool skips_ = false;  // in this run, points at objects that are not shared
    SurwProfile::Classes interesting_ = 0;
    unsigned intended_ = nobody;     // row that may make the next interesting event
    sim::ActorMask considered_ = 0;  // actors that had their chance to be it
    std::uint32_t considered_weight_ = 0;
    // Of the candidates of the choice at hand: those about to make an interesting event, and, by
    // actor, the row of the context that each lets act.
    sim::ActorMask about_to_ = 0;
    std::array<unsigned, actor_count> rows_{};
    // Interesting events still to come, as expected when the run began.
    std::array<std::int32_t, SurwProfile::rows> remaining_{};
};

}  // namespace rcufuzz::strategy
