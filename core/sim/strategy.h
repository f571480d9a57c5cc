// SPDX-License-Identifier: GPL-2.0-or-later
//
// A strategy answers choices. Policies, record, replay and the step-by-step story are all this.
#pragma once

#include <cstdint>

#include "core/sim/decision.h"

namespace rcufuzz::sim {

class Explorer;
class World;

inline constexpr std::uint32_t never_ask = 0x7fffffff;

// An answer that ends the run here, with nothing found. Not for data choices. Contexts are given up
// with their frames, as at the end of every run.
inline constexpr std::uint32_t abandon_run = ~std::uint32_t{0};

class Strategy {
   public:
    virtual ~Strategy() = default;

    // Before the first choice of a run. The world may be kept for the length of the run, to look
    // at contexts (what each is about to do), never to change anything.
    virtual void begin(const World&) {}

    // The answer, below choice.count, or abandon_run.
    virtual std::uint32_t choose(const Choice& choice) = 0;

    // How many further points the context may pass before it must ask again, at least 1. Called
    // when a context starts or goes on. Data and handover choices are always asked.
    virtual std::uint32_t points_until_choice(ContextKey, std::uint32_t /*ordinal*/) { return 1; }

    // True: points_until_choice() is always 1, and need not be called.
    virtual bool asks_at_every_point() const { return false; }

    // True: ask at the next point whenever an actor that could not act becomes able to, even
    // inside the points that points_until_choice() granted.
    virtual bool asks_on_new_actor() const { return false; }

    // Not null for an exhaustive search, which has more to ask for.
    virtual Explorer* explorer() { return nullptr; }

    // After the run; `points` is how many points it had.
    virtual void end(std::uint64_t /*points*/) {}
};

}  // namespace rcufuzz::sim
