// SPDX-License-Identifier: GPL-2.0-or-later
//
// For functions of ours that read what kernel code has written on its stack: arguments of its trace
// events. Kernel code is not instrumented, so MemorySanitizer knows nothing of it.
#pragma once

#if defined(__has_feature)
#if __has_feature(memory_sanitizer)
#define RCUFUZZ_READS_GUEST_STACK [[clang::no_sanitize("memory")]]
#endif
#endif
#if !defined(RCUFUZZ_READS_GUEST_STACK)
#define RCUFUZZ_READS_GUEST_STACK
#endif
