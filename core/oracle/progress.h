// SPDX-License-Identifier: GPL-2.0-or-later
//
// Judges the end of a run: whoever still waits must have a reason to.
#pragma once

namespace rcufuzz::oracle {

// At quiescence, outside any context. Verdicts: deadlock (a context waits for a lock for ever, or a
// workload task never ends), lost_wakeup (a task sleeps though what it waits for holds).
void judge_progress();

}  // namespace rcufuzz::oracle
