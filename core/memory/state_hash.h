// SPDX-License-Identifier: GPL-2.0-or-later
//
// The state of a Model as a hash: two states with the same hash allow the same continuations.
// Times count by their order only, stores by writer and number, so that states which were reached
// by different orders of unrelated steps come out alike.
//
//   TimeRanks ranks;
//   note_times(model, ranks);      and whatever times the program itself keeps
//   ranks.seal();
//   feed(model, ranks, hash);      and what the program itself keeps
#pragma once

#include <array>
#include <cstdint>

#include "core/base/hash.h"
#include "core/memory/model.h"

namespace rcufuzz::memory {

class TimeRanks {
   public:
    void clear() { count_ = 0; }
    void note(Time time);
    void seal();
    std::uint32_t of(Time time) const;  // of a time that was noted

   private:
    static constexpr std::size_t capacity = 8192;
    std::array<Time, capacity> times_;
    std::size_t count_ = 0;
};

void note_times(const Model& model, TimeRanks& ranks);
void feed(const Model& model, const TimeRanks& ranks, RunningHash& hash);

}  // namespace rcufuzz::memory
