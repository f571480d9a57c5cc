// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/base/check.h"

#include <cstdio>
#include <cstdlib>

#include "core/base/text.h"

namespace rcufuzz {

namespace {
constexpr std::size_t longest_message = 600;  // bytes
}

UserError::UserError(const std::string& message)
    : std::runtime_error(shortened(printable(message), longest_message)) {}

// Prints without allocating: the failed check may sit on a fiber stack or inside an allocator.
[[noreturn]] void check_failed(const char* condition, const char* file, int line) {
    std::fprintf(stderr, "rcufuzz: internal check failed: %s (%s:%d)\n", condition, file, line);
    std::fflush(nullptr);
    // Under a fuzzer an abort leaves the input behind; a plain exit would lose it.
    if (std::getenv("RCUFUZZ_ABORT_ON_CHECK") != nullptr) std::abort();
    std::_Exit(exit_internal);
}

}  // namespace rcufuzz
