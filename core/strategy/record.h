// SPDX-License-Identifier: GPL-2.0-or-later
//
// Passes everything through to another strategy and keeps the answers that were not 0. FromPlan
// over the kept decisions gives the same run, event by event.
//
// It changes the other strategy's answer where the record could not hold it: one that no Decision
// can express (an ordinal beyond 16 bits, a data value beyond 8), or one that comes when the record
// is full, becomes 0. What ran is what was recorded.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/sim/around.h"
#include "core/sim/decision.h"

namespace rcufuzz::strategy {

class Record final : public sim::Around {
   public:
    static constexpr std::size_t no_limit = ~std::size_t{0};

    explicit Record(sim::Strategy& inner, std::size_t max_decisions = no_limit)
        : Around(inner), max_decisions_(max_decisions) {}

    // Of the last run, or of the running one so far, in the order of a plan.
    std::span<const sim::Decision> decisions();

    void begin(const sim::World& world) override;
    std::uint32_t choose(const sim::Choice& choice) override;

   private:
    std::size_t max_decisions_;
    std::vector<sim::Decision> decisions_;
};

}  // namespace rcufuzz::strategy
