// SPDX-License-Identifier: GPL-2.0-or-later
//
// A kernel image in this process: its file mapped at the addresses that it was linked for. One
// image can be in a process at a time; they all want the same addresses.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/linux/door.h"

namespace rcufuzz::linux_guest {

// With its debug information, which is read for stories only.
inline constexpr std::size_t max_image_bytes = std::size_t{64} << 20;

class Image {
   public:
    // Throws UserError where the file is missing, is no such image, or its addresses are taken.
    explicit Image(const std::string& path);
    ~Image();
    Image(const Image&) = delete;
    Image& operator=(const Image&) = delete;

    const guest_door& open(const machine_door& machine) const { return *entry_(&machine); }

   private:
    void map_segments(const std::string& path, std::span<const std::byte> file);

    struct Mapping {
        void* begin;
        std::size_t size;
    };
    std::vector<Mapping> mappings_;
    guest_entry entry_ = nullptr;
};

// The function whose code is at this address, by the symbols in the file of an image; empty: none.
// Throws UserError as above.
std::string function_at(const std::string& path, std::uintptr_t address);

}  // namespace rcufuzz::linux_guest
