// SPDX-License-Identifier: GPL-2.0-or-later
//
// What the policies share: the candidates of a choice, and how data choices are answered.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <vector>

#include "core/base/prng.h"
#include "core/sim/world.h"
#include "core/strategy/strategies.h"

namespace rcufuzz::strategy {

// Something for each context, whatever number of tasks the run comes to have.
template <typename T>
class ByContext {
   public:
    T& operator[](sim::ContextKey key) {
        if (key < bound_.size()) [[likely]]
            return bound_[key];
        const std::size_t number = key - sim::first_task_key;
        if (number >= tasks_.size()) tasks_.resize(number + 1);
        return tasks_[number];
    }
    void fill(const T& value) {
        bound_.fill(value);
        tasks_.assign(tasks_.size(), value);
    }

   private:
    std::array<T, sim::bound_key_count> bound_{};
    std::vector<T> tasks_;
};

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
