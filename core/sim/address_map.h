// SPDX-License-Identifier: GPL-2.0-or-later
//
// Numbers for places in memory that has no names: any address of a guest's ranges can be what an
// access is about. A place is its range and the offset in it, so it has the same number in every
// process that has the same ranges.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "core/base/check.h"
#include "core/sim/trace.h"

namespace rcufuzz::sim {

class AddressMap {
   public:
    static constexpr std::size_t max_ranges = 16;

    void clear() {
        count_ = 0;
        next_ = first_place;
    }

    // Ranges are numbered in the order in which they are added.
    void add(const void* start, std::size_t bytes) {
        CHECK(count_ < max_ranges);
        CHECK(bytes <= ~ObjectId{0} - next_);
        ranges_[count_++] = {reinterpret_cast<std::uintptr_t>(start), bytes, next_};
        next_ += static_cast<ObjectId>(bytes);
    }

    // 0: in none of the ranges.
    ObjectId place(const void* address) const {
        const auto at = reinterpret_cast<std::uintptr_t>(address);
        for (std::size_t i = 0; i < count_; ++i)
            if (at - ranges_[i].start < ranges_[i].bytes)
                return ranges_[i].first + static_cast<ObjectId>(at - ranges_[i].start);
        return 0;
    }

   private:
    struct Range {
        std::uintptr_t start;
        std::size_t bytes;
        ObjectId first;
    };

    std::array<Range, max_ranges> ranges_{};
    std::size_t count_ = 0;
    ObjectId next_ = first_place;
};

}  // namespace rcufuzz::sim
