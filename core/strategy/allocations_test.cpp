// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/strategy/allocations_test.h"

#include <cstdlib>
#include <new>

std::size_t rcufuzz::strategy::test::allocations = 0;

void* operator new(std::size_t size) {
    ++rcufuzz::strategy::test::allocations;
    if (void* const memory = std::malloc(size)) return memory;
    throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
