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
bool rcufuzz::counts_heap() { return true; }

void* operator new(std::size_t size) {
    ++taken;
    if (void* const memory = std::malloc(size)) return memory;
    throw std::bad_alloc();
}
void* operator new[](std::size_t size) { return operator new(size); }
void operator delete(void* memory) noexcept {
    if (memory != nullptr) ++given_back;
    std::free(memory);
}
void operator delete[](void* memory) noexcept { operator delete(memory); }
void operator delete(void* memory, std::size_t) noexcept { operator delete(memory); }
void operator delete[](void* memory, std::size_t) noexcept { operator delete(memory); }
#endif
