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
    {.name = "cpus",
     .summary = "CPUs that post callbacks",
     .min = 1,
     .max = 4,
     .standard = 3,
     .swarm = few_cpus},
    {.name = "stride",
     .summary = "CPUs that share one rcuog (rcu_nocb_gp_stride); at least 2 with 4 CPUs",
     .min = 1,
     .max = 4,
     .standard = 3,
     .swarm = strides},
    {.name = "nobypass_lim",
     .summary = "nocb_nobypass_lim_per_jiffy",
     .min = 1,
     .max = 16,
     .standard = 2,
     .swarm = limits},
    {.name = "qhimark",
     .summary = "callbacks on one list that count as overload",
     .min = 1,
     .max = 1000,
     .standard = 6,
     .swarm = qhimarks},
    {.name = "blimit",
     .summary = "callbacks invoked at a time",
     .min = 1,
     .max = 100,
     .standard = 2,
     .swarm = blimits},
    {.name = "strict_gp",
     .summary = "1: strict grace periods, which may begin and end within a jiffy",
     .min = 0,
     .max = 1,
     .standard = 0,
     .swarm = booleans},
    {.name = "two_leaves",
     .summary = "1: two leaf rcu_nodes, which learn of grace periods at different times",
     .min = 0,
     .max = 1,
     .standard = 0,
     .swarm = seldom},
    {.name = "rcuo_local",
     .summary = "1: each rcuo runs on the CPU that it serves; 0: on a housekeeping CPU",
     .min = 0,
     .max = 1,
     .standard = 0,
     .swarm = seldom},
    {.name = "tick",
     .summary = "1: scheduling-clock interrupts come (operation tick)",
     .min = 0,
     .max = 1,
     .standard = 0,
     .swarm = rescuers,
     .disturbance = 1},
    {.name = "idle",
     .summary = "1: CPUs pass through the idle loop, and halt when they have nothing left to do",
     .min = 0,
     .max = 1,
     .standard = 0,
     .swarm = rescuers,
     .disturbance = 1},
    {.name = "user",
     .summary = "1: CPUs go to user mode, in the end for good; 2: where a hook calls call_rcu()",
     .min = 0,
     .max = 2,
     .standard = 0,
     .swarm = users,
     .disturbance = 2},
    {.name = "rcuog_local",
     .summary = "1: each rcuog runs on its leader's CPU, unless rcuo_local is 1",
     .min = 0,
     .max = 1,
     .standard = 0,
     .swarm = rescuers,
     .disturbance = 1},
    {.name = "nohz_full",
     .summary = "1: a tick that interrupts user mode is of no interest to RCU",
     .min = 0,
     .max = 1,
     .standard = 0,
     .swarm = seldom},
    {.name = "rq_locks",
     .summary = "1: call_rcu() is also called under a runqueue lock (call_rcu_rq)",
     .min = 0,
     .max = 1,
     .standard = 0,
     .swarm = seldom,
     .disturbance = 2},
    {.name = "barriers",
     .summary = "1: rcu_barrier() is called",
     .min = 0,
     .max = 1,
     .standard = 0,
     .swarm = booleans,
     .disturbance = 3},
    {.name = "toggling",
     .summary = "1: CPUs are de-offloaded and offloaded again (deoffload, offload)",
     .min = 0,
     .max = 1,
     .standard = 0,
     .swarm = booleans,
     .disturbance = 3},
    {.name = "hotplug",
     .summary = "1: CPUs go offline and come back (cpu_down, cpu_up), unless rcuo_local is 1",
     .min = 0,
     .max = 1,
     .standard = 0,
     .swarm = booleans,
     .disturbance = 3},
    {.name = "late_cpu",
     .summary = "1: with hotplug, the last CPU is offline at first and has no kthreads yet",
     .min = 0,
     .max = 1,
     .standard = 0,
     .swarm = booleans},
    {.name = "spawn_failures",
     .summary = "1: the creation of that CPU's kthreads may fail; 2: that of rcuo does",
     .min = 0,
     .max = 2,
     .standard = 0,
     .swarm = failures},
    {.name = "rcu_gp_local",
     .summary =
         "1: rcu_gp runs on cpu0; 2: on the last CPU, unless rcuo_local is 1; it then stays online",
     .min = 0,
     .max = 2,
     .standard = 0,
     .swarm = gp_homes,
     .disturbance = 1},
    {.name = "timers",
     .summary =
         "where timers go: 0 the CPU that arms them, 1 cpu0, 2 a housekeeping CPU (nohz_full)",
     .min = 0,
     .max = 2,
     .standard = 0,
     .swarm = timer_homes,
     .disturbance = 1},
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
    if (values[rcuo_local] != 0 || (values[rcuog_local] != 0 && leads) || cpu == rcu_gp_cpu(values))
        switches.stuck |= 1u << scenario::switch_absent;
    return switches;
}

