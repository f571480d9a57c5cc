// SPDX-License-Identifier: GPL-2.0-or-later
//
// Reading and writing byte strings. The reader is total: past the end every byte is 0.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace rcufuzz {

class ByteReader {
   public:
    explicit ByteReader(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}

    std::uint8_t u8() { return at_ < bytes_.size() ? bytes_[at_++] : std::uint8_t{0}; }
    std::uint16_t u16() {
        const std::uint16_t low = u8();
        return static_cast<std::uint16_t>(low | (u8() << 8));
    }
    std::size_t remaining() const { return bytes_.size() - at_; }
    std::size_t position() const { return at_; }

   private:
    std::span<const std::uint8_t> bytes_;
    std::size_t at_ = 0;
};

class ByteWriter {
   public:
    void u8(std::uint32_t value) { bytes_.push_back(static_cast<std::uint8_t>(value)); }
    void u16(std::uint32_t value) {
        u8(value & 0xff);
        u8((value >> 8) & 0xff);
    }
    std::vector<std::uint8_t> take() { return std::move(bytes_); }

   private:
    std::vector<std::uint8_t> bytes_;
};

}  // namespace rcufuzz
