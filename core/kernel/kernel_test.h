// SPDX-License-Identifier: GPL-2.0-or-later
//
// For the tests of kernel and of what stands on it: a booted kernel, tasks as closures.
#pragma once

#include <string>
#include <vector>

#include "core/kernel/context.h"
#include "core/kernel/kthread.h"
#include "core/kernel/spinlock.h"
#include "core/sim/test_machine.h"

namespace rcufuzz::kernel::test {

using sim::test::Answers;
using sim::test::AtRandom;
using sim::test::Body;
using sim::test::EveryRun;
using sim::test::make_irq;
using sim::test::point;
using sim::test::Prefer;
using sim::test::Ran;
using sim::test::Sequential;
using sim::test::step;
using sim::test::steps;
using sim::test::told;
using sim::test::without_ticks;

inline Ran run_kernel(unsigned cpus, sim::Strategy& strategy, const Body& boot_tasks,
                      const sim::Limits& limits = without_ticks(), const Body& at_end = {}) {
    return sim::test::run(
        cpus, strategy,
        [&] {
            boot();
            boot_tasks();
        },
        limits, at_end);
}

inline Task& task(unsigned cpu, Body body, const char* name = "task") {
    return task_run(sim::test::call_body, sim::test::keep(std::move(body)), cpu, name,
                    static_cast<int>(cpu));
}

inline Task& kthread(unsigned cpu, Body body, const char* name = "kthread") {
    return kthread_run(sim::test::call_body, sim::test::keep(std::move(body)), cpu, name,
                       static_cast<int>(cpu));
}

inline RawSpinlock& make_lock(const char* name = "lock", LockClass lock_class = 0, int index = -1) {
    RawSpinlock& lock = sim::world().arena().make<RawSpinlock>();
    lock.init(name, index, lock_class);
    return lock;
}

// What the run was found guilty of, in words; empty: nothing.
inline std::string fault(const Ran& ran) {
    if (ran.verdict == Verdict::clean) return "";
    return std::string(word(ran.verdict)) + ": " + ran.detail;
}

constexpr unsigned run_of(unsigned cpu) { return sim::actor(sim::Act::run, cpu); }
constexpr unsigned irq_of(unsigned cpu) { return sim::actor(sim::Act::irq, cpu); }
constexpr unsigned softirq_of(unsigned cpu) { return sim::actor(sim::Act::softirq, cpu); }
constexpr unsigned resched_of(unsigned cpu) { return sim::actor(sim::Act::resched, cpu); }

}  // namespace rcufuzz::kernel::test
