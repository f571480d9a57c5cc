// SPDX-License-Identifier: GPL-2.0-or-later
//
// A policy that stalls one context in some of its runs. The stalled context does not go on while
// others or the clock can. Its CPU still takes interrupts, and another task may have the CPU. On
// real machines a hypervisor does this when it takes a virtual CPU away, and so does a long
// interrupt of the firmware: the others get through whole grace periods meanwhile. Without stalls
// the probability that a context waits so long falls with each step of the others.
//
// Where a stall begins:
//   - Half of all stalls: at a place of the source. A run draws a few places and a random point,
//     and the first of these places that comes after the point counts. A random point alone is
//     hardly ever at a place that a run passes once, since most points are in loops.
//   - A quarter: at a point of one context, drawn among the points that it had in the run before.
//     Each context is as likely, whether it has few points or many.
//   - A quarter: at a random point.
//   - A user who looks for what changed lines do can name places near them. Then half of all
//     stalls are at one of these.
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "core/base/hash.h"
#include "core/strategy/policy.h"

namespace rcufuzz::strategy {

template <typename P>
class Stalling final : public Policy {
   public:
    void reseed(std::uint64_t seed) override {
        prng_ = Prng(mix64(seed ^ stream));
        inner_.reseed(seed);
    }
    void forget() override {
        expected_points_ = first_guess;
        met_.clear();
        inner_.forget();
    }
    void name_places(const std::vector<Place>& places) override {
        named_ = places;
        inner_.name_places(places);
    }
    void begin(const sim::World& world) override {
        world_ = &world;
        state_ = prng_.one_in(one_run_in) ? State::to_come : State::over;
        begins_at_ = 1 + prng_.below(expected_points_);
        length_ = draw_jiffies(prng_);
        at_place_ = prng_.one_in(2);
        draw_context();
        salt_ = prng_.next();
        few_ = (std::uint64_t{1} << (fewest_bits + prng_.below(4))) - 1;
        at_named_ = !named_.empty() && prng_.one_in(2);
        if (at_named_) of_context_ = false;
        if (at_named_) few_ = 1;
        inner_.begin(world);
    }
    std::uint32_t choose(const sim::Choice& choice) override {
        note(choice.key, choice.ordinal);
        if (state_ == State::over || choice.kind == sim::ChoiceKind::data)
            return inner_.choose(choice);
        if (state_ == State::to_come) begin_stall(choice);
        if (state_ == State::stalls && world_->jiffies() >= ends_at_) state_ = State::over;
        return state_ == State::stalls ? choose_beside_it(choice) : inner_.choose(choice);
    }
    std::uint32_t points_until_choice(sim::ContextKey key, std::uint32_t ordinal) override {
        const std::uint32_t points = inner_.points_until_choice(key, ordinal);
        note(key, ordinal);
        if (state_ != State::to_come) return points;
        if (of_context_) return key == context_ ? std::min(points, points_left(ordinal)) : points;
        const std::uint64_t now = world_->points();
        const std::uint64_t left = begins_at_ > now ? begins_at_ - now : 1;
        return static_cast<std::uint32_t>(std::min<std::uint64_t>(points, left));
    }
    bool asks_at_every_point() const override { return inner_.asks_at_every_point(); }
    bool asks_on_new_actor() const override { return inner_.asks_on_new_actor(); }
    void end(std::uint64_t points) override {
        // As of PCT: a livelock must not make the next hundred runs miss their points.
        const std::uint64_t seen = std::min<std::uint64_t>(points, 2 * expected_points_ + 16);
        expected_points_ = static_cast<std::uint32_t>((7 * expected_points_ + seen + 7) / 8);
        inner_.end(points);
    }

   private:
    enum class State : std::uint8_t { to_come, stalls, over };
    static constexpr std::uint64_t stream = 0x5ca1ab1e;  // numbers of its own, beside the policy's
    static constexpr std::uint32_t one_run_in = 2;
    static constexpr std::uint32_t first_guess = 256;
    static constexpr unsigned fewest_bits = 3;  // one place in 8 to 64 is chosen

    // Who waits for others anyway is not held back: the stall waits for one that could go on.
    void begin_stall(const sim::Choice& choice) {
        const bool could_go_on =
            choice.kind == sim::ChoiceKind::schedule && choice.key != sim::main_key;
        if (!could_go_on || !is_time(choice)) return;
        if ((at_place_ || at_named_) && !is_chosen(world_->context(choice.key).site)) return;
        state_ = State::stalls;
        stalled_ = choice.key;
        ends_at_ = world_->jiffies() + length_;
    }

    bool is_time(const sim::Choice& choice) const {
        if (of_context_) return choice.key == context_ && choice.ordinal >= ordinal_;
        return world_->points() >= begins_at_;
    }

    void note(sim::ContextKey key, std::uint32_t ordinal) {
        if (key == sim::main_key) return;
        if (std::exchange(met_in_[key], run_) != run_) met_.push_back(key);
        ordinals_[key] = ordinal;
    }

    void draw_context() {
        of_context_ = !at_place_ && !met_.empty() && prng_.one_in(2);
        if (of_context_) {
            context_ = met_[prng_.below(static_cast<std::uint32_t>(met_.size()))];
            ordinal_ = 1 + prng_.below(ordinals_[context_] + 1);
        }
        met_.clear();
        ++run_;
    }

    std::uint32_t points_left(std::uint32_t ordinal) const {
        return ordinal < ordinal_ ? ordinal_ - ordinal : 1;
    }

    // One place in so many: a function of the run and of the line, which all compilers know alike.
    bool is_chosen(const sim::Site& site) const {
        return (mix64(salt_ ^ site.line()) & few_) == 0 && (!at_named_ || is_named(site));
    }

    bool is_named(const sim::Site& site) const {
        return std::ranges::binary_search(named_, Place{site.file_name(), site.line()});
    }

    std::uint32_t choose_beside_it(const sim::Choice& choice) {
        const unsigned cpu = world_->context(stalled_).cpu;
        const sim::ActorMask it = all_candidates(choice) & sim::actor_bit(cpu);
        if (it == 0 || runner(*world_, cpu).key != stalled_) return inner_.choose(choice);
        const sim::ActorMask rest = all_candidates(choice) & ~it;
        sim::Choice beside = choice;
        if (choice.key == stalled_) beside.kind = sim::ChoiceKind::handover;
        beside.first = choice.first == cpu ? first_actor(rest) : choice.first;
        beside.others = rest & ~sim::actor_bit(beside.first);
        beside.count = choice.count - 1;
        return choice.answer_for(beside.actor_of(inner_.choose(beside)));
    }

    P inner_;
    Prng prng_;
    const sim::World* world_ = nullptr;
    State state_ = State::over;
    sim::ContextKey stalled_ = 0;
    std::uint32_t expected_points_ = first_guess;  // of a run
    std::uint64_t begins_at_ = 0;                  // in points of the run
    bool at_place_ = false;
    std::uint64_t salt_ = 0;
    std::uint64_t few_ = 0;
    // Of the run before, and then of this one: contexts in the order in which they came, and the
    // last point of each that is known.
    std::vector<sim::ContextKey> met_;
    ByContext<std::uint32_t> met_in_;  // which run
    ByContext<std::uint32_t> ordinals_;
    std::uint32_t run_ = 0;
    bool of_context_ = false;
    sim::ContextKey context_ = 0;
    std::uint32_t ordinal_ = 0;
    std::vector<Place> named_;
    bool at_named_ = false;
    sim::Jiffies length_ = 0;
    sim::Jiffies ends_at_ = 0;
};

}  // namespace rcufuzz::strategy
