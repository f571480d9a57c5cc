// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/sim/fiber.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "core/base/check.h"
#include "core/sim/fiber_switch.h"

namespace rcufuzz::sim {

namespace {

namespace ctx = boost::context::detail;

// 16 KiB is the least that libFuzzer's crash report can live on; ASan frames are larger.
constexpr std::size_t stack_bytes = 128 * 1024;

// Stacks are aligned alike, so their hot ends would all fall into the same few cache sets. Each
// fiber begins a little lower than the one before.
constexpr std::size_t stack_colours = 32;
constexpr std::size_t colour_bytes = 448;

// How far below its last switch a fiber has mostly called.
constexpr std::size_t calls_below = 8 * 1024;

}  // namespace

RCUFUZZ_NO_COVERAGE void Fiber::enter_first_time(Fiber& came_from) {
    Fiber& self = *entering_;
    land(self, came_from);
#if defined(RCUFUZZ_ASAN)
    __asan_handle_no_return();  // what was given up is no longer in its fake stack
#endif
    self.entry_(self.arg_);
    CHECK(false && "a fiber's entry function returned");
}

[[gnu::noinline]] RCUFUZZ_NO_COVERAGE void Fiber::create(Entry entry, void* arg) {
    if (context_ != nullptr) return;
    static std::size_t created_so_far = 0;
    const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
    void* const memory = mmap(nullptr, stack_bytes + page, PROT_READ | PROT_WRITE,
                              MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
    CHECK(memory != MAP_FAILED);
    CHECK(mprotect(memory, page, PROT_NONE) == 0);
    char* const bottom = static_cast<char*>(memory) + page;
    stack_bottom_ = bottom;
    stack_size_ = stack_bytes - created_so_far++ % stack_colours * colour_bytes;
    entry_ = entry;
    arg_ = arg;
    enter_anew();
#if defined(RCUFUZZ_TSAN)
    tsan_fiber_ = __tsan_create_fiber(0);
#endif
}

void* Fiber::stack_top() const {
    return const_cast<char*>(static_cast<const char*>(stack_bottom_)) + stack_size_;
}

void Fiber::scrub() {
    scrub_below();
    char* const low = static_cast<char*>(context_);
    std::memset(low, 0, static_cast<std::size_t>(static_cast<char*>(stack_top()) - low));
}

void Fiber::scrub_below() {
    char* const low = static_cast<char*>(context_);
    const auto room = static_cast<std::size_t>(low - static_cast<const char*>(stack_bottom_));
    const std::size_t dirty = std::min(calls_below, room);
    std::memset(low - dirty, 0, dirty);
}

RCUFUZZ_NO_COVERAGE void Fiber::restart() {
#if defined(RCUFUZZ_ASAN)
    __asan_unpoison_memory_region(stack_bottom_, stack_size_);
#endif
#if defined(RCUFUZZ_TSAN)  // which remembers the frames by itself
    __tsan_destroy_fiber(tsan_fiber_);
    tsan_fiber_ = __tsan_create_fiber(0);
#endif
    enter_anew();
}

void Fiber::share(const Fiber& other) {
    context_ = other.context_;
    entry_ = other.entry_;
    arg_ = other.arg_;
    stack_bottom_ = other.stack_bottom_;
    stack_size_ = other.stack_size_;
    fake_stack_ = other.fake_stack_;
    tsan_fiber_ = other.tsan_fiber_;
}

void Fiber::enter_anew() {
    calm_floating_point();  // the new fiber starts with the control word of this moment
    const auto begin = [](ctx::transfer_t transfer) RCUFUZZ_NO_COVERAGE {
#if defined(RCUFUZZ_MSAN)
        __msan_unpoison(&transfer, sizeof transfer);
#endif
        Fiber& came_from = *static_cast<Fiber*>(transfer.data);
        came_from.context_ = transfer.fctx;
        enter_first_time(came_from);
    };
    context_ = ctx::make_fcontext(stack_top(), stack_size_, begin);
}

}  // namespace rcufuzz::sim
