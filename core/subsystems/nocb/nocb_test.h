// SPDX-License-Identifier: GPL-2.0-or-later
//
// For the tests of nocb: the subsystem booted on its machine, settled, and a test's tasks let
// loose.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <initializer_list>
#include <string_view>
#include <utility>

#include "core/base/check.h"
#include "core/kernel/kernel_test.h"
#include "core/scenario/scenario.h"
#include "core/subsystems/nocb/bugs.h"
#include "core/subsystems/nocb/nocb.h"
#include "core/subsystems/nocb/notes.h"
#include "core/subsystems/subsystems.h"

namespace rcufuzz::nocb::test {

using kernel::test::AtRandom;
using kernel::test::Body;
using kernel::test::fault;
using kernel::test::Ran;
using kernel::test::Sequential;
using kernel::test::task;

inline const scenario::Subsystem& target() { return *subsystems::find("nocb"); }

using Change = std::pair<std::string_view, std::int16_t>;

inline scenario::ConfigValues config(std::initializer_list<Change> changes = {}) {
    scenario::ConfigValues values{};
    for (std::size_t i = 0; i < target().configs.size(); ++i)
        values[i] = target().configs[i].standard;
    for (const auto& [name, value] : changes) {
        std::size_t i = 0;
        while (target().configs[i].name != name) CHECK(++i < target().configs.size());
        values[i] = value;
    }
    return values;
}

inline std::uint8_t op_kind(std::string_view name) {
    std::size_t i = 0;
    while (target().ops[i].name != name) CHECK(++i < target().ops.size());
    return static_cast<std::uint8_t>(i);
}

inline constexpr std::uint64_t only(Bug bug) { return std::uint64_t{1} << static_cast<int>(bug); }

inline scenario::Instance* instance = nullptr;

// What a quantity of observe.h is now.
inline std::int64_t now(std::string_view name) {
    const auto value = instance->observe(name);
    CHECK(value.has_value());
    return *value;
}

// call_rcu(), `count` times, in the context that calls this.
inline void post(unsigned count = 1) {
    scenario::Op op;
    op.kind = op_kind("call_rcu");
    op.cpu = static_cast<std::uint8_t>(kernel::smp_processor_id());
    op.args = {static_cast<std::uint8_t>(count), 0};
    instance->run_op(op);
}

// The same with interrupts disabled around it.
inline void post_with_irqs_off(unsigned count = 1) {
    const IrqFlags flags = kernel::local_irq_save();
    post(count);
    kernel::local_irq_restore(flags);
}

// Boots, lets the kthreads go to sleep, then runs `spawn_tasks` and what it spawned to quiescence,
// and ends with the oracles of the end and `at_end`. The finding is that of the whole.
inline Ran run_nocb(sim::Strategy& strategy, const scenario::ConfigValues& values,
                    const Body& spawn_tasks, std::uint64_t bugs = 0, const Body& at_end = {}) {
    scenario::active_bugs = bugs;
    scenario::white_box_oracles = true;
    const Ran ran = kernel::test::run_kernel(
        target().all_cpus(values), strategy,
        [&] {
            instance = &target().create(sim::world().arena(), values);
            instance->boot();
        },
        {.points = 20000, .free_jiffies = 8},
        [&] {
            spawn_tasks();
            if (sim::world().run_to_quiescence()) instance->judge_end();
            if (at_end) at_end();
        });
    scenario::active_bugs = 0;
    return ran;
}

// The same for a workload that meets the machine as it boots, as in a hunt.
inline Ran run_workload(sim::Strategy& strategy, const scenario::ConfigValues& values,
                        const Body& spawn_tasks, std::uint64_t bugs = 0, const Body& at_end = {}) {
    scenario::active_bugs = bugs;
    scenario::white_box_oracles = true;
    const Ran ran = kernel::test::run_kernel(
        target().all_cpus(values), strategy,
        [&] {
            instance = &target().create(sim::world().arena(), values);
            spawn_tasks();
            instance->boot();
        },
        {.points = 20000, .free_jiffies = 8},
        [&] {
            if (sim::world().run_to_quiescence()) instance->judge_end();  // it is; true if clean
            if (at_end) at_end();
        });
    scenario::active_bugs = 0;
    return ran;
}

// Executes the body on CPU 1 while all else is at rest.
inline Ran on_cpu1(const Body& body, std::initializer_list<Change> changes = {},
                   std::uint64_t bugs = 0) {
    Sequential strategy;
    return run_nocb(strategy, config(changes), [&body] { task(1, body); }, bugs);
}

// Runs `look` with the machine at rest: everybody sleeps, all lists are empty. It puts right what
// it breaks.
inline void at_rest(const Body& look) {
    Sequential strategy;
    EXPECT_EQ(fault(run_nocb(strategy, config(), [] {}, 0, look)), "");
}

inline RcuData& rdp1() { return nocb().rdp(1); }

// How often the run left this note.
inline long notes_of(const Ran& ran, Note which) {
    return std::count_if(ran.events.begin(), ran.events.end(), [which](const sim::Event& event) {
        return event.kind == sim::EventKind::note &&
               event.object == static_cast<sim::ObjectId>(which);
    });
}

}  // namespace rcufuzz::nocb::test