constexpr std::uint8_t not_sleeping = 1u << switch_irqs_off | 1u << switch_reader;

constexpr std::uint8_t task_on = scenario::bit(OpContext::task_on);

constexpr OpSpec ops[] = {
    {.name = "call_rcu",
     .summary = "posts callbacks; chain: so often each posts another when it runs",
     .contexts = scenario::any_context,
     .params = {{{.name = "count", .min = 1, .max = 12, .repeats = true},
                 {.name = "chain", .min = 0, .max = 2, .repeats = true}}},
     .weight = 40},
    {.name = "await",
     .summary = "waits until all callbacks of this CPU have run",
     .contexts = task_on,
     .weight = 14,
     .void_under = not_sleeping},
    {.name = "irq_disable",
     .summary = "disables interrupts until irq_enable or the last operation",
     .contexts = task_on,
     .weight = 4,
     .turns = Turns::on,
     .switch_number = switch_irqs_off},
    {.name = "irq_enable",
     .summary = "enables them again",
     .contexts = task_on,
     .weight = 4,
     .turns = Turns::off,
     .switch_number = switch_irqs_off},
    {.name = "rcu_read_lock",
     .summary = "enters a reader",
     .contexts = task_on,
     .weight = 4,
     .turns = Turns::on,
     .switch_number = switch_reader},
    {.name = "rcu_read_unlock",
     .summary = "leaves it",
     .contexts = task_on,
     .weight = 4,
     .turns = Turns::off,
     .switch_number = switch_reader},
    {.name = "tick",
     .summary = "a scheduling-clock interrupt",
     .contexts = scenario::bit(OpContext::hardirq),
     .weight = 6,
     .needs_config = tick},
    {.name = "idle",
     .summary = "a pass through the idle loop",
     .contexts = task_on,
     .weight = 6,
     .needs_config = idle,
     .void_under = not_sleeping},
    {.name = "user",
     .summary = "a return to user mode, and back",
     .contexts = task_on,
     .weight = 6,
     .needs_config = user,
     .void_under = not_sleeping},
    {.name = "call_rcu_rq",
     .summary = "posts a callback under the runqueue lock",
     .contexts = scenario::bit(OpContext::task_off) | scenario::bit(OpContext::hardirq),
     .weight = 10,
     .needs_config = rq_locks},
    {.name = "rcu_barrier",
     .summary = "waits for all callbacks posted before",
     .contexts = task_on,
     .weight = 10,
     .needs_config = barriers,
     .void_under = not_sleeping},
    {.name = "deoffload",
     .summary = "de-offloads a CPU",
     .contexts = task_on,
     .params = {{{.name = "cpu", .min = 0, .max = 3, .names_cpu = true}}},
     .weight = 10,
     .needs_config = toggling,
     .turns = Turns::on,
     .switch_number = switch_deoffloaded,
     .void_under = not_sleeping},
    {.name = "offload",
     .summary = "offloads it again",
     .contexts = task_on,
     .params = {{{.name = "cpu", .min = 0, .max = 3, .names_cpu = true}}},
     .weight = 8,
     .needs_config = toggling,
     .turns = Turns::off,
     .switch_number = switch_deoffloaded,
     .void_under = not_sleeping},
    {.name = "cpu_down",
     .summary = "takes another CPU offline",
     .contexts = task_on,
     .params = {{{.name = "cpu", .min = 0, .max = 3, .names_cpu = true}}},
     .weight = 10,
     .needs_config = hotplug,
     .turns = Turns::on,
     .switch_number = scenario::switch_absent,
     .void_under = not_sleeping},
    {.name = "cpu_up",
     .summary = "brings it back",
     .contexts = task_on,
     .params = {{{.name = "cpu", .min = 0, .max = 3, .names_cpu = true}}},
     .weight = 10,
     .needs_config = hotplug,
     .turns = Turns::off,
     .switch_number = scenario::switch_absent,
     .void_under = not_sleeping},
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
