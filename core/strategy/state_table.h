// SPDX-License-Identifier: GPL-2.0-or-later
//
// The states that exhaustive search has explored, each with the sleep set it was explored with.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/sim/decision.h"

namespace rcufuzz::strategy {

// Open addressing, at most three quarters full, in large pages where the system has them: every
// access is to another place.
class StateTable {
   public:
    struct Entry {
        std::uint64_t state = 0;  // 0: empty
        sim::ActorMask sleep = 0;
    };

    StateTable() = default;
    StateTable(const StateTable&) = delete;
    StateTable& operator=(const StateTable&) = delete;
    ~StateTable();

    // Of this state, or empty; until the next add().
    Entry& find(std::uint64_t state);
    static bool is_empty(const Entry& entry) { return entry.state == 0; }
    // `entry` is what find(state) gave, and empty.
    void add(Entry& entry, std::uint64_t state, sim::ActorMask sleep);

    std::uint64_t count() const { return count_; }
    std::size_t bytes() const { return size_ * sizeof(Entry); }

   private:
    static std::uint64_t stored(std::uint64_t state) { return state == 0 ? 1 : state; }
    void resize(std::size_t size);

    Entry* entries_ = nullptr;
    std::size_t size_ = 0;  // 0, or a power of two
    std::uint64_t count_ = 0;
};

}  // namespace rcufuzz::strategy
