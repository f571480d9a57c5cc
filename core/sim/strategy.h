// SPDX-License-Identifier: GPL-2.0-or-later
//
// A strategy answers choices. Policies, record, replay and the step-by-step story are all this.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "core/sim/decision.h"

namespace rcufuzz::sim {

class World;

inline constexpr std::uint32_t never_ask = 0x7fffffff;

// As an answer: the run ends here, with nothing found. Not for data choices. Contexts are given up
// with their frames, no destructor runs (but under sanitizers): a search abandons most of its
// runs, and exceptions would take three quarters of its time. What they own is in the arena.
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

    // True: image_hash() will be asked for at choices of who acts.
    virtual bool needs_image() const { return false; }

    // True: the run may go back to earlier choices of contexts (moment.h). The three below are for
    // such strategies only.
    virtual bool returns() const { return false; }
    // After an answer: the run may come back to this choice.
    virtual bool keeps_moment() { return false; }
    // After abandon_run: to the last of the first so many moments kept, where the same choice will
    // be asked again. 0: the run ends.
    virtual std::size_t go_back() { return 0; }
    // What was kept so far is gone.
    virtual void forget_moments() {}

    // After the run; `points` is how many points it had.
    virtual void end(std::uint64_t /*points*/) {}
};

}  // namespace rcufuzz::sim
