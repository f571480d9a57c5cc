// SPDX-License-Identifier: GPL-2.0-or-later
//
// Softirqs: expired timers first, then raised vectors in ascending order, then queued works, on
// the CPU that raised them. As in kernel/softirq.c, v5.13. ksoftirqd has no thread of its own: a
// pending softirq may run at any later point where the CPU accepts one, which covers it.
#pragma once

#include "core/kernel/context.h"

namespace rcufuzz::kernel {

// A one-shot function for softirq context (a tasklet, as far as its users can tell).
struct SoftirqWork {
    sim::Job fn = nullptr;
    void* arg = nullptr;
    SoftirqWork* next = nullptr;
    bool queued = false;
};

enum class SoftirqVector : std::uint8_t { rcu = 1 };  // bit numbers; 0 is the work list

void begin_softirqs();

void open_softirq(SoftirqVector vector, sim::Job action);
void raise_softirq(SoftirqVector vector, const Site& site = Site::current());
void queue_softirq_work(SoftirqWork& work, const Site& site = Site::current());

}  // namespace rcufuzz::kernel
