// SPDX-License-Identifier: GPL-2.0-or-later
//
// Weak memory for a kernel whose variables lie in memory of its own. That memory holds the newest
// value of each variable, whoever wrote it. Marked accesses are told of before they are made, and a
// load is told which value it observes. A location is an aligned word of eight bytes: fields that
// share one are ordered as one variable is.
//
//   - Loads choose among stores; a store comes after those that there are (no other place), and a
//     read-modify-write reads the newest one.
//   - A plain store is not told of. It is noticed at the next marked access of the word, from when
//     on everybody sees it; a plain load sees the newest value. Both can only forbid.
//   - Code in C does not show its dependencies. Whoever has loaded a pointer into the kernel's own
//     memory makes all later loads after that one. An index that was loaded is not followed.
//   - What is kept is bounded: with its room used up, a run goes on sequentially consistent.
//
// Nothing here is to be called unless weak_memory is on.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/memory/order.h"
#include "core/sim/site.h"
#include "core/sim/trace.h"

namespace rcufuzz::memory {

struct Word {
    std::uint32_t number;     // its address, in words from where the kernel's memory begins
    std::uint64_t newest;     // what it holds now
    sim::ObjectId place = 0;  // for the trace
};

// Which of its values a marked load observes. `is_pointer`: whether a value is one into the
// kernel's memory.
std::uint64_t load_word(const Word& word, Order order, bool (*is_pointer)(std::uint64_t),
                        const sim::Site& site);
// The newest, which acquires: for steps of the machine's own.
void see_newest_word(const Word& word);
void store_word(const Word& word, std::uint64_t value, Order order);
// A read-modify-write of the newest value, and one that does not change it.
void update_word(const Word& word, std::uint64_t value, Order order);
void update_word_in_vain(const Word& word);

// A lock that the machine has given to whoever runs, or is about to take back.
void word_locked(const Word& lock);
void word_unlocked(const Word& lock);
void barrier_after_spinlock();

}  // namespace rcufuzz::memory
