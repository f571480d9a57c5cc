// SPDX-License-Identifier: GPL-2.0-or-later
//
// A set of stores: "everything that has propagated to this CPU", "everything that propagates before
// this store". For each writer such a set holds all stores up to some number, and perhaps single
// later ones, which a relaxed load has added: its dots.
//
// A set has room for a few dots. With one more it takes in all earlier stores of that writer as
// well. A larger set can only forbid behaviour, never allow any.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>

#include "core/sim/decision.h"

namespace rcufuzz::memory {

// Whatever has its own view of memory: a CPU. What runs on one CPU is in program order.
inline constexpr unsigned max_agents = sim::max_cpus;
inline constexpr std::uint8_t no_writer = 255;  // of the value that a location begins with

// Which store: the n-th of its writer, from 1. The same in all runs that differ only in the order
// of what different writers do.
struct StoreId {
    std::uint8_t writer = no_writer;
    std::uint16_t number = 0;

    auto operator<=>(const StoreId&) const = default;
};

class View {
   public:
    static constexpr std::size_t max_dots = 12;

    bool has(StoreId id) const;
    void add(StoreId id);
    void join(const View& other);
    bool empty() const;

    // Feeds the set to a hash; equal sets built in different ways give equal sequences.
    template <typename Hash>
    void feed(Hash& hash, unsigned agents) const {
        for (unsigned i = 0; i < agents; ++i) hash.add(upto_[i]);
        hash.add(dot_count_);
        for (const StoreId dot : dots())
            hash.add(static_cast<std::uint64_t>(dot.writer) << 16 | dot.number);
    }

    // Tests squeeze it; nothing else does.
    inline static std::size_t dot_limit = max_dots;

   private:
    std::span<const StoreId> dots() const { return {dots_.data(), dot_count_}; }
    void raise(std::uint8_t writer, std::uint16_t number);
    void absorb(std::uint8_t writer);

    std::array<std::uint16_t, max_agents> upto_{};
    std::array<StoreId, max_dots> dots_{};  // ascending, none of them covered by upto_
    std::uint8_t dot_count_ = 0;
};

inline bool View::has(StoreId id) const {
    if (id.writer == no_writer || id.number <= upto_[id.writer]) return true;
    const auto all = dots();
    return std::find(all.begin(), all.end(), id) != all.end();
}

}  // namespace rcufuzz::memory
