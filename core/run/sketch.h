// SPDX-License-Identifier: GPL-2.0-or-later
//
// How many different 64-bit hashes were seen, to within about one per cent, in fixed memory:
// HyperLogLog (Flajolet, Fusy, Gandouet, Meunier 2007), with linear counting below its range.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace rcufuzz::run {

class DistinctSketch {
   public:
    void add(std::uint64_t hash);
    // As if everything that `other` saw had been added here.
    void merge(const DistinctSketch& other);
    std::uint64_t estimate() const;

   private:
    static constexpr unsigned index_bits = 14;
    static constexpr std::size_t register_count = std::size_t{1} << index_bits;

   public:
    // All that it knows, to be kept.
    using Registers = std::array<std::uint8_t, register_count>;
    DistinctSketch() = default;
    explicit DistinctSketch(const Registers& registers) : registers_(registers) {}
    const Registers& registers() const { return registers_; }

   private:
    Registers registers_{};
};

}  // namespace rcufuzz::run
