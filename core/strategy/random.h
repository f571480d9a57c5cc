// SPDX-License-Identifier: GPL-2.0-or-later
//
// Random walk: whoever may act next is equally likely to. The yardstick for the other policies: it
// assumes nothing and misses nothing, but an interleaving in which one context waits while others
// pass n points has a probability of about 2^-n.
#pragma once

#include "core/strategy/policy.h"

namespace rcufuzz::strategy {

class RandomWalk final : public Policy {
   public:
    void reseed(std::uint64_t seed) override { prng_ = Prng(seed); }
    void forget() override {
        data_.forget();
        clock_.forget();
    }
    void begin(const sim::World&) override {
        data_.begin(prng_);
        clock_.begin(prng_);
    }
    std::uint32_t choose(const sim::Choice& choice) override;
    bool asks_at_every_point() const override { return true; }

   private:
    Prng prng_;
    DataAnswers data_;
    ClockRate clock_;
};

}  // namespace rcufuzz::strategy
