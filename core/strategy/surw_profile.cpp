// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/strategy/surw_profile.h"

namespace rcufuzz::strategy {

void SurwProfile::count(unsigned row, unsigned class_number, bool writes) {
    Row& entry = table_[row];
    if (!entry.known) {
        entry.known = true;
        known_rows_[known_count_++] = static_cast<std::uint8_t>(row);
    }
    ++entry.counts[class_number];
    if (class_number == 0) return;
    const Classes bit = Classes{1} << class_number;
    if ((touched_ & bit) == 0) first_row_[class_number] = static_cast<std::uint8_t>(row);
    touched_ |= bit;
    if (first_row_[class_number] != row) touched_by_two_ |= bit;
    if (writes) written_ |= bit;
}

void SurwProfile::forget() {
    for (unsigned i = 0; i < known_count_; ++i) table_[known_rows_[i]] = {};
    known_count_ = 0;
    learned_ = false;
    touched_ = touched_by_two_ = written_ = 0;
}

void SurwProfile::learn() {
    for (unsigned i = 0; i < known_count_; ++i) {
        Row& row = table_[known_rows_[i]];
        for (unsigned c = 0; c < class_count; ++c) {
            const std::int32_t seen = row.counts[c] * one_event;
            row.average[c] += learned_ ? (seen - row.average[c]) / 8 : seen;
        }
        row.counts.fill(0);
    }
    learned_ = true;
}

std::int32_t SurwProfile::expected(unsigned row, Classes classes) const {
    std::int32_t sum = 0;
    if (!table_[row].known) return sum;
    for (Classes rest = classes; rest != 0; rest &= rest - 1)
        sum += table_[row].average[static_cast<unsigned>(std::countr_zero(rest))];
    return sum;
}

}  // namespace rcufuzz::strategy
