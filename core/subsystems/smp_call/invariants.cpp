// SPDX-License-Identifier: GPL-2.0-or-later
//
// The white-box invariants of the specification, by its numbers. Q1 and Q2 are in calls.cpp, as is
// Q5; Q7 is where callers wait. They look at the newest values, which nobody may have seen yet.
#include <string>

#include "core/subsystems/smp_call/smp_call.h"

namespace rcufuzz::smp_call {

namespace {

std::string of_cpu(const CfdData& cfd) { return "the element of cpu" + std::to_string(cfd.cpu); }

bool is_locked(const Csd& csd) { return (csd.flags.get() & csd_flag_lock) != 0; }

}  // namespace

void object_if(const std::string& objection, const Site& site) {
    if (objection.empty() || !scenario::white_box_oracles || kernel::run_is_over()) [[likely]]
        return;
    kernel::invariant_broken(objection, site);
}

// Q3: refs says how many CPUs have not counted down yet, so each comes to a value of its own.
std::string check_Q3_counted_to(const CfdData& cfd, int refs) {
    const bool in_range = refs >= 0 && refs < cfd.references;
    if (in_range && ((cfd.counted_to >> refs) & 1u) == 0) return {};
    return "Q3: refs of " + of_cpu(cfd) + ", which was " + std::to_string(cfd.references) +
           ", is counted down to " + std::to_string(refs) + (in_range ? " a second time" : "");
}

// Q4, while the lock is held: the list is one, both ways.
std::string check_Q4_list() {
    const CfdData& head = state().head;
    const CfdData* at = &head;
    for (unsigned i = 0; i <= state().cpus; ++i) {
        const CfdData* const next = at->next.get();
        if (next == nullptr || next->prev.get() != at) return "Q4: the list of calls is broken";
        if (next == &head) return {};
        at = next;
    }
    return "Q4: the list of calls is a loop";
}

std::string check_Q4_locked(const CfdData& cfd) {
    if (!is_linked(cfd) || is_locked(cfd.csd)) return {};
    return "Q4: " + of_cpu(cfd) + " is on the list and not locked";
}

// Q6, where a CPU has left its last interrupt handler: who was interrupted has run the call, or
// will be interrupted.
std::string check_Q6_interrupted(unsigned cpu) {
    const State& all = state();
    if (all.many_ipi.pending(cpu)) return {};
    for (unsigned i = 0; i < all.cpus; ++i) {
        const CfdData& cfd = all.callers[i].cfd;
        if (is_linked(cfd) && (cfd.cpumask.get() & cfd.interrupted & cpu_bit(cpu)) != 0)
            return "Q6: cpu" + std::to_string(cpu) + " was interrupted for " + of_cpu(cfd) +
                   " and has not seen it";
    }
    return {};
}

// Q9: somebody will look at what is on a queue.
std::string check_Q9_queue(unsigned cpu) {
    const State& all = state();
    const SingleQueue& queue = all.queues[cpu];
    if (queue.first.get() == nullptr || queue.owed != 0 || all.single_ipi.pending(cpu)) return {};
    return "Q9: nobody will look at what is on the queue of cpu" + std::to_string(cpu);
}

std::string check_Q8_quiescent() {
    const State& all = state();
    if (all.head.next.get() != &all.head) return "Q8: the list of calls is not empty";
    for (unsigned cpu = 0; cpu < all.cpus; ++cpu) {
        const Caller& caller = all.callers[cpu];
        if (all.queues[cpu].first.get() != nullptr)
            return "Q8: the queue of cpu" + std::to_string(cpu) + " is not empty";
        bool locked =
            is_locked(caller.cfd.csd) || is_locked(caller.csd_data) || is_locked(caller.stack);
        for (const Csd& csd : caller.own) locked = locked || is_locked(csd);
        if (all.at_least(gen_6_12))
            for (unsigned to = 0; to < all.cpus; ++to) locked = locked || is_locked(caller.to[to]);
        if (locked) return "Q8: a csd of cpu" + std::to_string(cpu) + " is locked for ever";
    }
    return {};
}

}  // namespace rcufuzz::smp_call
