// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/run/time_bench.h"

#include <ctime>

namespace rcufuzz::run {

double cpu_seconds() {
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

}  // namespace rcufuzz::run
