// SPDX-License-Identifier: GPL-2.0-or-later
//
// Feedback for coverage-guided fuzzers that code coverage cannot give. Two runs that execute the
// same lines in another order look alike to edge counters and different here:
//   states   which context switched to which, and where both stood; and the coarse states that the
//            subsystem notes
//   orders   which access to an object came after which, of another context, where one writes
#pragma once

#include <cstdint>
#include <span>

#include "core/sim/around.h"

namespace rcufuzz::run {

struct Feedback {
    bool states = true;
    bool orders = true;
};

// Passes all choices on to another strategy, whose answers it does not change. There is one at a
// time: the world tells it its coarse states.
class StateSampler final : public sim::Around {
   public:
    // Sets counters[hash % size] to 1 for each sample; a power of two of them.
    StateSampler(sim::Strategy& inner, std::span<std::uint8_t> counters, Feedback feedback = {});
    ~StateSampler() override;
    StateSampler(const StateSampler&) = delete;
    StateSampler& operator=(const StateSampler&) = delete;

    void begin(const sim::World& world) override;
    std::uint32_t choose(const sim::Choice& choice) override;

   private:
    void sample(std::uint64_t value);
    void sample_order(const sim::Context& who);

    std::span<std::uint8_t> counters_;
    Feedback feedback_;
    const sim::World* world_ = nullptr;
};

}  // namespace rcufuzz::run
