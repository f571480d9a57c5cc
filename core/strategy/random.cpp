// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/strategy/random.h"

namespace rcufuzz::strategy {

std::uint32_t RandomWalk::choose(const sim::Choice& choice) {
    if (choice.kind == sim::ChoiceKind::data) return data_.draw(prng_, choice.count);
    // The clock is the last of the others.
    const bool clock_too = (choice.others & sim::actor_bit(sim::actor_time)) != 0;
    if (clock_too && clock_.goes_on(prng_)) return choice.count - 1;
    return prng_.below(clock_too ? choice.count - 1 : choice.count);
}

}  // namespace rcufuzz::strategy
