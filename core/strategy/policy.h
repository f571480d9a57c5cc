// SPDX-License-Identifier: GPL-2.0-or-later
//
// What the policies share: the candidates of a choice, and how data choices are answered.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <vector>

#include "core/base/prng.h"
#include "core/sim/world.h"
#include "core/strategy/strategies.h"

namespace rcufuzz::strategy {

// A table with an entry for each context; it grows with the number of tasks.
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

// How the data choices of a run are answered: mostly by the ordinary thing (0), else by one of the
// other answers, all alike. How often, is drawn for each run: where allocations and loads fail all
// the time a run gets nowhere, and yet a bug may want several of them at once. A workload with few
// data choices (earlier runs tell) is not given rates so rare that it would see none but 0. One run
// in four does without: half of few allocations failing would leave little of a workload.
class DataAnswers {
   public:
    void forget() {
        expected_ = unknown;
        asked_ = 0;
    }
    void begin(Prng& prng) {
        if (asked_ != 0) expected_ = expected_ == unknown ? asked_ : (3 * expected_ + asked_) / 4;
        asked_ = 0;
        const auto rates = static_cast<unsigned>(std::bit_width(expected_ / 4));
        const std::uint32_t one_in = 2u << prng.below(std::clamp(rates, 1u, max_rates));
        one_in_ = prng.one_in(4) ? never : one_in;
    }
    std::uint32_t draw(Prng& prng, std::uint32_t count) {
        ++asked_;
        return one_in_ != never && prng.one_in(one_in_) ? 1 + prng.below(count - 1) : 0;
    }

   private:
    static constexpr unsigned max_rates = 4;  // one in 2, 4, 8, 16
    static constexpr std::uint32_t unknown = 4u << max_rates;
    static constexpr std::uint32_t never = 0;

    std::uint32_t expected_ = unknown;  // data choices of a run
    std::uint32_t asked_ = 0;           // of this one, so far
    std::uint32_t one_in_ = 2;
};

// How many jiffies pass in a run while somebody else could act: some 1, 4, 16 or 64, drawn for each
// run. (Where nobody else can act, the clock goes on anyway.) Each jiffy costs a tick on every CPU
// of a kernel: if the clock were as likely as any other candidate, runs would be little but ticks.
inline std::uint32_t draw_jiffies(Prng& prng) { return 1u << 2 * prng.below(4); }

// Lets the clock go on at that rate, for policies that have no rule of their own.
class ClockRate {
   public:
    void forget() { expected_ = asked_ = 0; }
    void begin(Prng& prng) {
        if (asked_ != 0) expected_ = expected_ == 0 ? asked_ : (3 * expected_ + asked_) / 4;
        asked_ = 0;
        const std::uint32_t expected = expected_ == 0 ? first_guess : expected_;
        one_in_ = std::max(1u, expected / draw_jiffies(prng));
    }
    // To be asked wherever the clock is a candidate beside others.
    bool goes_on(Prng& prng) {
        ++asked_;
        return prng.one_in(one_in_);
    }

   private:
    static constexpr std::uint32_t first_guess = 256;

    std::uint32_t expected_ = 0;  // times that it is asked in a run; 0: not known
    std::uint32_t asked_ = 0;     // in this one, so far
    std::uint32_t one_in_ = 1;
};

// Which objects more than one context has touched, one of them to write. A point at an object that
// is a context's own commutes with whatever the others do, so nobody needs to be let in there:
// whoever comes next comes at the next point. Learned from all runs since forget(); objects whose
// numbers are alike modulo the size count as one, which only asks more often.
class SharedObjects {
   public:
    void forget() { contexts_.fill({}); }
    // False: the object is the context's own so far, or is only read.
    bool touch(sim::ContextKey key, sim::Access access) {
        Seen& seen = contexts_[access.object % size];
        if (seen.first == nobody) seen.first = key + 1u;
        if (seen.first != key + 1u) seen.several = true;
        if (access.kind != sim::AccessKind::read) seen.written = true;
        return seen.several && seen.written;
    }

   private:
    static constexpr std::size_t size = 1024;
    static constexpr std::uint32_t nobody = 0;
    struct Seen {
        std::uint32_t first : 30 = nobody;  // 1 + the key of the context that came first
        bool several : 1 = false;
        bool written : 1 = false;
    };

    std::array<Seen, size> contexts_{};
};

}  // namespace rcufuzz::strategy
