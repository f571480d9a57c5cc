// SPDX-License-Identifier: GPL-2.0-or-later
//
// What a run leaves behind outside of the world and its arena: a global variable that kernel
// primitives or oracles keep, and that is set anew at the beginning of each run. It is part of the
// run's state (image.h):
//
//   std::array<TimerList*, max_cpus> wheels{};
//   const sim::RunState wheels_state(wheels);
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <type_traits>

#include "core/base/check.h"

namespace rcufuzz::sim {

class RunState {
   public:
    // It counts only while `*used`; null: always.
    template <typename T>
    explicit RunState(const T& variable, const bool* used = nullptr) {
        static_assert(std::is_trivially_copyable_v<T> || std::is_standard_layout_v<T>);
        CHECK(count_ < all_.size());
        all_[count_++] = {{reinterpret_cast<const std::byte*>(&variable), sizeof(T)}, used};
    }

    struct Region {
        std::span<const std::byte> bytes;
        const bool* used;
    };
    static std::span<const Region> all() { return {all_.data(), count_}; }

   private:
    inline static std::array<Region, 32> all_{};
    inline static std::size_t count_ = 0;
};

}  // namespace rcufuzz::sim
