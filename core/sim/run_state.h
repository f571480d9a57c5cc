// SPDX-License-Identifier: GPL-2.0-or-later
//
// What a run leaves behind outside of the world and its arena: a global variable that kernel
// primitives or oracles keep, and that is set anew at the beginning of each run. It is part of the
// run's state (image.h):
//
//   std::array<TimerList*, max_cpus> wheels{};
//   const sim::RunState wheels_state(wheels);
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

class RunState {
   public:
    // It counts only while `*used`; null: always.
    template <typename T>
    explicit RunState(const T& variable, const bool* used = nullptr) {
        static_assert(std::is_trivially_copyable_v<T> || std::is_standard_layout_v<T>);
        add({{reinterpret_cast<const std::byte*>(&variable), sizeof(T)}, used, 0});
    }
    template <typename T, std::size_t n>
    explicit RunState(const std::array<T, n>& by_cpu_or_context) {
        static_assert(std::is_trivially_copyable_v<T>);
        static_assert(n == max_cpus || n == max_cpus * slots_per_cpu);
        add({{reinterpret_cast<const std::byte*>(by_cpu_or_context.data()), n * sizeof(T)},
             nullptr,
             n / max_cpus * sizeof(T)});
    }

    struct Region {
        std::span<const std::byte> bytes;
        const bool* used;
        std::size_t per_cpu;  // bytes; 0: not an array of this kind

        std::span<const std::byte> of_run(unsigned cpus) const {
            if (used != nullptr && !*used) return {};
            return per_cpu == 0 ? bytes : bytes.first(per_cpu * cpus);
        }
    };
    static std::span<const Region> all() { return {all_.data(), count_}; }

   private:
    static void add(const Region& region) {
        CHECK(count_ < all_.size());
        all_[count_++] = region;
    }

    inline static std::array<Region, 32> all_{};
    inline static std::size_t count_ = 0;
};

}  // namespace rcufuzz::sim
