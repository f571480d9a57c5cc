// SPDX-License-Identifier: GPL-2.0-or-later
//
// Answers from a sparse list of decisions, 0 everywhere else. This is how the bytes of a fuzzer
// drive a run, and it is replay: the decisions that Record kept give the same run again.
//
// A decision that no longer fits its choice (the actor cannot act there, the value is too large)
// gives 0 and disturbs no other. The world is not asked for answers that are known to be 0.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "core/sim/decision.h"
#include "core/sim/strategy.h"

namespace rcufuzz::strategy {

// The order of decisions in a plan.
constexpr bool comes_before(const sim::Decision& a, const sim::Decision& b) {
    return a.key != b.key ? a.key < b.key : a.ordinal < b.ordinal;
}

class FromPlan final : public sim::Strategy {
   public:
    // `decisions` are in the order of comes_before(), no two at the same place, and outlive this.
    // The object may serve any number of runs; all of them are the same.
    explicit FromPlan(std::span<const sim::Decision> decisions);

    void begin(const sim::World& world) override;
    std::uint32_t choose(const sim::Choice& choice) override;
    std::uint32_t points_until_choice(sim::ContextKey key, std::uint32_t ordinal) override;

   private:
    std::uint32_t& cursor(sim::ContextKey key) {
        return sim::is_task_key(key) ? task_cursors_[key - sim::first_task_key] : cursors_[key];
    }
    const sim::Decision* next_for(sim::ContextKey key, std::uint32_t ordinal);

    std::span<const sim::Decision> decisions_;
    // By key: index of its first decision that the run has not passed yet.
    std::array<std::uint32_t, sim::first_task_key> cursors_{};
    std::vector<std::uint32_t> task_cursors_;
};

}  // namespace rcufuzz::strategy
