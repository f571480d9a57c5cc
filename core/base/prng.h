// SPDX-License-Identifier: GPL-2.0-or-later
//
// Deterministic random numbers: the same seed gives the same numbers on every compiler and
// machine. Xoshiro256** (Blackman & Vigna 2018), seeded through SplitMix64.
#pragma once

#include <array>
#include <cstdint>

namespace rcufuzz {

// One step of SplitMix64; also a good 64-bit mixer.
constexpr std::uint64_t mix64(std::uint64_t x) {
    x += 0x9e3779b97f4a7c15u;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

class Prng {
   public:
    explicit constexpr Prng(std::uint64_t seed = 0) {
        for (std::uint64_t& word : state_) word = seed = mix64(seed);
    }

    constexpr std::uint64_t next() {
        const std::uint64_t result = rotate(state_[1] * 5, 7) * 9;
        const std::uint64_t t = state_[1] << 17;
        state_[2] ^= state_[0];
        state_[3] ^= state_[1];
        state_[1] ^= state_[2];
        state_[0] ^= state_[3];
        state_[2] ^= t;
        state_[3] = rotate(state_[3], 45);
        return result;
    }

    // Uniform in [0, count), count > 0 (multiply-shift; the bias is below 2^-32 and harmless here).
    constexpr std::uint32_t below(std::uint32_t count) {
        return static_cast<std::uint32_t>(((next() >> 32) * count) >> 32);
    }

    // True once in `count` times.
    constexpr bool one_in(std::uint32_t count) { return below(count) == 0; }

   private:
    static constexpr std::uint64_t rotate(std::uint64_t x, int k) {
        return (x << k) | (x >> (64 - k));
    }

    std::array<std::uint64_t, 4> state_{};
};

}  // namespace rcufuzz
