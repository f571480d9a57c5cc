// SPDX-License-Identifier: GPL-2.0-or-later
//
// In a file of its own, so that no compiler sees allocation and release together and objects to
// the pair, or removes it.
#include "core/base/allocations_test.h"

#include <cstdlib>
#include <new>

namespace {
std::uint64_t count = 0;
}

std::uint64_t rcufuzz::test::allocations() { return count; }

#ifndef RCUFUZZ_COUNT_ALLOCATIONS
bool rcufuzz::test::counts_allocations() { return false; }
#else
bool rcufuzz::test::counts_allocations() { return true; }

void* operator new(std::size_t size) {
    ++count;
    if (void* const memory = std::malloc(size)) return memory;
    throw std::bad_alloc();
}
void* operator new[](std::size_t size) { return operator new(size); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }
#endif
