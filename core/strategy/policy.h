// SPDX-License-Identifier: GPL-2.0-or-later
//
// What the policies share: the candidates of a choice, and how data choices are answered.
#pragma once

#include <bit>
#include <cstdint>

#include "core/base/prng.h"
#include "core/sim/world.h"
#include "core/strategy/strategies.h"

namespace rcufuzz::strategy {

inline constexpr unsigned context_count = sim::max_cpus * sim::slots_per_cpu;
inline constexpr unsigned actor_count = sim::actor_time + 1;

constexpr sim::ActorMask all_candidates(const sim::Choice& choice) {
    return choice.others | sim::actor_bit(choice.first);
}

constexpr unsigned first_actor(sim::ActorMask mask) {
    return static_cast<unsigned>(std::countr_zero(mask));
}

inline constexpr sim::ActorMask all_run_actors = sim::actor_bit(sim::max_cpus) - 1;

// The others are deliveries (interrupt, softirq, preemption, NMI) and the clock.
constexpr bool is_run(unsigned actor_number) { return actor_number < sim::max_cpus; }

constexpr bool is_preemption(unsigned actor_number) {
    return actor_number != sim::actor_time && sim::actor_act(actor_number) == sim::Act::resched;
}

// Whom the actor of a CPU runs; only while it is a candidate.
inline const sim::Context& runner(const sim::World& world, unsigned run_actor) {
    return *world.cpu(run_actor).top();
}

// Seven times in eight the ordinary thing (0), else one of the other answers, all alike. A run has
// many such choices, and one in which allocations and loads fail all the time gets nowhere.
inline std::uint32_t random_data_answer(Prng& prng, std::uint32_t count) {
    if (!prng.one_in(8)) return 0;
    return 1 + prng.below(count - 1);
}

}  // namespace rcufuzz::strategy
