// SPDX-License-Identifier: GPL-2.0-or-later
//
// A strategy around another one, of which it changes a part: everything else is passed on. Not
// around an exhaustive search, which would search what is left of its own choices.
#pragma once

#include "core/sim/strategy.h"

namespace rcufuzz::sim {

class Around : public Strategy {
   public:
    explicit Around(Strategy& inner) : inner_(inner) {}

    void begin(const World& world) override { inner_.begin(world); }
    std::uint32_t choose(const Choice& choice) override { return inner_.choose(choice); }
    std::uint32_t points_until_choice(ContextKey key, std::uint32_t ordinal) override {
        return inner_.points_until_choice(key, ordinal);
    }
    bool asks_at_every_point() const override { return inner_.asks_at_every_point(); }
    bool asks_on_new_actor() const override { return inner_.asks_on_new_actor(); }
    void end(std::uint64_t points) override { inner_.end(points); }

   private:
    Strategy& inner_;
};

}  // namespace rcufuzz::sim
