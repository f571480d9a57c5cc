// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/strategy/state_table.h"

#include <sys/mman.h>

#include <new>

#include "core/base/check.h"

namespace rcufuzz::strategy {

namespace {

constexpr std::size_t first_size = 1u << 12;

}  // namespace

StateTable::~StateTable() {
    if (entries_ != nullptr) munmap(entries_, bytes());
}

StateTable::Entry& StateTable::find(std::uint64_t state) {
    if (size_ == 0) resize(first_size);
    const std::size_t mask = size_ - 1;
    std::size_t slot = state & mask;
    while (entries_[slot].state != 0 && entries_[slot].state != stored(state))
        slot = (slot + 1) & mask;
    return entries_[slot];
}

void StateTable::add(Entry& entry, std::uint64_t state, sim::ActorMask sleep) {
    CHECK(is_empty(entry));
    entry = {stored(state), sleep};
    ++count_;
    if (4 * count_ > 3 * size_) resize(2 * size_);
}

void StateTable::resize(std::size_t size) {
    Entry* const old = entries_;
    const std::size_t old_size = size_;
    // Comes zeroed: all empty.
    void* const memory = mmap(nullptr, size * sizeof(Entry), PROT_READ | PROT_WRITE,
                              MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) throw std::bad_alloc();
    madvise(memory, size * sizeof(Entry), MADV_HUGEPAGE);  // a wish
    entries_ = static_cast<Entry*>(memory);
    size_ = size;
    for (std::size_t i = 0; i < old_size; ++i)
        if (!is_empty(old[i])) find(old[i].state) = old[i];
    if (old != nullptr) munmap(old, old_size * sizeof(Entry));
}

}  // namespace rcufuzz::strategy
