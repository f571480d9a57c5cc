// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/conform/ticks.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <vector>

namespace rcufuzz::conform {

namespace {

constexpr double hz = 100;  // of the kernels whose traces are compared

double part_of_jiffy(double jiffies) { return jiffies - std::floor(jiffies); }

// Within a jiffy, the place before which no tick comes for longest. None: no tick is told.
std::optional<double> phase_of(const Window& window) {
    std::vector<double> ticks;
    for (const Due& due : window.events)
        if (due.what == "irq timer")
            ticks.push_back(part_of_jiffy(hz * (due.seconds - window.seconds)));
    if (ticks.empty()) return std::nullopt;
    std::ranges::sort(ticks);
    double phase = ticks.front(), widest = 1 + ticks.front() - ticks.back();
    for (std::size_t i = 1; i < ticks.size(); ++i) {
        const double gap = ticks[i] - ticks[i - 1];
        if (gap <= widest) continue;
        widest = gap;
        phase = ticks[i];
    }
    return phase;
}

}  // namespace

void count_jiffies(Window& window) {
    const double phase = phase_of(window).value_or(0);
    constexpr double rounding = 1e-6;
    const auto jiffy_at = [&](double seconds) {
        const double jiffies = hz * (seconds - window.seconds);
        return static_cast<std::int64_t>(std::floor(jiffies - phase + rounding));
    };
    const std::int64_t first = jiffy_at(window.seconds);
    for (Due& due : window.events) due.jiffy = jiffy_at(due.seconds) - first;
}

}  // namespace rcufuzz::conform
