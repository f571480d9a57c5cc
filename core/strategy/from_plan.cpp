// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/strategy/from_plan.h"

#include "core/base/check.h"

namespace rcufuzz::strategy {

FromPlan::FromPlan(std::span<const sim::Decision> decisions) : decisions_(decisions) {
    for (std::size_t i = 1; i < decisions.size(); ++i)
        CHECK(comes_before(decisions[i - 1], decisions[i]));
    if (!decisions.empty() && sim::is_task_key(decisions.back().key))
        task_cursors_.resize(std::size_t{1} + decisions.back().key - sim::first_task_key);
}

void FromPlan::begin(const sim::World&) {
    // The cursors of keys without a decision are of no account.
    for (auto i = static_cast<std::uint32_t>(decisions_.size()); i-- > 0;)
        cursor(decisions_[i].key) = i;
}

// The first decision of the context at `ordinal` or later; null: none is left.
const sim::Decision* FromPlan::next_for(sim::ContextKey key, std::uint32_t ordinal) {
    if (key >= sim::first_task_key + task_cursors_.size()) return nullptr;
    std::uint32_t& at = cursor(key);
    while (at < decisions_.size() && decisions_[at].key == key && decisions_[at].ordinal < ordinal)
        ++at;
    const bool left = at < decisions_.size() && decisions_[at].key == key;
    return left ? &decisions_[at] : nullptr;
}

std::uint32_t FromPlan::choose(const sim::Choice& choice) {
    const sim::Decision* const next = next_for(choice.key, choice.ordinal);
    if (next == nullptr || next->ordinal != choice.ordinal) return 0;
    return sim::to_answer(choice, next->value);
}

std::uint32_t FromPlan::points_until_choice(sim::ContextKey key, std::uint32_t ordinal) {
    const sim::Decision* const next = next_for(key, ordinal + 1);
    return next == nullptr ? sim::never_ask : next->ordinal - ordinal;
}

}  // namespace rcufuzz::strategy
