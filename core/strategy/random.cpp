// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/strategy/random.h"

namespace rcufuzz::strategy {

std::uint32_t RandomWalk::choose(const sim::Choice& choice) {
    if (choice.kind == sim::ChoiceKind::data) return data_.draw(prng_, choice.count);
    const bool clock_too = (choice.others & sim::actor_bit(sim::actor_time)) != 0;
    // The clock is the last of the others.
    const std::uint32_t answer = prng_.below(choice.count);
    if (!clock_too || answer + 1 != choice.count || clock_.goes_on(prng_)) return answer;
    return choice.count == 2 ? 0 : prng_.below(choice.count - 1);
}

}  // namespace rcufuzz::strategy
