// SPDX-License-Identifier: GPL-2.0-or-later
//
// Timers. As in kernel/time/timer.c, v5.13: a timer sits on the wheel of the CPU that armed it and
// runs there in softirq context, at its expiry or any time later. Three states matter to its users:
// pending; expired (off the wheel, handler about to be called, timer_pending() already false);
// running. del_timer() stops only a pending one and waits for nothing.
#pragma once

#include "core/kernel/context.h"
#include "core/kernel/wait_for.h"

namespace rcufuzz::kernel {

struct TimerList;
using TimerFn = void (*)(TimerList& timer);

enum class TimerPhase : std::uint8_t { inactive, pending, expired, running };

struct TimerList {
    TimerFn fn = nullptr;
    void* owner = nullptr;  // whatever the handler belongs to
    sim::ObjectId object = 0;
    TimerPhase phase = TimerPhase::inactive;
    bool pending = false;  // may be true while an earlier firing is still expired or running
    bool pinned = false;   // TIMER_PINNED: on the wheel of the CPU that arms it, always
    std::uint8_t cpu = 0;  // whose wheel
    sim::Jiffies expires = 0;
    TimerList* next = nullptr;
    std::uint64_t sync_waiters[2] = {};  // contexts in del_timer_sync(), by key
    sim::ContextKey handler = 0;         // the context that runs it, if it is due or running

    bool handler_due_or_running() const {
        return phase == TimerPhase::expired || phase == TimerPhase::running;
    }
};

// Set by core/oracle; null: nobody listens.
struct TimerHooks {
    void (*handler_begins)(const TimerList& timer, const Site& site) = nullptr;
    void (*handler_ends)(const TimerList& timer, const Site& site) = nullptr;
    void (*waits_for_handler)(const TimerList& timer, const Site& site) = nullptr;
};
extern TimerHooks timer_hooks;

void begin_timers();
// From now on timers that are not pinned go to the wheel of this CPU, whoever arms them: what
// get_nohz_timer_target() does where housekeeping CPUs take timers off nohz_full ones. While it is
// offline they stay where they are armed. Until the end of the run.
void set_timer_target(unsigned cpu);
void timer_setup(TimerList& timer, TimerFn fn, void* owner, const char* name, int index);

// Arms or moves the timer. Returns whether it was pending.
bool mod_timer(TimerList& timer, sim::Jiffies expires, const Site& site = Site::current());
// Returns whether it was pending.
bool del_timer(TimerList& timer, const Site& site = Site::current());
// As del_timer(), then waits until no handler runs.
bool del_timer_sync(TimerList& timer, const Site& site = Site::current());
bool timer_pending(const TimerList& timer, const Site& site = Site::current());

// Runs what has expired on this CPU's wheel; in softirq context.
void run_expired_timers();
// Moves the pending timers of a dead CPU to the wheel of this one.
void migrate_timers(unsigned dead_cpu);

}  // namespace rcufuzz::kernel
