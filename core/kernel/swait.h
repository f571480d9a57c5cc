// SPDX-License-Identifier: GPL-2.0-or-later
//
// Simple wait queues. As in include/linux/swait.h and kernel/sched/swait.c, v5.13: a waiter enters
// the queue, tests its condition, sleeps; swake_up_one() takes the first waiter off the queue and
// wakes it, and nobody else. A waiter that was woken by other means queues itself again.
#pragma once

#include "core/kernel/kthread.h"

namespace rcufuzz::kernel {

struct SwaitEntry {
    Task* task = nullptr;
    SwaitEntry* next = nullptr;
    bool queued = false;
};

class SwaitQueue {
   public:
    void init(const char* name, int index);

    bool swait_active() const { return head_ != nullptr; }
    sim::ObjectId object() const { return object_; }

    void prepare(SwaitEntry& entry, const Site& site);
    void finish(SwaitEntry& entry, const Site& site);
    // As q->lock taken and dropped, for what it guards beside the queue.
    void pass_lock() { lock_.pass(); }
    bool wake_one(const Site& site);  // whether there was a waiter
    void wake_all(const Site& site);

   private:
    void remove(SwaitEntry& entry);

    SwaitEntry* head_ = nullptr;
    SwaitEntry* waking_ = nullptr;  // taken by a wake_all() that has not come to them yet
    sim::ObjectId object_ = 0;
    memory::LockOrder lock_;
};

inline bool swake_up_one(SwaitQueue& queue, const Site& site = Site::current()) {
    return queue.wake_one(site);
}
inline void swake_up_all(SwaitQueue& queue, const Site& site = Site::current()) {
    queue.wake_all(site);
}

// Sleeps on the queue until `condition()` holds. The condition may pass points. `wait` says whom it
// waits for, if that can be said.
template <typename Condition>
void swait_event_idle_exclusive(SwaitQueue& queue, const Condition& condition, const WaitFor& wait,
                                const Site& site) {
    if (condition()) return;
    const WaitScope scope(wait);
    const WaitCondition tested{
        [](const void* arg) { return (*static_cast<const Condition*>(arg))(); }, &condition};
    SwaitEntry entry;
    for (;;) {
        queue.prepare(entry, site);
        if (condition() || run_is_over()) break;
        schedule(queue.object(), tested, site);
    }
    queue.finish(entry, site);
}
template <typename Condition>
void swait_event_idle_exclusive(SwaitQueue& queue, const Condition& condition,
                                const Site& site = Site::current()) {
    swait_event_idle_exclusive(queue, condition, {}, site);
}

}  // namespace rcufuzz::kernel
