// SPDX-License-Identifier: GPL-2.0-or-later
//
// Fiber::switch_between(), inline. Each return that a switch passes on its way is mispredicted,
// because the processor's return stack belongs to the fiber that was left; so there is none.
#pragma once

#include <boost/context/detail/fcontext.hpp>

#include "core/sim/fiber.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define RCUFUZZ_ASAN 1
#endif
#if __has_feature(thread_sanitizer)
#define RCUFUZZ_TSAN 1
#endif
#if __has_feature(memory_sanitizer)
#define RCUFUZZ_MSAN 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
#define RCUFUZZ_ASAN 1
#endif
#if defined(__SANITIZE_THREAD__)
#define RCUFUZZ_TSAN 1
#endif

#if defined(RCUFUZZ_ASAN)
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#include <sanitizer/lsan_interface.h>
#endif
#if defined(RCUFUZZ_TSAN)
#include <sanitizer/tsan_interface.h>
#endif
#if defined(RCUFUZZ_MSAN)
#include <sanitizer/msan_interface.h>
#endif

#if defined(__SSE__)
#include <xmmintrin.h>
#endif

namespace rcufuzz::sim {

// Clears the sticky floating-point exception flags. A switch loads the control word of the fiber
// it enters, and where that differs from the present one, if only by such a flag, the processor
// takes 70 ns instead of 5. Contexts compute with integers only; this is for the code around them.
inline void calm_floating_point() {
#if defined(__SSE__)
    constexpr unsigned sticky_flags = 0x3f;
    _mm_setcsr(_mm_getcsr() & ~sticky_flags);
#endif
}

// First thing on the new stack after a switch.
#if defined(RCUFUZZ_ASAN)
[[gnu::noinline]] RCUFUZZ_NO_COVERAGE inline void Fiber::land(Fiber& here, Fiber& came_from) {
    const void* old_bottom = nullptr;
    std::size_t old_size = 0;
    __sanitizer_finish_switch_fiber(here.fake_stack_, &old_bottom, &old_size);
    if (came_from.stack_bottom_ == nullptr) {  // the thread's own stack: learn its bounds
        came_from.stack_bottom_ = old_bottom;
        came_from.stack_size_ = old_size;
    }
}
#else
inline void Fiber::land(Fiber&, Fiber&) {}
#endif

[[gnu::always_inline]] inline void Fiber::switch_between(Fiber& from, Fiber& to) {
#if defined(RCUFUZZ_ASAN)
    __sanitizer_start_switch_fiber(&from.fake_stack_, to.stack_bottom_, to.stack_size_);
#endif
#if defined(RCUFUZZ_TSAN)
    if (from.tsan_fiber_ == nullptr) from.tsan_fiber_ = __tsan_get_current_fiber();
    __tsan_switch_to_fiber(to.tsan_fiber_, 0);
#endif
    entering_ = &to;
    boost::context::detail::transfer_t back =
        boost::context::detail::jump_fcontext(to.context_, &from);
#if defined(RCUFUZZ_MSAN)
    __msan_unpoison(&back, sizeof back);
#endif
    Fiber& came_from = *static_cast<Fiber*>(back.data);
    came_from.context_ = back.fctx;
    land(from, came_from);
}

}  // namespace rcufuzz::sim
