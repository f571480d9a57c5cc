// SPDX-License-Identifier: GPL-2.0-or-later
//
// Whom a context waits for. Every primitive that blocks, and every loop that polls, says for whom.
// Oracles follow these edges to tell a deadlock from a run that is merely long
// (core/oracle/deadlock.h). Nothing else depends on them.
//
//   const WaitScope scope({holders, this}, object_);   // until the end of the block
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "core/sim/world.h"

namespace rcufuzz::kernel {

// What has to happen for a wait to end, for instance that a context goes on. If several are named,
// all of them have to.
class Awaited {
   public:
    enum class Kind : std::uint8_t {
        context,     // goes on
        interrupt,   // is taken on the CPU
        quiescence,  // of the CPU: what it is in the middle of comes to its end
    };
    struct Item {
        Kind kind;
        std::uint16_t number;  // context key, or CPU
    };

    void context(sim::ContextKey key) { add({Kind::context, key}); }
    // A bit for each context key.
    void contexts(const std::array<std::uint64_t, 2>& keys);
    // The interrupt, if it is pending there still; else the handler, which is at work.
    void interrupt(unsigned cpu) { add({Kind::interrupt, static_cast<std::uint16_t>(cpu)}); }
    void quiescence(unsigned cpu) { add({Kind::quiescence, static_cast<std::uint16_t>(cpu)}); }

    std::span<const Item> items() const { return {items_.data(), count_}; }

   private:
    void add(Item item) {
        if (count_ < items_.size()) items_[count_++] = item;
    }
    std::array<Item, 16> items_{};
    std::size_t count_ = 0;
};

// `list` is asked when somebody wants to know, and names who is awaited by then. Null: nobody in
// particular.
struct WaitFor {
    void (*list)(const void* arg, Awaited& awaited) = nullptr;
    const void* arg = nullptr;
    std::uint64_t what = 0;  // the ObjectId of a lock, a timer, an interrupt; no padding: images
};

void begin_waits();
// Of the context, whether it is blocked or looks again and again.
const WaitFor& wait_of(sim::ContextKey key);

// The current context waits for this until the end of the block, then again for what it did before.
class WaitScope {
   public:
    explicit WaitScope(const WaitFor& wait);
    ~WaitScope();
    WaitScope(const WaitScope&) = delete;
    WaitScope& operator=(const WaitScope&) = delete;

   private:
    WaitFor before_;
    std::uint64_t key_;
};

}  // namespace rcufuzz::kernel
