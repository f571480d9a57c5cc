// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/run/sketch.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "core/base/prng.h"

namespace rcufuzz::run {

void DistinctSketch::add(std::uint64_t hash) {
    const std::uint64_t mixed = mix64(hash);
    std::uint8_t& longest = registers_[mixed >> (64 - index_bits)];
    const std::uint64_t rest = mixed << index_bits | std::uint64_t{1} << (index_bits - 1);
    longest = std::max(longest, static_cast<std::uint8_t>(1 + std::countl_zero(rest)));
}

void DistinctSketch::merge(const DistinctSketch& other) {
    for (std::size_t i = 0; i < register_count; ++i)
        registers_[i] = std::max(registers_[i], other.registers_[i]);
}

std::uint64_t DistinctSketch::estimate() const {
    constexpr double count = static_cast<double>(register_count);
    double sum = 0;
    unsigned empty = 0;
    for (const std::uint8_t longest : registers_) {
        sum += std::ldexp(1.0, -int{longest});
        empty += longest == 0 ? 1u : 0u;
    }
    const double raw = 0.7213 / (1 + 1.079 / count) * count * count / sum;
    const bool small = raw <= 2.5 * count && empty != 0;
    return static_cast<std::uint64_t>(std::llround(small ? count * std::log(count / empty) : raw));
}

}  // namespace rcufuzz::run
