// SPDX-License-Identifier: GPL-2.0-or-later
//
// The trace events of the subject itself, for those who listen: a checker that compares them with a
// trace of the same code on a real machine, or a report that prints them.
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
    // True: each event is a point, which its context passes before it is traced. That changes which
    // decisions a run takes, so it is not for replays of a plan.
    virtual bool wants_points() const = 0;
    // Called before that point.
    virtual void comes(const SubjectEvent& event) = 0;
    // Called behind that point. True: the context passes another point first.
    virtual bool waits(const SubjectEvent& event) = 0;
    virtual void is_traced(const SubjectEvent& event) = 0;
    // The question that comes next is about this task, which is, or was, on that CPU; where it is
    // which of several, each is told, in the order of the answers.
    virtual void asks_about(std::string_view task, unsigned cpu) = 0;

   protected:
    ~SubjectListener() = default;
};

}  // namespace rcufuzz::sim
