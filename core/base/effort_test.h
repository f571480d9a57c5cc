// SPDX-License-Identifier: GPL-2.0-or-later
//
// How often a test repeats what each repetition tests alike: in full in one build, and an eighth of
// it in those that are there for their compiler or sanitizer.
#pragma once

namespace rcufuzz {

#if defined(RCUFUZZ_LESS_EFFORT)
inline constexpr unsigned effort_share = 8;
#else
inline constexpr unsigned effort_share = 1;
#endif

template <typename T>
constexpr T effort(T full) {
    return (full + static_cast<T>(effort_share - 1)) / static_cast<T>(effort_share);
}

}  // namespace rcufuzz
