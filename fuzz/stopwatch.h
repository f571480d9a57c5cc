// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <chrono>

namespace rcufuzz::cli {

// Wall time since it was made, for people; nothing of it may reach a run.
class Stopwatch {
   public:
    double seconds() const { return std::chrono::duration<double>(Clock::now() - began_).count(); }

   private:
    using Clock = std::chrono::steady_clock;
    Clock::time_point began_ = Clock::now();
};

}  // namespace rcufuzz::cli
