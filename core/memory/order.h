// SPDX-License-Identifier: GPL-2.0-or-later
//
// What an access orders, in the words of the kernel's memory model.
#pragma once

#include <cstdint>

namespace rcufuzz::memory {

using Value = std::int64_t;  // of any shared variable, as the memory model keeps it

enum class Order : std::uint8_t { relaxed, acquire, release, full };

}  // namespace rcufuzz::memory
