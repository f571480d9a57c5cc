// SPDX-License-Identifier: GPL-2.0-or-later
//
// Another strategy's schedule, while the load of one event, or every load, sees the newest store of
// all under weak memory.
#pragma once

#include <cstddef>

#include "core/memory/run_memory.h"
#include "core/sim/strategy.h"
#include "core/sim/world.h"

namespace rcufuzz::run {

class NewestLoads final : public sim::Strategy {
   public:
    static constexpr std::size_t every = ~std::size_t{0};

    // `event`: the number of the load's event in a full trace.
    explicit NewestLoads(sim::Strategy& inner, std::size_t event = every)
        : inner_(inner), event_(event) {}

    void begin(const sim::World& world) override {
        world_ = &world;
        inner_.begin(world);
    }
    std::uint32_t choose(const sim::Choice& choice) override {
        const std::uint32_t answer = inner_.choose(choice);
        if (choice.kind != sim::ChoiceKind::data || !memory::is_question(choice.what))
            return answer;
        return event_ == every || world_->trace().events().size() == event_ ? 0 : answer;
    }
    std::uint32_t points_until_choice(sim::ContextKey key, std::uint32_t ordinal) override {
        return inner_.points_until_choice(key, ordinal);
    }
    bool asks_at_every_point() const override { return inner_.asks_at_every_point(); }
    bool asks_on_new_actor() const override { return inner_.asks_on_new_actor(); }
    void end(std::uint64_t points) override { inner_.end(points); }

   private:
    sim::Strategy& inner_;
    const sim::World* world_ = nullptr;
    std::size_t event_;
};

}  // namespace rcufuzz::run
