// SPDX-License-Identifier: GPL-2.0-or-later
//
// The two kinds of error that are not a verdict on the subject.
//
//   CHECK(condition)   our own fault: prints one line and exits with code 70, in every build.
//   UserError          the user's fault (bad usage, bad file): one line that says what and where.
//                      The command line turns it into exit code 64.
//
// A fault of the subject is a Verdict (core/base/verdict.h). The three never mix.
#pragma once

#include <stdexcept>
#include <string>

namespace rcufuzz {

inline constexpr int exit_clean = 0;
inline constexpr int exit_found = 42;
inline constexpr int exit_usage = 64;
inline constexpr int exit_internal = 70;

[[noreturn]] void check_failed(const char* condition, const char* file, int line);

class UserError : public std::runtime_error {
   public:
    using std::runtime_error::runtime_error;
};

}  // namespace rcufuzz

#define CHECK(condition)                                             \
    do {                                                             \
        if (!(condition)) [[unlikely]]                               \
            ::rcufuzz::check_failed(#condition, __FILE__, __LINE__); \
    } while (0)
