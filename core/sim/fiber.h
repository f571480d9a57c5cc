// SPDX-License-Identifier: GPL-2.0-or-later
//
// Stacks to run contexts on: Boost fcontext with the sanitizers told of every switch.
//
// A fiber never dies: its entry function runs one job after another and parks in between. A fiber
// that were re-made for each run would cost ASan a new fake stack, and TSan a growing shadow stack,
// each time. A job may be left in the middle all the same, whatever the sanitizer: restart().
#pragma once

#include <cstddef>

// For what happens once in a process, or in the run after: no coverage, since an engine would take
// it for something that its input has done. Callers that have coverage must not inline it.
#if defined(__clang__)
#define RCUFUZZ_NO_COVERAGE __attribute__((no_sanitize("coverage")))
#else
#define RCUFUZZ_NO_COVERAGE
#endif

namespace rcufuzz::sim {

class Fiber {
   public:
    using Entry = void (*)(void* arg);  // must never return

    Fiber() = default;  // no stack: stands for the thread's own stack
    Fiber(const Fiber&) = delete;
    Fiber& operator=(const Fiber&) = delete;

    // Gives the fiber its stack, with a guard page below; `entry(arg)` runs at the first switch.
    // Once: a fiber that has one keeps it. The stack is never given back: there are as many fibers
    // as one run has had contexts, at most.
    void create(Entry entry, void* arg);
    // The frames on its stack are given up, destructors and all: the next switch enters it anew.
    // Not of the running fiber.
    void restart();
    // From now on both mean the stack that is the other's: what runs on that stack may stop and go
    // on as either. The stack that it had stays with whoever else means it.
    void share(const Fiber& other);
    // What its frames have left on the stack is no longer there. Of a fiber that restarts next.
    void scrub();
    // The same for what it called before it stopped.
    void scrub_below();
    void* stack_top() const;
    const void* suspended_at() const { return context_; }  // its stack pointer, while it is
    bool holds(const void* place) const { return place >= stack_bottom_ && place < stack_top(); }

    // Leaves `from`, which must be the running fiber, and goes on in `to`. Defined inline in
    // fiber_switch.h, for the one loop that switches.
    static void switch_between(Fiber& from, Fiber& to);

   private:
    friend class Image;
    template <typename Bytes>
    friend class RunBytes;

    void enter_anew();
    static void enter_first_time(Fiber& came_from);
    static void land(Fiber& here, Fiber& came_from);

    static inline Fiber* entering_ = nullptr;  // the target of the switch in progress

    void* context_ = nullptr;  // where the fiber stopped; stale while it runs
    Entry entry_ = nullptr;
    void* arg_ = nullptr;
    const void* stack_bottom_ = nullptr;
    std::size_t stack_size_ = 0;
    void* fake_stack_ = nullptr;  // ASan
    void* tsan_fiber_ = nullptr;
};

}  // namespace rcufuzz::sim
