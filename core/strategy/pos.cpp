// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/strategy/pos.h"

namespace rcufuzz::strategy {

using sim::Access;
using sim::AccessKind;
using sim::ActorMask;

namespace {

bool only_reads(Access access) {
    return access.kind == AccessKind::read || access.kind == AccessKind::none;
}

bool conflict(Access a, Access b) {
    return a.object == b.object && !(only_reads(a) && only_reads(b));
}

}  // namespace

void Pos::begin(const sim::World& world) {
    world_ = &world;
    skips_ = !prng_.one_in(8);
    data_.begin(prng_);
    clock_.begin(prng_);
    contexts_.fill(0);
    deliveries_.fill(0);
}

std::uint32_t Pos::choose(const sim::Choice& choice) {
    if (choice.kind == sim::ChoiceKind::data) return data_.draw(prng_, choice.count);
    // The asker's last event has happened; what it does next is a new one.
    if (choice.key != sim::main_key) contexts_[choice.key] = 0;
    if (choice.kind == sim::ChoiceKind::schedule && concerns_nobody_else(choice)) return 0;
    const ActorMask candidates = all_candidates(choice) & ~sim::actor_bit(sim::actor_time);
    if (candidates != all_candidates(choice) && clock_.goes_on(prng_)) {
        redraw_after(sim::actor_time, candidates);
        return choice.answer_for(sim::actor_time);
    }
    if (choice.kind == sim::ChoiceKind::yield) redraw(candidates);
    unsigned best = choice.first;
    std::uint64_t highest = 0;
    for (ActorMask rest = candidates; rest != 0; rest &= rest - 1) {
        std::uint64_t& priority = priority_of(first_actor(rest));
        if (priority == 0) priority = prng_.next() | 1;
        if (priority <= highest) continue;
        highest = priority;
        best = first_actor(rest);
    }
    redraw_after(best, candidates);
    return choice.answer_for(best);
}

bool Pos::concerns_nobody_else(const sim::Choice& choice) {
    const Access access = world_->context(choice.key).pending;
    return access.object != 0 && !shared_.touch(choice.key, access) && skips_;
}

// After a tick and for a yield. Both are part of waiting in a loop, and nobody knows for whom: an
// event that conflicts with nothing would keep its low priority while those who wait for it draw
// again and again.
void Pos::redraw(ActorMask candidates) {
    for (ActorMask rest = candidates; rest != 0; rest &= rest - 1)
        priority_of(first_actor(rest)) = 0;
}

// Clears the priorities of what has just been chosen to happen and of all that conflicts with it.
void Pos::redraw_after(unsigned executed, ActorMask candidates) {
    priority_of(executed) = 0;
    if (executed == sim::actor_time) redraw(candidates);
    if (!is_run(executed)) return;
    const Access access = runner(*world_, executed).pending;
    if (access.object == 0) return;
    for (ActorMask rest = candidates & all_run_actors; rest != 0; rest &= rest - 1) {
        const sim::Context& other = runner(*world_, first_actor(rest));
        if (conflict(access, other.pending)) contexts_[other.key] = 0;
    }
}

std::uint64_t& Pos::priority_of(unsigned actor_number) {
    if (!is_run(actor_number)) return deliveries_[actor_number];
    return contexts_[runner(*world_, actor_number).key];
}

}  // namespace rcufuzz::strategy
