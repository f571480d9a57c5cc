// SPDX-License-Identifier: GPL-2.0-or-later
//
// What SURW knows from earlier runs: how many events each context has on each object.
//
// Objects fall into 64 classes by their number, so that a set of them is one word. Class 0 also
// holds the events that touch no object: that an interrupt is delivered, that the clock ticks.
#pragma once

#include <array>
#include <cstdint>

#include "core/strategy/policy.h"

namespace rcufuzz::strategy {

class SurwProfile {
   public:
    using Classes = std::uint64_t;
    static constexpr unsigned class_count = 64;
    static constexpr unsigned clock_row = sim::bound_key_count;
    static constexpr unsigned first_task_row = clock_row + 1;
    static constexpr unsigned task_rows = 64;
    static constexpr unsigned rows = first_task_row + task_rows;

    // One per context; handlers by their slot. Of very many tasks some have to share one.
    static constexpr unsigned row_of(sim::ContextKey key) {
        return sim::is_task_key(key) ? first_task_row + (key - sim::first_task_key) % task_rows
                                     : unsigned{key};
    }
    static constexpr std::int32_t one_event = 256;       // the unit of expected()

    static constexpr unsigned class_of(sim::ObjectId object) { return object % class_count; }

    void count(unsigned row, unsigned class_number, bool writes);
    void forget();
    // Takes the counts of the run that ended into the exponential average.
    void learn();

    bool learned() const { return learned_; }
    // Classes that at least two rows touch, at least one of them to write.
    Classes shared() const { return touched_by_two_ & written_; }
    // Events to be expected of a row in a run, in units of one_event.
    std::int32_t expected(unsigned row, Classes classes) const;

    // Calls f(row) for each that has counted something: of the others nothing is expected.
    template <typename F>
    void each_known(F f) const {
        for (unsigned i = 0; i < known_count_; ++i) f(known_rows_[i]);
    }

   private:
    struct Row {
        std::array<std::int32_t, class_count> counts{};
        std::array<std::int32_t, class_count> average{};
        bool known = false;
    };

    bool learned_ = false;
    Classes touched_ = 0;
    Classes touched_by_two_ = 0;
    Classes written_ = 0;
    unsigned known_count_ = 0;
    std::array<std::uint8_t, rows> known_rows_{};
    std::array<std::uint8_t, class_count> first_row_{};  // to have touched the class
    std::array<Row, rows> table_{};
};

}  // namespace rcufuzz::strategy
