// SPDX-License-Identifier: GPL-2.0-or-later
//
// CPU time of this process, for benchmarks.
#pragma once

#include <cstdint>

namespace rcufuzz::run {

double cpu_seconds();

// Repeats `batch`, which returns how many units it did, until the time is over; ns per unit.
template <typename Batch>
double nanoseconds_per_unit(double seconds, const Batch& batch) {
    batch();  // warm-up
    double units = 0;
    const double began = cpu_seconds();
    do units += static_cast<double>(batch());
    while (cpu_seconds() - began < seconds);
    return 1e9 * (cpu_seconds() - began) / units;
}

}  // namespace rcufuzz::run
