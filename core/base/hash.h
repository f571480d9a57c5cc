// SPDX-License-Identifier: GPL-2.0-or-later
//
// A running 64-bit hash over small integers; identical on every compiler and machine.
#pragma once

#include <cstdint>

#include "core/base/prng.h"

namespace rcufuzz {

class RunningHash {
   public:
    constexpr void add(std::uint64_t value) {
        value_ = (value_ ^ value) * 0x9fb21c651e98df25u;
        value_ ^= value_ >> 32;
    }
    constexpr std::uint64_t value() const { return mix64(value_); }

   private:
    std::uint64_t value_ = 0x2545f4914f6cdd1du;
};

}  // namespace rcufuzz
