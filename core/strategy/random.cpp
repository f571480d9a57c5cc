// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/strategy/random.h"

namespace rcufuzz::strategy {

std::uint32_t RandomWalk::choose(const sim::Choice& choice) {
    if (choice.kind == sim::ChoiceKind::data) return random_data_answer(prng_, choice.count);
    return prng_.below(choice.count);
}

}  // namespace rcufuzz::strategy
