// SPDX-License-Identifier: GPL-2.0-or-later
//
// Another strategy's schedule, while the load of one event, or every load, sees the newest store of
// all under weak memory.
#pragma once

#include <cstddef>

#include "core/memory/run_memory.h"
#include "core/sim/around.h"
#include "core/sim/world.h"

namespace rcufuzz::run {

class NewestLoads final : public sim::Around {
   public:
    static constexpr std::size_t every = ~std::size_t{0};

    // `event`: the number of the load's event in a full trace.
    explicit NewestLoads(sim::Strategy& inner, std::size_t event = every)
        : Around(inner), event_(event) {}

    void begin(const sim::World& world) override {
        world_ = &world;
        Around::begin(world);
    }
    std::uint32_t choose(const sim::Choice& choice) override {
        const std::uint32_t answer = Around::choose(choice);
        if (choice.kind != sim::ChoiceKind::data || !memory::is_question(choice.what))
            return answer;
        return event_ == every || world_->trace().events().size() == event_ ? 0 : answer;
    }

   private:
    const sim::World* world_ = nullptr;
    std::size_t event_;
};

}  // namespace rcufuzz::run
