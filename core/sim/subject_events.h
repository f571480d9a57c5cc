// SPDX-License-Identifier: GPL-2.0-or-later
//
// What a subject's own tracing says, for whoever listens: a checker that compares it with a trace
// of the same code on a real machine, a report that prints it.
#pragma once

#include <string_view>

#include "core/sim/decision.h"

namespace rcufuzz::sim {

enum class Level : char { task = '.', softirq = 's', hardirq = 'h', nmi = 'Z' };

struct SubjectEvent {
    std::string_view text;  // "rcu_grace_period: rcu_preempt -1195 start", as it would print it
    std::string_view task;  // which acts, or is interrupted; the kernel's own name
    unsigned cpu;
    Level level;
    ContextKey key;  // of the context that stands there
};

class SubjectListener {
   public:
    // True: each event is a point, at which its context stands before it is traced. That changes
    // which decisions a run takes, so nobody asks for it who replays a plan.
    virtual bool wants_points() const = 0;
    // Before that point.
    virtual void comes(const SubjectEvent& event) = 0;
    // Behind that point: true lets it stand at another one first.
    virtual bool waits(const SubjectEvent& event) = 0;
    virtual void is_traced(const SubjectEvent& event) = 0;

   protected:
    ~SubjectListener() = default;
};

}  // namespace rcufuzz::sim
