// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/strategy/surw.h"

#include <algorithm>

#include "core/base/check.h"

namespace rcufuzz::strategy {

using sim::AccessKind;
using sim::Act;
using sim::ActorMask;
using sim::Context;
using sim::Slot;

void Surw::begin(const sim::World& world) {
    world_ = &world;
    draw_interesting();
    intended_ = nobody;
    remaining_.fill(0);
    profile_.each_known(
        [this](unsigned row) { remaining_[row] = profile_.expected(row, interesting_); });
    const std::uint32_t jiffies = std::min(draw_jiffies(prng_), most_jiffies_);
    remaining_[SurwProfile::clock_row] =
        static_cast<std::int32_t>(jiffies) * SurwProfile::one_event;
    jiffies_ = 0;
    skips_ = profile_.learned() && !prng_.one_in(8);
    data_.begin(prng_);
}

void Surw::end(std::uint64_t) {
    profile_.learn();
    most_jiffies_ = std::max(most_jiffies_, jiffies_);
}

// Everything, or about a half, a quarter, ... of the shared objects: one bug needs the order of
// events on a single flag, another on five objects.
void Surw::draw_interesting() {
    const SurwProfile::Classes shared = profile_.shared();
    interesting_ = shared;
    for (std::uint32_t halvings = prng_.below(6); halvings != 0; --halvings)
        interesting_ &= prng_.next();
    if (interesting_ == 0 && shared != 0) {
        const auto count = static_cast<std::uint32_t>(std::popcount(shared));
        interesting_ = SurwProfile::Classes{1} << sim::nth_bit(shared, prng_.below(count));
    }
    interesting_ |= 1;  // deliveries and ticks
}

std::uint32_t Surw::choose(const sim::Choice& choice) {
    if (choice.kind == sim::ChoiceKind::data) return data_.draw(prng_, choice.count);
    if (choice.kind == sim::ChoiceKind::schedule && concerns_nobody_else(choice)) return 0;
    const ActorMask candidates = all_candidates(choice);
    look_at(candidates);
    consider(candidates);
    ActorMask free = free_to_go(candidates);
    if (free == 0) {  // the intended one cannot act, and nobody else may
        intended_ = nobody;
        consider(candidates);
        free = free_to_go(candidates);
    }
    // Who yields may wait for one of those that are held back.
    if (choice.kind == sim::ChoiceKind::yield) free = candidates;
    const auto count = static_cast<std::uint32_t>(std::popcount(free));
    const unsigned chosen = sim::nth_bit(free, count == 1 ? 0 : prng_.below(count));
    // A preemption is no event, only the way to the next one of that task.
    if (!is_run(chosen) && !is_preemption(chosen)) happens(rows_[chosen], 0, true);
    return choice.answer_for(chosen);
}

// An event that commutes with all others, as far as earlier runs tell.
bool Surw::concerns_nobody_else(const sim::Choice& choice) const {
    const sim::ObjectId object = world_->context(choice.key).pending.object;
    return object != 0 && skips_ && (profile_.shared() >> SurwProfile::class_of(object) & 1) == 0;
}

// What each candidate would bring about: whose event, and whether it is an interesting one. Who is
// a candidate and what it is about to do is as good as random here, so nothing in the loops
// branches on it.
void Surw::look_at(ActorMask candidates) {
    about_to_ = candidates & ~all_run_actors;
    for (ActorMask rest = about_to_; rest != 0; rest &= rest - 1)
        rows_[first_actor(rest)] = row_of_delivery(first_actor(rest));
    for (ActorMask rest = candidates & all_run_actors; rest != 0; rest &= rest - 1) {
        const unsigned number = first_actor(rest);
        const Context& context = runner(*world_, number);
        const sim::ObjectId object = context.pending.object;
        const ActorMask event = object != 0;
        const ActorMask interesting = is_interesting(SurwProfile::class_of(object));
        rows_[number] = SurwProfile::row_of(context.key);
        about_to_ |= (event & interesting) << number;
    }
}

// Draws the intended row in proportion to the weights. Candidates that come after the draw get
// their fair chance to take its place, as in reservoir sampling.
void Surw::consider(ActorMask candidates) {
    if (intended_ == nobody) {
        considered_ = 0;
        considered_weight_ = 0;
    }
    const ActorMask fresh = candidates & ~considered_;
    if (fresh == 0) return;
    considered_ |= fresh;
    std::array<std::uint32_t, actor_count> up_to;  // sums of weights, by place in `fresh`
    std::uint32_t total = considered_weight_;
    unsigned count = 0;
    for (ActorMask rest = fresh; rest != 0; rest &= rest - 1)
        up_to[count++] = total += weight(first_actor(rest));
    if (total == 0) return;
    const std::uint32_t lot = prng_.below(total);
    if (lot >= considered_weight_) {
        unsigned place = 0;
        while (up_to[place] <= lot) ++place;
        intended_ = rows_[sim::nth_bit(fresh, place)];
    }
    considered_weight_ = total;
}

ActorMask Surw::free_to_go(ActorMask candidates) const {
    ActorMask free = candidates & ~about_to_;
    for (ActorMask rest = about_to_; rest != 0; rest &= rest - 1) {
        const unsigned number = first_actor(rest);
        free |= ActorMask{rows_[number] == intended_} << number;
    }
    return free;
}

std::uint32_t Surw::weight(unsigned actor_number) const {
    std::int32_t sum = remaining_[rows_[actor_number]];
    if (is_run(actor_number) && world_->cpu(actor_number).depth != 0) {
        // What it interrupted comes after it, so the events of both are still to be interleaved
        // with those of other CPUs.
        const sim::Cpu& cpu = world_->cpu(actor_number);
        if (cpu.task != nullptr) sum += remaining_[SurwProfile::row_of(cpu.task->key)];
        for (unsigned i = 0; i + 1 < cpu.depth; ++i) sum += remaining_[cpu.interrupts[i]->key];
    }
    // What it is about to do is one event at least, whatever the profile expects.
    const bool about_to = (about_to_ & sim::actor_bit(actor_number)) != 0;
    if (about_to) sum = std::max(sum, SurwProfile::one_event);
    return static_cast<std::uint32_t>(sum);
}

// Called whenever a context goes on, also where there was nobody to choose from; so no event is
// missed, and the profile is that of whole runs.
std::uint32_t Surw::points_until_choice(sim::ContextKey key, std::uint32_t) {
    const sim::Access access = world_->context(key).pending;
    if (access.object != 0)
        happens(SurwProfile::row_of(key), SurwProfile::class_of(access.object),
                access.kind != AccessKind::read);
    return 1;
}

void Surw::happens(unsigned row, unsigned class_number, bool writes) {
    profile_.count(row, class_number, writes);
    if (row == SurwProfile::clock_row) ++jiffies_;
    if (!is_interesting(class_number)) return;
    remaining_[row] = std::max(0, remaining_[row] - SurwProfile::one_event);
    intended_ = nobody;
}

// The context that the delivery starts or, for a preemption, lets go on.
unsigned Surw::row_of_delivery(unsigned actor_number) const {
    if (actor_number == sim::actor_time) return SurwProfile::clock_row;
    const unsigned cpu = sim::actor_cpu(actor_number);
    const Context* const top = world_->cpu(cpu).top();
    const auto nested = [top](Slot slot) { return top != nullptr && top->slot == slot; };
    switch (sim::actor_act(actor_number)) {
        case Act::irq:
            return sim::context_key(cpu, nested(Slot::hardirq) ? Slot::hardirq2 : Slot::hardirq);
        case Act::softirq:
            return sim::context_key(cpu, Slot::softirq);
        case Act::nmi:
            return sim::context_key(cpu, nested(Slot::nmi) ? Slot::nmi2 : Slot::nmi);
        default:
            return row_after_preemption(cpu);
    }
}

unsigned Surw::row_after_preemption(unsigned cpu) const {
    for (const Slot slot : {Slot::task, Slot::task2, Slot::task3}) {
        const Context& task = world_->context(sim::context_key(cpu, slot));
        if (task.state == sim::ContextState::ready && &task != world_->cpu(cpu).task)
            return task.key;
    }
    CHECK(false && "a preemption needs a task that is ready");
    __builtin_unreachable();
}

}  // namespace rcufuzz::strategy
