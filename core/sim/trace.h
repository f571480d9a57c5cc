// SPDX-License-Identifier: GPL-2.0-or-later
//
// What happened in a run, as typed events. The hash over the events identifies the run: it holds
// no address, no line number and no time of day, so it is the same on every compiler and machine.
#pragma once

#include <cstdint>
#include <vector>

#include "core/base/hash.h"
#include "core/sim/decision.h"
#include "core/sim/site.h"

namespace rcufuzz::sim {

enum class EventKind : std::uint8_t {
    answer,     // a choice was answered other than 0; a = actor or value
    resume,     // another context begins to run
    irq_enter,  // object = name of the interrupt; of a guest's timer interrupt: 0
    irq_exit,
    softirq_enter,
    softirq_exit,
    nmi_enter,
    nmi_exit,
    jiffies,  // a = the new value
    irqs_off,
    irqs_on,
    read,   // a = value; b = how many stores older than the newest (weak memory)
    write,  // a = new value, b = old value
    lock,
    lock_wait,
    trylock_failed,
    unlock,
    sleep,         // object = what it waits for
    wake,          // a = key of the context that is woken
    timer_arm,     // a = expiry
    timer_cancel,  // a = 1: it was pending
    timer_fire,
    op_begin,  // a = index of the operation in the plan
    op_end,
    note,       // object = note number; told by the subsystem
    irq_raise,  // object = name of the interrupt, a = the CPU that it is for; NMIs too
};

// What an access or an event is about; 0: nothing. Below max_objects: an index into the world's
// table of names. From first_place on: a place in the memory of a guest (address_map.h), which has
// the same number in every process.
using ObjectId = std::uint32_t;
inline constexpr std::size_t max_objects = 4096;  // enough for what the longest plan allocates
inline constexpr ObjectId first_place = 65536;

struct Event {
    EventKind kind;
    std::uint8_t cpu;  // on which it happened; of the main context: 0
    ContextKey key;    // the context
    ObjectId object;
    std::uint32_t step;  // points passed in the whole run
    std::uint64_t jiffies;
    std::int64_t a;
    std::int64_t b;
    Site site;
};

enum class TraceLevel : std::uint8_t { off, hash, full };

class Trace {
   public:
    void begin(TraceLevel level) {
        level_ = level;
        hash_ = RunningHash{};
        events_.clear();
    }
    TraceLevel level() const { return level_; }

    void add(const Event& event) {
        // An address differs from one compiler to the next, and is no part of a run.
        const std::uint64_t object = event.object < first_place ? event.object : first_place - 1;
        hash_.add(static_cast<std::uint64_t>(event.kind) | (event.key & std::uint64_t{0xff}) << 8 |
                  object << 16 | std::uint64_t{event.step} << 32);
        if (is_task_key(event.key)) hash_.add(std::uint64_t{event.key});
        hash_.add(static_cast<std::uint64_t>(event.a));
        hash_.add(static_cast<std::uint64_t>(event.b));
        if (level_ == TraceLevel::full) events_.push_back(event);
    }

    std::uint64_t hash() const { return hash_.value(); }
    const std::vector<Event>& events() const { return events_; }

   private:
    TraceLevel level_ = TraceLevel::off;
    RunningHash hash_;
    std::vector<Event> events_;
};

}  // namespace rcufuzz::sim
