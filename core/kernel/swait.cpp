// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/kernel/swait.h"

namespace rcufuzz::kernel {

// The queue's own lock makes each operation below one step: it is a leaf lock, held for a few
// instructions, and nothing else can be seen in between.

void SwaitQueue::init(const char* name, int index) {
    *this = SwaitQueue{};
    object_ = sim::world().names().add(name, index);
    lock_.init();
}

void SwaitQueue::prepare(SwaitEntry& entry, const Site& site) {
    sim::world().point({object_, sim::AccessKind::write}, site);
    if (!entry.queued) {
        entry.task = &current_task();
        entry.next = nullptr;
        entry.queued = true;
        SwaitEntry** end = &head_;
        while (*end != nullptr) end = &(*end)->next;
        *end = &entry;
    }
    current_task().state = TaskState::idle;
    lock_.pass();
    memory::barrier_within_step();  // of set_current_state()
}

void SwaitQueue::finish(SwaitEntry& entry, const Site& site) {
    sim::world().point({object_, sim::AccessKind::write}, site);
    current_task().state = TaskState::running;
    if (!entry.queued) return;
    sim::world().point({object_, sim::AccessKind::write}, site);  // list_empty_careful()
    lock_.pass();
    if (entry.queued) remove(entry);
}

void SwaitQueue::remove(SwaitEntry& entry) {
    for (SwaitEntry** list : {&head_, &waking_}) {
        for (SwaitEntry** link = list; *link != nullptr; link = &(*link)->next) {
            if (*link != &entry) continue;
            *link = entry.next;
            entry.queued = false;
            return;
        }
    }
    CHECK(false && "a queued waiter is on no list");
}

bool SwaitQueue::wake_one(const Site& site) {
    sim::world().point({object_, sim::AccessKind::wake}, site);
    lock_.pass();
    if (head_ == nullptr) return false;
    SwaitEntry& entry = *head_;
    remove(entry);
    wake_up_process(*entry.task, site);
    return true;
}

// As the kernel does, takes the present waiters only and wakes them one after the other.
void SwaitQueue::wake_all(const Site& site) {
    sim::world().point({object_, sim::AccessKind::wake}, site);
    lock_.pass();
    SwaitEntry** end = &waking_;
    while (*end != nullptr) end = &(*end)->next;
    *end = head_;
    head_ = nullptr;
    while (waking_ != nullptr) {
        SwaitEntry& entry = *waking_;
        remove(entry);
        wake_up_process(*entry.task, site);
    }
}

}  // namespace rcufuzz::kernel
