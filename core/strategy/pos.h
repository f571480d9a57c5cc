// SPDX-License-Identifier: GPL-2.0-or-later
//
// Partial order sampling (Yuan, Yang, Gu: Partial order aware concurrency sampling, CAV 2018): the
// next event of every actor has a random priority, the highest goes. When an event has happened,
// the pending events that conflict with it draw anew. Orders of events that do not conflict are the
// same run, and this spends few draws on them.
//
// The events are the accesses that contexts are about to make (sim::Context::pending). Two conflict
// if they touch the same object and one of them does more than read. The paper knows threads only;
// here deliveries are events that conflict with nothing (drawn anew at each step of their CPU, they
// would nearly always come early), and a tick of the clock is one that conflicts with everything.
#pragma once

#include <array>
#include <cstdint>

#include "core/strategy/policy.h"

namespace rcufuzz::strategy {

class Pos final : public Policy {
   public:
    void reseed(std::uint64_t seed) override { prng_ = Prng(seed); }
    void forget() override {
        data_.forget();
        clock_.forget();
        shared_.forget();
    }
    void begin(const sim::World& world) override;
    std::uint32_t choose(const sim::Choice& choice) override;
    bool asks_at_every_point() const override { return true; }

   private:
    bool concerns_nobody_else(const sim::Choice& choice);
    void redraw(sim::ActorMask candidates);
    void redraw_after(unsigned executed, sim::ActorMask candidates);
    std::uint64_t& priority_of(unsigned actor_number);

    Prng prng_;
    DataAnswers data_;
    ClockRate clock_;
    SharedObjects shared_;  // learned
    bool skips_ = false;    // in this run, points at objects that are not shared
    const sim::World* world_ = nullptr;
    // 0: to be drawn when it is next a candidate.
    ByContext<std::uint64_t> contexts_;
    std::array<std::uint64_t, actor_count> deliveries_{};  // by actor; Act::run unused
};

}  // namespace rcufuzz::strategy
