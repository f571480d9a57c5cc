// SPDX-License-Identifier: GPL-2.0-or-later
//
// What the rest of rcufuzz sees of nocb: its tables.
#include <algorithm>

#include "core/subsystems/nocb/notes.h"
#include "core/subsystems/nocb/observe.h"
#include "core/subsystems/nocb/tables.h"
#include "core/subsystems/subsystems.h"

namespace rcufuzz::nocb {

namespace {

using scenario::ConfigSpec;
using scenario::ConfigValues;
using scenario::OpContext;
using scenario::OpSpec;
using scenario::Turns;

// --- configuration ------------------------------------------------------------------------------

constexpr std::int16_t few_cpus[] = {1, 2, 3, 3};
constexpr std::int16_t strides[] = {1, 2, 3, 4};
constexpr std::int16_t limits[] = {1, 2, 2, 16};
constexpr std::int16_t qhimarks[] = {3, 6, 6, 100};
constexpr std::int16_t blimits[] = {1, 2, 10};
constexpr std::int16_t booleans[] = {0, 1};
constexpr std::int16_t seldom[] = {0, 0, 0, 1};
constexpr std::int16_t rescuers[] = {0, 0, 0, 0, 0, 1};  // they hide bugs: most plans have none
constexpr std::int16_t failures[] = {0, 0, 1, 2};
constexpr std::int16_t gp_homes[] = {0, 0, 0, 0, 1, 2};
constexpr std::int16_t timer_homes[] = {0, 0, 0, 0, 1, 2};
constexpr std::int16_t users[] = {0, 0, 0, 0, 0, 0, 1, 2};

constexpr ConfigSpec configs[] = {
    scenario::end_tick_spec,
    {"cpus", "CPUs that post callbacks", 1, 4, 3, few_cpus},
    {"stride", "CPUs that share one rcuog (rcu_nocb_gp_stride); at least 2 with 4 CPUs", 1, 4, 3,
     strides},
    {"nobypass_lim", "nocb_nobypass_lim_per_jiffy", 1, 16, 2, limits},
    {"qhimark", "callbacks on one list that count as overload", 1, 1000, 6, qhimarks},
    {"blimit", "callbacks invoked at a time", 1, 100, 2, blimits},
    {"strict_gp", "1: strict grace periods, which may begin and end within a jiffy", 0, 1, 0,
     booleans},
    {"two_leaves", "1: two leaf rcu_nodes, which learn of grace periods at different times", 0, 1,
     0, seldom},
    {"rcuo_local", "1: each rcuo runs on the CPU that it serves; 0: on a housekeeping CPU", 0, 1, 0,
     seldom},
    {"tick", "1: scheduling-clock interrupts come (operation tick)", 0, 1, 0, rescuers, false, 1},
    {"idle", "1: CPUs pass through the idle loop, and halt when they have nothing left to do", 0, 1,
     0, rescuers, false, 1},
    {"user", "1: CPUs go to user mode, in the end for good; 2: where a hook calls call_rcu()", 0, 2,
     0, users, false, 2},
    {"rcuog_local", "1: each rcuog runs on its leader's CPU, unless rcuo_local is 1", 0, 1, 0,
     rescuers, false, 1},
    {"nohz_full", "1: a tick that interrupts user mode is of no interest to RCU", 0, 1, 0, seldom},
    {"rq_locks", "1: call_rcu() is also called under a runqueue lock (call_rcu_rq)", 0, 1, 0,
     seldom, false, 2},
    {"barriers", "1: rcu_barrier() is called", 0, 1, 0, booleans, false, 3},
    {"toggling", "1: CPUs are de-offloaded and offloaded again (deoffload, offload)", 0, 1, 0,
     booleans, false, 3},
    {"hotplug", "1: CPUs go offline and come back (cpu_down, cpu_up), unless rcuo_local is 1", 0, 1,
     0, booleans, false, 3},
    {"late_cpu", "1: with hotplug, the last CPU is offline at first and has no kthreads yet", 0, 1,
     0, booleans},
    {"spawn_failures", "1: the creation of that CPU's kthreads may fail; 2: that of rcuo does", 0,
     2, 0, failures},
    {"rcu_gp_local",
     "1: rcu_gp runs on cpu0; 2: on the last CPU, unless rcuo_local is 1; it then stays online", 0,
     2, 0, gp_homes, false, 1},
    {"timers",
     "where timers go: 0 the CPU that arms them, 1 cpu0, 2 a housekeeping CPU (nohz_full)", 0, 2, 0,
     timer_homes, false, 1},
};

std::string cpu_name(const ConfigValues& values, unsigned cpu) {
    if (cpu < workload_cpus(values)) return "cpu" + std::to_string(cpu);
    if (cpu < first_rcuo(values))
        return "rcuog" + std::to_string((cpu - workload_cpus(values)) * stride_of(values));
    if (cpu < gp_cpu(values)) return "rcuo" + std::to_string(cpu - first_rcuo(values));
    return "rcu_gp";
}

// --- operations ---------------------------------------------------------------------------------

enum Switch : std::uint8_t {
    switch_deoffloaded = scenario::switch_absent + 1,
    switch_irqs_off,
    switch_reader
};

// Leaders stay offloaded, and CPUs stay online while a kthread of nocb runs on them.
scenario::CpuSwitches switches(const ConfigValues& values, unsigned cpu) {
    scenario::CpuSwitches switches;
    if (starts_offline(values, cpu)) switches.on |= 1u << scenario::switch_absent;
    const bool leads = cpu % stride_of(values) == 0;
    if (leads) switches.stuck |= 1u << switch_deoffloaded;
    if (values[rcuo_local] != 0 || (values[rcuog_local] != 0 && leads) ||
        cpu == rcu_gp_cpu(values))
        switches.stuck |= 1u << scenario::switch_absent;
    return switches;
}

constexpr std::uint8_t not_sleeping = 1u << switch_irqs_off | 1u << switch_reader;

constexpr std::uint8_t task_on = scenario::bit(OpContext::task_on);

constexpr OpSpec ops[] = {
    {"call_rcu",
     "posts callbacks",
     scenario::any_context,
     {{{"count", 1, 12, false, true}, {"chain", 0, 2, false, true}}},
     40},
    {"await",
     "waits until all callbacks of this CPU have run",
     task_on,
     {},
     14,
     0,
     Turns::nothing,
     0,
     not_sleeping},
    {"irq_disable",
     "disables interrupts until irq_enable or the last operation",
     task_on,
     {},
     4,
     0,
     Turns::on,
     switch_irqs_off},
    {"irq_enable", "enables them again", task_on, {}, 4, 0, Turns::off, switch_irqs_off},
    {"rcu_read_lock", "enters a reader", task_on, {}, 4, 0, Turns::on, switch_reader},
    {"rcu_read_unlock", "leaves it", task_on, {}, 4, 0, Turns::off, switch_reader},
    {"tick", "a scheduling-clock interrupt", scenario::bit(OpContext::hardirq), {}, 6, tick},
    {"idle", "a pass through the idle loop", task_on, {}, 6, idle, Turns::nothing, 0, not_sleeping},
    {"user",
     "a return to user mode, and back",
     task_on,
     {},
     6,
     user,
     Turns::nothing,
     0,
     not_sleeping},
    {"call_rcu_rq",
     "posts a callback under the runqueue lock",
     scenario::bit(OpContext::task_off) | scenario::bit(OpContext::hardirq),
     {},
     10,
     rq_locks},
    {"rcu_barrier",
     "waits for all callbacks posted before",
     task_on,
     {},
     10,
     barriers,
     Turns::nothing,
     0,
     not_sleeping},
    {"deoffload",
     "de-offloads a CPU",
     task_on,
     {{{"cpu", 0, 3, true}, {}}},
     10,
     toggling,
     Turns::on,
     switch_deoffloaded,
     not_sleeping},
    {"offload",
     "offloads it again",
     task_on,
     {{{"cpu", 0, 3, true}, {}}},
     8,
     toggling,
     Turns::off,
     switch_deoffloaded,
     not_sleeping},
    {"cpu_down",
     "takes another CPU offline",
     task_on,
     {{{"cpu", 0, 3, true}, {}}},
     10,
     hotplug,
     Turns::on,
     scenario::switch_absent,
     not_sleeping},
    {"cpu_up",
     "brings it back",
     task_on,
     {{{"cpu", 0, 3, true}, {}}},
     10,
     hotplug,
     Turns::off,
     scenario::switch_absent,
     not_sleeping},
};

// --- bugs ---------------------------------------------------------------------------------------

constexpr scenario::BugSpec bugs[] = {
#define BUG(name, verdict, ...) \
    {#name, scenario::spec_number(#name), Verdict::verdict, __VA_ARGS__},
#include "core/subsystems/nocb/bugs.def"
#undef BUG
};

}  // namespace

unsigned workload_cpus(const ConfigValues& values) { return static_cast<unsigned>(values[cpus]); }

unsigned stride_of(const ConfigValues& values) {
    const unsigned least = workload_cpus(values) == 4 ? 2 : 1;  // the machine has 12 CPUs
    return std::max(least, static_cast<unsigned>(values[stride]));
}

bool starts_offline(const ConfigValues& values, unsigned cpu) {
    return values[late_cpu] != 0 && values[hotplug] != 0 && values[rcuo_local] == 0 && cpu != 0 &&
           cpu == workload_cpus(values) - 1;
}

unsigned first_rcuo(const ConfigValues& values) {
    const unsigned groups = (workload_cpus(values) + stride_of(values) - 1) / stride_of(values);
    return workload_cpus(values) + groups;
}
unsigned gp_cpu(const ConfigValues& values) { return first_rcuo(values) + workload_cpus(values); }
unsigned rcu_gp_cpu(const ConfigValues& values) {
    if (values[rcu_gp_local] == 0) return gp_cpu(values);
    const unsigned last = workload_cpus(values) - 1;
    // There the CPU's own rcuo leaves no room for another task.
    if (values[rcu_gp_local] == 1 || values[rcuo_local] != 0) return 0;
    return starts_offline(values, last) ? last - 1 : last;
}
unsigned all_cpus(const ConfigValues& values) { return gp_cpu(values) + 1; }

}  // namespace rcufuzz::nocb

namespace rcufuzz::subsystems::nocb {

const scenario::Subsystem& subsystem() {
    namespace n = rcufuzz::nocb;
    static const scenario::Subsystem description{
        .name = "nocb",
        .summary = "RCU callback offloading, v5.13: deferred wake-ups, bypass, two timers",
        .ops = n::ops,
        .bugs = n::bugs,
        .configs = n::configs,
        .workload_cpus = n::workload_cpus,
        .all_cpus = n::all_cpus,
        .cpu_name = n::cpu_name,
        .create = n::create,
        .tell = n::tell,
        .switches = n::switches,
        .runs_weak = true,
        .quantities = n::quantities_of_nocb(),
        .kernel_files = "kernel/rcu/tree_plugin.h, tree.c",
    };
    return description;
}

}  // namespace rcufuzz::subsystems::nocb
