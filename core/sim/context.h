// SPDX-License-Identifier: GPL-2.0-or-later
//
// What the machine is made of: contexts, CPUs as stacks of them, sources of interrupts, findings.
#pragma once

#include <array>
#include <cstdint>

#include "core/sim/decision.h"
#include "core/sim/fiber_switch.h"
#include "core/sim/site.h"
#include "core/sim/trace.h"

namespace rcufuzz::sim {

using Jiffies = std::uint64_t;
inline constexpr Jiffies no_expiry = ~Jiffies{0};

// What a context is about to do; strategies look at it, and the memory model will.
enum class AccessKind : std::uint8_t { none, read, write, lock, unlock, wake, timer, irq };
struct Access {
    ObjectId object = 0;
    AccessKind kind = AccessKind::none;
};

enum class ContextState : std::uint8_t {
    unused,  // no job
    ready,
    spinning,  // waits for a lock; holds its CPU
    sleeping,  // a task that gave its CPU away
};

using Job = void (*)(void* arg);

struct Context {
    // Hot: touched at every point.
    std::uint32_t ordinal = 0;  // points that this key has passed in this run
    Access pending{};
    // Warm: touched at switches.
    ContextState state = ContextState::unused;
    ContextKey key = 0;
    std::uint8_t cpu = 0;
    Slot slot = Slot::task;
    bool saved_irqs_on = false;  // of the context it interrupted
    bool fresh = false;          // its job has not begun
    bool left_frames = false;    // it was ended while its frames stood
    bool on_borrowed_stack = false;  // it runs on that of the context it interrupted
    ObjectId blocked_on = 0;
    Job job = nullptr;
    void* arg = nullptr;
    Site site{};
    const std::byte* job_frame = nullptr;  // the job's frames are below it; for images
    Fiber fiber{};
    Fiber own_fiber{};  // kept here while it is on a borrowed stack

    bool is_task() const {
        return slot == Slot::task || slot == Slot::task2 || slot == Slot::task3;
    }
};

// An interrupt source. Pending at most once per CPU; the caller owns it for the length of the run.
struct Irq {
    Job handler = nullptr;
    void* arg = nullptr;
    unsigned vector = 0;  // the number by which a guest knows it
    ObjectId name = 0;
    bool pending = false;
    Irq* next = nullptr;
};

struct Cpu {
    Context* task = nullptr;  // the current task; none: the CPU idles
    std::array<Context*, 4> interrupts{};
    std::uint8_t depth = 0;  // how many of them are on the stack
    bool online = true;      // offline: nothing of this CPU acts, whatever it was doing
    bool halted = false;     // idle or in user mode: tasks wait for the end of an interrupt
    bool irqs_on = true;
    bool woken_from_afar = false;    // by another CPU, since interrupts were disabled here
    bool crowded = false;            // has had more than one task: preemption is possible
    std::uint8_t used_slots = 0;     // bit s: slot s has had a job in this run
    std::int16_t preempt_count = 0;  // preempt_disable() depth, spinlocks included
    std::int16_t bh_count = 0;       // local_bh_disable() depth
    std::uint32_t softirq_pending = 0;
    std::uint32_t task_switches = 0;
    Jiffies next_expiry = no_expiry;  // kept by the timer wheel, or set_expiry()
    Irq* irq_head = nullptr;
    Irq* irq_tail = nullptr;
    Irq* nmi_pending = nullptr;

    Context* top() const { return depth != 0 ? interrupts[depth - 1u] : task; }
    bool is_in(Slot slot) const {
        for (unsigned i = 0; i < depth; ++i)
            if (interrupts[i]->slot == slot) return true;
        return false;
    }
};

struct Limits {
    // A run with more points, or more handovers, is a livelock. An ordinal counts both and has 16
    // bits in a Decision: a context may go on beyond that, but no plan can record what it does.
    std::uint64_t points = 29000;
    // After so many points, or handovers, the strategy is no longer asked and the contexts take
    // turns. 0: half of `points`.
    std::uint64_t free_points = 0;
    std::uint32_t free_jiffies = 8;  // how often the clock may advance with no timer to wait for
};

}  // namespace rcufuzz::sim
