// SPDX-License-Identifier: GPL-2.0-or-later
//
// Who waits for whom, at the end of a run or at its step bound. Ticks and a clock that goes on do
// not hide a deadlock. The primitives say for whom a context blocks (kernel/wait_for.h); besides, a
// context waits for what has interrupted it, and a task for whoever has its CPU.
#pragma once

#include <string>
#include <vector>

#include "core/sim/world.h"

namespace rcufuzz::oracle {

// `who` cannot go on before the next link's `who` does: that one holds `what`, or has the CPU where
// `what` is empty. `role` and `what_role` are the same without numbers: "rcuog", "task",
// "softirq"; "nocb_lock".
struct WaitLink {
    std::string who;
    std::string role;
    std::string what;
    std::string what_role;
    sim::Site site{};  // where `who` waits
};

struct WaitChain {
    std::vector<WaitLink> links;  // empty: nobody is in a deadlock
    bool cycle = false;           // the last one waits for the first
    std::string end;              // of one that is no cycle: why the last one waits for ever
    std::string end_role;         // the same without numbers

    std::string text() const;
    // By roles alone, the same wherever in a cycle one begins:
    // "softirq>nocb_lock>task>nocb_timer".
    std::string cause() const;
};

// A cycle, or else a chain that ends where nobody goes on any more: at a CPU that is offline, at a
// context that has ended. The same of all that there are in each run.
WaitChain find_deadlock();

// Outside any context, at quiescence or where the run has come to its step bound: who spins there,
// or is kept alive by the clock, may do so because others wait for each other. Verdict: deadlock.
void judge_deadlock();

}  // namespace rcufuzz::oracle
