// SPDX-License-Identifier: GPL-2.0-or-later
//
// Moments of a run, kept so that exhaustive search can go back to the last choice that has another
// answer, and not from the beginning to it. A moment is what image.h hashes, as bytes: the arena,
// the stacks, what the world knows, and the globals of run_state.h. A program whose state is
// elsewhere (on the heap, say) must not be returned.
//
// Only where there is an image (has_image).
#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <vector>

#include "core/base/check.h"

namespace rcufuzz::sim {

class World;

// Bytes one after the other, as they come.
class ByteLog {
   public:
    std::size_t size() const { return size_; }
    const std::byte* at(std::size_t offset) const { return memory_.get() + offset; }
    void add(const void* from, std::size_t size) {
        if (size > capacity_ - size_) grow(size);
        std::memcpy(memory_.get() + size_, from, size);
        size_ += size;
    }
    void cut(std::size_t size) {
        CHECK(size <= size_);
        size_ = size;
    }

   private:
    void grow(std::size_t by);

    std::unique_ptr<std::byte[]> memory_;
    std::size_t size_ = 0;
    std::size_t capacity_ = 0;
};

class Moments {
   public:
    static constexpr std::size_t max_bytes = std::size_t{1} << 26;  // a moment has tens of kB

    void clear();
    bool have_room() const { return bytes_.size() < max_bytes; }
    // Keeps the running run, at a choice of its current context.
    void keep(World& world);
    // Goes back to moment number `count` (from 1) and forgets those after it.
    void return_to(World& world, std::size_t count);

   private:
    ByteLog bytes_;
    std::vector<std::size_t> begins_;  // of each moment
};

}  // namespace rcufuzz::sim
