// SPDX-License-Identifier: GPL-2.0-or-later
//
// Those who look on while runs go, for longer than one run. They change nothing.
#pragma once

#include <cstdint>

#include "core/sim/context.h"

namespace rcufuzz::sim {

class Watchers {
   public:
    // Hunts and fuzzers count the distinct coarse states that runs reach. Subsystems call
    // note_state() where their state has become consistent, if anybody wants to know.
    using StateSink = void (*)(void* arg, std::uint64_t state);
    void set_state_sink(StateSink sink, void* arg) {
        state_sink_ = sink;
        state_sink_arg_ = arg;
    }
    bool wants_states() const { return state_sink_ != nullptr; }
    void note_state(std::uint64_t state) const {
        if (wants_states()) state_sink_(state_sink_arg_, state);
    }

    // Whoever sets this sink is told of each access to an object as it is about to be made:
    // `who.pending`, at `who.site`. Runs take the same course, and longer.
    using AccessSink = void (*)(void* arg, const Context& who);
    void set_access_sink(AccessSink sink, void* arg) {
        access_sink_ = sink;
        access_sink_arg_ = arg;
    }
    bool wants_accesses() const { return access_sink_ != nullptr; }
    void note_access(const Context& who) const {
        if (wants_accesses() && who.pending.object != 0) access_sink_(access_sink_arg_, who);
    }

   private:
    StateSink state_sink_ = nullptr;
    void* state_sink_arg_ = nullptr;
    AccessSink access_sink_ = nullptr;
    void* access_sink_arg_ = nullptr;
};

}  // namespace rcufuzz::sim
