// SPDX-License-Identifier: GPL-2.0-or-later
//
// Memory of one run: a bump allocator that is rewound, not freed. After the first few runs it asks
// the system for nothing. Objects placed here never see their destructor, so they must not own
// anything outside the arena.
#pragma once

#include <cstddef>
#include <cstring>
#include <new>
#include <span>
#include <type_traits>
#include <utility>

#include "core/base/check.h"

namespace rcufuzz {

class Arena {
   public:
    explicit Arena(std::size_t capacity)
        : memory_(static_cast<std::byte*>(::operator new(capacity, max_alignment))),
          capacity_(capacity) {}
    ~Arena() { ::operator delete(memory_, max_alignment); }
    Arena(const Arena&) = delete;
    Arena& operator=(const Arena&) = delete;

    template <typename T, typename... Args>
    T& make(Args&&... args) {
        static_assert(alignof(T) <= static_cast<std::size_t>(max_alignment));
        return *new (take(sizeof(T), alignof(T))) T(std::forward<Args>(args)...);
    }

    // `count` value-initialised objects.
    template <typename T>
    std::span<T> make_array(std::size_t count) {
        static_assert(alignof(T) <= static_cast<std::size_t>(max_alignment));
        T* const first = static_cast<T*>(take(sizeof(T) * count, alignof(T)));
        for (std::size_t i = 0; i < count; ++i) new (first + i) T();
        return {first, count};
    }

    void rewind() { used_ = 0; }
    std::size_t used() const { return used_; }
    // What has been made since the last rewind, and the gaps between.
    std::span<const std::byte> content() const { return {memory_, used_}; }
    // Puts back what content() was at an earlier moment; what has been made since is gone.
    void set_content(std::span<const std::byte> content) {
        CHECK(content.size() <= used_);
        std::memcpy(memory_, content.data(), content.size());
        std::memset(memory_ + content.size(), 0, used_ - content.size());
        used_ = content.size();
    }
    // So that the gaps do not tell what was there in an earlier run.
    void clear_used() { std::memset(memory_, 0, used_); }

   private:
    static constexpr std::align_val_t max_alignment{64};

    void* take(std::size_t size, std::size_t alignment) {
        used_ = (used_ + alignment - 1) & ~(alignment - 1);
        CHECK(used_ + size <= capacity_);
        void* const place = memory_ + used_;
        used_ += size;
        return place;
    }

    std::byte* memory_;
    std::size_t capacity_;
    std::size_t used_ = 0;
};

}  // namespace rcufuzz
