// SPDX-License-Identifier: GPL-2.0-or-later
//
// The two kinds of error that are not a verdict on the subject.
//
//   CHECK(condition)   our own fault: prints one line and exits with code 70, in every build.
//   UserError          the user's fault (bad usage, bad file): one line that says what and where.
//                      The command line turns it into exit code 64.
//
// Two more codes say that there is no answer: the bounds of a search ended it (75), or the user
// did (130).
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
inline constexpr int exit_undecided = 75;
inline constexpr int exit_interrupted = 130;

[[noreturn]] void check_failed(const char* condition, const char* file, int line);

// Whatever the message quotes, what() is one line that a terminal can show, of bounded length.
class UserError : public std::runtime_error {
   public:
    explicit UserError(const std::string& message);
};

}  // namespace rcufuzz

#define CHECK(condition)                                             \
    do {                                                             \
        if (!(condition)) [[unlikely]]                               \
            ::rcufuzz::check_failed(#condition, __FILE__, __LINE__); \
    } while (0)
