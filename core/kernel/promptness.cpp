// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/kernel/promptness.h"

#include <utility>

namespace rcufuzz::kernel {

bool promptness_is_judged = true;

void grace_period_is_overdue(sim::Objection why, const Site& site) {
    if (!promptness_is_judged || why.empty()) return;
    why.whole = true;
    sim::world().findings().suspect(Verdict::latency_exceeded, std::move(why), site);
}

}  // namespace rcufuzz::kernel
