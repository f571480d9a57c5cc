// SPDX-License-Identifier: GPL-2.0-or-later
//
// That grace periods end. Whoever runs them keeps books, beside those that it works with, of who
// has passed a quiescent state since one began; once everybody has, nothing may keep it going. For
// oracles: nothing depends on these books but a suspicion, `latency_exceeded`.
//
// Not judged: how late a timer or a kthread is, for everything may be late here.
#pragma once

#include "core/kernel/context.h"

namespace rcufuzz::kernel {

// Off while only oracles judge that do not look inside.
extern bool promptness_is_judged;

// Says so of the run, which goes on. The cause is all that its identity tells; an empty objection
// is none.
void grace_period_is_overdue(sim::Objection why, const Site& site);

}  // namespace rcufuzz::kernel
