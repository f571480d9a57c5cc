// SPDX-License-Identifier: GPL-2.0-or-later
//
// In a file of its own, so that no compiler sees allocation and release together and objects to
// the pair, or removes it.
#include "core/base/heap.h"

#include <cstdlib>
#include <new>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || \
    __has_feature(memory_sanitizer)
#define RCUFUZZ_SANITIZED 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define RCUFUZZ_SANITIZED 1
#endif

namespace {
std::uint64_t taken = 0;
std::uint64_t given_back = 0;
}  // namespace

std::uint64_t rcufuzz::heap_blocks_taken() { return taken; }
std::uint64_t rcufuzz::heap_blocks_given_back() { return given_back; }

#if defined(RCUFUZZ_SANITIZED)
bool rcufuzz::counts_heap() { return false; }
#else
bool rcufuzz::counts_heap() {
    const std::uint64_t before = taken;
    void* volatile memory = operator new(1);
    operator delete(memory);
    return taken != before;
}

// Weak, for the engine's runtime may bring a static libstdc++ and with it the ordinary ones
// (-fsanitize=fuzzer -static-libstdc++). Nothing is counted then.
[[gnu::weak]] void* operator new(std::size_t size) {
    ++taken;
    if (void* const memory = std::malloc(size)) return memory;
    throw std::bad_alloc();
}
[[gnu::weak]] void* operator new[](std::size_t size) { return operator new(size); }
[[gnu::weak]] void operator delete(void* memory) noexcept {
    if (memory != nullptr) ++given_back;
    std::free(memory);
}
[[gnu::weak]] void operator delete[](void* memory) noexcept { operator delete(memory); }
[[gnu::weak]] void operator delete(void* memory, std::size_t) noexcept { operator delete(memory); }
[[gnu::weak]] void operator delete[](void* memory, std::size_t) noexcept {
    operator delete(memory);
}
#endif
