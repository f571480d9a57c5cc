// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/strategy/pct.h"

#include <algorithm>

#include "core/base/check.h"

namespace rcufuzz::strategy {

using sim::ActorMask;
using sim::ChoiceKind;

Pct::Pct(unsigned depth) : fixed_depth_(depth) { CHECK(depth <= max_depth); }

void Pct::begin(const sim::World& world) {
    world_ = &world;
    contexts_.fill(0);
    deliveries_.fill(0);
    running_ = 0;
    delivered_ = 0;
    ask_soon_ = false;
    yielded_ = -Priority{max_depth} * spacing;
    const unsigned depth = fixed_depth_ != 0 ? fixed_depth_ : 1 + prng_.below(max_depth);
    change_count_ = depth - 1;
    next_change_ = 0;
    for (unsigned i = 0; i < change_count_; ++i)
        changes_[i] = {1 + prng_.below(expected_points()), -Priority{i + 1} * spacing};
    // Drawn first and sorted then, so that a later change may rank above an earlier one.
    std::sort(changes_.begin(), changes_.begin() + change_count_,
              [](const ChangePoint& a, const ChangePoint& b) {
                  return a.points != b.points ? a.points < b.points : a.lowered_to > b.lowered_to;
              });
    data_.begin(prng_);
}

std::uint32_t Pct::choose(const sim::Choice& choice) {
    if (choice.kind == ChoiceKind::data) return data_.draw(prng_, choice.count);
    lower_asker(choice);
    const ActorMask candidates = all_candidates(choice);
    place_new(candidates);
    unsigned best = choice.first;
    for (ActorMask rest = choice.others; rest != 0; rest &= rest - 1) {
        const unsigned other = first_actor(rest);
        if (priority_of(other) > priority_of(best)) best = other;
    }
    ask_soon_ = !is_run(best);
    if (ask_soon_) {
        const bool starts_handler = best != sim::actor_time && !is_preemption(best);
        delivered_ = starts_handler ? deliveries_[best] : 0;
        deliveries_[best] = 0;
    }
    return choice.answer_for(best);
}

void Pct::lower_asker(const sim::Choice& choice) {
    if (choice.key == sim::main_key) return;  // the run begins
    Priority& asker = contexts_[choice.key];
    if (choice.kind == ChoiceKind::schedule) {
        // Change points wait for a context that could go on: lowering any other changes nothing.
        for (; next_change_ < change_count_; ++next_change_) {
            if (changes_[next_change_].points > world_->points()) break;
            asker = changes_[next_change_].lowered_to;
        }
    } else if (choice.kind == ChoiceKind::yield) {
        asker = yielded_ -= spacing;
    }
}

// Gives a priority to every candidate that lacks one: contexts first, then deliveries, each at a
// random place among all that are there by then.
void Pct::place_new(ActorMask candidates) {
    std::array<Priority, actor_count> present;
    unsigned count = 0;
    ActorMask fresh = 0;
    for (ActorMask rest = candidates; rest != 0; rest &= rest - 1) {
        Priority& priority = priority_of(first_actor(rest));
        if (priority == 0 && is_run(first_actor(rest))) priority = random_priority();
        if (priority == 0)
            fresh |= rest & -rest;
        else
            present[count++] = priority;
    }
    for (; fresh != 0; fresh &= fresh - 1) {
        const std::uint32_t below = prng_.below(count + 1);
        const Priority distance = 1 + prng_.below(spacing / 2);
        Priority priority;
        if (count == 0)
            priority = random_priority();
        else if (below < count)
            priority = present[below] + distance;
        else
            priority = *std::min_element(present.begin(), present.begin() + count) - distance;
        priority |= 1;  // never 0
        deliveries_[first_actor(fresh)] = present[count++] = priority;
    }
}

Pct::Priority Pct::random_priority() {
    return (1 + static_cast<Priority>(prng_.next() >> 24)) * spacing;
}

Pct::Priority& Pct::priority_of(unsigned actor_number) {
    if (!is_run(actor_number)) return deliveries_[actor_number];
    return contexts_[runner(*world_, actor_number).key];
}

std::uint32_t Pct::points_until_choice(sim::ContextKey key, std::uint32_t) {
    // The next job in the slot of one that has ended is another thread.
    if (world_->context(running_).state == sim::ContextState::unused) contexts_[running_] = 0;
    running_ = key;
    if (delivered_ != 0) {
        contexts_[key] = delivered_;
        delivered_ = 0;
    }
    if (ask_soon_) {
        ask_soon_ = false;
        return 1;
    }
    if (next_change_ == change_count_) return sim::never_ask;
    const std::uint64_t now = world_->points();
    const std::uint64_t then = changes_[next_change_].points;
    return then > now ? static_cast<std::uint32_t>(then - now) : 1;
}

void Pct::end(std::uint64_t points) {
    // A livelock must not make the next hundred runs miss their change points.
    const std::uint64_t bound = learned_ == 0 ? points : 2 * std::uint64_t{expected_points()} + 16;
    const auto seen = static_cast<std::int64_t>(std::min(points, bound) * learned_unit);
    learned_ = learned_ == 0 ? seen : learned_ + (seen - learned_) / 8;
}

}  // namespace rcufuzz::strategy
