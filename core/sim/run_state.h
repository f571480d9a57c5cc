// SPDX-License-Identifier: GPL-2.0-or-later
//
// What a run keeps outside of the world and its arena: the global variables of kernel primitives
// and oracles. They are part of the run's state (image.h). Whoever sets such a variable at the
// beginning of a run names it there:
//
//   void begin_timers() {
//       wheels.fill(nullptr);
//       sim::run_state.add(wheels);
//   }
//
// An array with an element for each context or CPU counts as far as the run has such.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <type_traits>

#include "core/base/check.h"
#include "core/sim/decision.h"

namespace rcufuzz::sim {

// What of it counts at this moment, piece by piece; without data: that was the last. How large a
// piece is may depend on what stands in those before it.
using RunStatePiece = std::span<const std::byte> (*)(unsigned number);

class RunStateRegion {
   public:
    RunStateRegion() = default;
    RunStateRegion(std::span<const std::byte> bytes, std::size_t per_cpu, RunStatePiece piece)
        : bytes_(bytes), per_cpu_(per_cpu), piece_(piece) {}

    // Calls f(span) for each piece, of a run with so many CPUs.
    template <typename F>
    void each_piece(unsigned cpus, F f) const {
        if (piece_ == nullptr) return f(per_cpu_ == 0 ? bytes_ : bytes_.first(per_cpu_ * cpus));
        for (unsigned i = 0;; ++i) {
            const std::span<const std::byte> bytes = piece_(i);
            if (bytes.data() == nullptr) return;
            f(bytes);
        }
    }

   private:
    std::span<const std::byte> bytes_{};
    std::size_t per_cpu_ = 0;  // bytes; 0: not an array of this kind
    RunStatePiece piece_ = nullptr;
};

class RunState {
   public:
    void begin() { count_ = 0; }

    template <typename T>
    requires(!std::is_invocable_v<T, unsigned>) void add(const T& variable) {
        static_assert(std::is_trivially_copyable_v<T> || std::is_standard_layout_v<T>);
        add({{reinterpret_cast<const std::byte*>(&variable), sizeof(T)}, 0, nullptr});
    }
    template <typename T, std::size_t n>
    void add(const std::array<T, n>& by_cpu_or_context) {
        static_assert(std::is_trivially_copyable_v<T>);
        static_assert(n == max_cpus || n == max_cpus * slots_per_cpu);
        add({{reinterpret_cast<const std::byte*>(by_cpu_or_context.data()), n * sizeof(T)},
             n / max_cpus * sizeof(T),
             nullptr});
    }
    void add(RunStatePiece piece) { add({{}, 0, piece}); }

    std::span<const RunStateRegion> all() const { return {all_.data(), count_}; }

   private:
    void add(const RunStateRegion& region) {
        CHECK(count_ < all_.size());
        all_[count_++] = region;
    }

    std::array<RunStateRegion, 32> all_{};
    std::size_t count_ = 0;
};

// Of the run that goes on. World::begin() empties it.
inline RunState run_state;

}  // namespace rcufuzz::sim
