// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/strategy/record.h"

#include <algorithm>

#include "core/strategy/from_plan.h"

namespace rcufuzz::strategy {

void Record::begin(const sim::World& world) {
    decisions_.clear();
    Around::begin(world);
}

std::uint32_t Record::choose(const sim::Choice& choice) {
    const std::uint32_t answer = Around::choose(choice);
    if (answer == 0 || decisions_.size() >= max_decisions_) return 0;
    const sim::Decision decision = sim::to_decision(choice, answer);
    if (decision.ordinal != choice.ordinal) return 0;
    if (sim::to_answer(choice, decision.value) != answer) return 0;
    decisions_.push_back(decision);
    return answer;
}

// Sorted only when somebody wants to know: most runs of a hunt find nothing.
std::span<const sim::Decision> Record::decisions() {
    std::sort(decisions_.begin(), decisions_.end(), comes_before);
    return decisions_;
}

}  // namespace rcufuzz::strategy
