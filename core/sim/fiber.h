// SPDX-License-Identifier: GPL-2.0-or-later
//
// Stacks to run contexts on: Boost fcontext with the sanitizers told of every switch.
//
// A fiber never dies: its entry function runs one job after another and parks in between. A new
// fiber for each run would cost ASan a new fake stack and TSan a growing shadow stack each time. A
// job may still be left in the middle, under every sanitizer: see restart().
#pragma once

#include <cstddef>

// Marks code that runs once in a process. It has no coverage, since a fuzzer would take it for an
// effect of its input. Callers that have coverage must not inline it.
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
    // A fiber that has a stack keeps it, and no stack is ever freed: there are at most as many
    // fibers as the largest run had contexts.
    void create(Entry entry, void* arg);
    // Gives up the frames on its stack; no destructor runs. The next switch enters it anew. Not
    // for the running fiber.
    void restart();
    // From now on both fibers stand for the other one's stack: what runs there may stop and go on
    // as either. The stack that this one had stays with the fibers that still stand for it.
    void share(const Fiber& other);
    // Wipes what its frames have left on the stack. For a fiber that restarts next.
    void scrub();
    // Wipes what its calls left on the stack before it stopped.
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
