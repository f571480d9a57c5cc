// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/subsystems/linux/configuration.h"

#include <iterator>

namespace rcufuzz::linux_subject {

namespace {

using scenario::ConfigSpec;
using scenario::ConfigValues;

constexpr std::int16_t few_cpus[] = {2, 2, 3, 4};
constexpr std::int16_t offloaded[] = {0, 1, 1, 1, 2};
constexpr std::int16_t limits[] = {0, 0, 1};
constexpr std::int16_t high_marks[] = {0, 0, 0, 2};

constexpr std::int16_t rarely[] = {0, 0, 0, 1};
constexpr std::int16_t strides[] = {0, 0, 2, 3};
constexpr std::int16_t mostly[] = {0, 1, 1, 1};
// Not 1, which shows R3 of corpus/linux wherever an allocation fails.
constexpr std::int16_t srcu_sizes[] = {0, 0, 0, 2, 3};

constexpr std::int16_t lists[] = {0, 1, 1, 2, 3};
constexpr std::int16_t either[] = {0, 1};

constexpr ConfigSpec specs[] = {
    {.name = "end_tick",
     .summary = "after the last operation 1: CPUs idle; 0: they first stay in the kernel",
     .min = 0,
     .max = 1,
     .standard = 1,
     .swarm = scenario::end_tick_spec.swarm},
    {.name = "cpus",
     .summary = "CPUs",
     .min = 1,
     .max = 4,
     .standard = 2,
     .swarm = few_cpus},
    {.name = "nocbs",
     .summary = "0: rcu_nocbs= is not given; 1: rcu_nocbs=all; 2: rcu_nocbs= names CPU 1 and up",
     .min = 0,
     .max = 2,
     .standard = 1,
     .swarm = offloaded},
    {.name = "bypass_limit",
     .summary = "rcutree.nocb_nobypass_lim_per_jiffy= 0: not given, else this",
     .min = 0,
     .max = 64,
     .standard = 0,
     .swarm = limits},
    {.name = "failing_allocations",
     .summary = "1: an allocation may fail",
     .min = 0,
     .max = 1,
     .standard = 0,
     .swarm = rarely},
    {.name = "gp_stride",
     .summary = "rcutree.rcu_nocb_gp_stride= 0: not given, else this",
     .min = 0,
     .max = 4,
     .standard = 0,
     .swarm = strides},
    {.name = "housekeeping",
     .summary = "1: tasks that may run anywhere run on the last CPU",
     .min = 0,
     .max = 1,
     .standard = 0,
     .swarm = rarely},
    {.name = "nohz_full",
     .summary = "nohz_full= 0: not given, 1: CPU 1 and up; where the kernel has NO_HZ_FULL",
     .min = 0,
     .max = 1,
     .standard = 0,
     .swarm = mostly},
    {.name = "sched_qs",
     .summary = "rcutree.jiffies_till_sched_qs= 0: not given, else this",
     .min = 0,
     .max = 10,
     .standard = 0,
     .swarm = limits},
    {.name = "qhimark",
     .summary = "rcutree.qhimark= 0: not given, else this",
     .min = 0,
     .max = 64,
     .standard = 0,
     .swarm = high_marks},
    {.name = "srcu_size",
     .summary = "srcutree. 0: nothing; 1, 2: convert_to_big= this; 3: small_contention_lim=0, "
                "structures grow where they are used much",
     .min = 0,
     .max = 3,
     .standard = 0,
     .swarm = srcu_sizes},
    {.name = "hotplug",
     .summary = "1: CPUs may go offline",
     .min = 0,
     .max = 1,
     .standard = 0,
     .swarm = rarely},
    {.name = "kthread_prio",
     .summary = "rcutree.kthread_prio= 0: not given, else this",
     .min = 0,
     .max = 9,
     .standard = 0,
     .swarm = limits},
    {.name = "use_softirq",
     .summary = "rcutree.use_softirq= 1: not given; 0: RCU's core runs in threads",
     .min = 0,
     .max = 1,
     .standard = 1,
     .swarm = mostly},
    {.name = "balance",
     .summary = "1: CPUs take over tasks that are ready on others",
     .min = 0,
     .max = 1,
     .standard = 0,
     .swarm = rarely},
    {.name = "tasks",
     .summary = "where the kernel has Tasks RCU 0: it is not used; callbacks are in 1: one list; "
                "2: as many as there are CPUs; 3: as many as contention asks for",
     .min = 0,
     .max = 3,
     .standard = 1,
     .swarm = lists},
    {.name = "two_per_leaf",
     .summary = "the tree of rcu_nodes has 0: one node; 1: leaves of two CPUs",
     .min = 0,
     .max = 1,
     .standard = 0,
     .swarm = either},
    {.name = "wake_from_gp",
     .summary = "rcutree.rcu_normal_wake_from_gp= this; since v6.10",
     .min = 0,
     .max = 1,
     .standard = 0,
     .swarm = rarely},
    {.name = "preempting",
     .summary = "where the kernel is preemptible 1: other tasks take CPUs now and then",
     .min = 0,
     .max = 1,
     .standard = 0,
     .swarm = mostly},
    {.name = "qovld",
     .summary = "rcutree.qovld= 0: not given, else this",
     .min = 0,
     .max = 64,
     .standard = 0,
     .swarm = high_marks},
    {.name = "polling",
     .summary = "idle CPUs 0: halt; 1: poll, and are told without an interrupt what there is to do",
     .min = 0,
     .max = 1,
     .standard = 0,
     .swarm = either},
    {.name = "plain_points",
     .summary = "1: plain accesses of kernel/ are points, too",
     .min = 0,
     .max = 1,
     .standard = 0,
     .swarm = rarely},
    {.name = "kcsan",
     .summary = "where the kernel has KCSAN 1: data races are finds, and plain accesses are points",
     .min = 0,
     .max = 1,
     .standard = 0,
     .swarm = mostly},
    {.name = "no_cpuidle",
     .summary = "1: as without a driver of cpuidle: an idle CPU stops its tick when one has come",
     .min = 0,
     .max = 1,
     .standard = 0},
};

static_assert(std::size(specs) == config_count);

// What one would give a kernel on real hardware as well.
std::string boot_parameters(const ConfigValues& values) {
    std::string line;
    if (values[nocbs] == 1) line += " rcu_nocbs=all";
    if (values[nocbs] == 2 && values[cpus] > 1)
        line += " rcu_nocbs=1-" + std::to_string(values[cpus] - 1);
    if (values[bypass_limit] != 0)
        line += " rcutree.nocb_nobypass_lim_per_jiffy=" + std::to_string(values[bypass_limit]);
    if (values[gp_stride] != 0)
        line += " rcutree.rcu_nocb_gp_stride=" + std::to_string(values[gp_stride]);
    if (values[nohz_full] != 0 && values[cpus] > 1)
        line += " nohz_full=1-" + std::to_string(values[cpus] - 1);
    if (values[sched_qs] != 0)
        line += " rcutree.jiffies_till_sched_qs=" + std::to_string(values[sched_qs]);
    if (values[qhimark] != 0) line += " rcutree.qhimark=" + std::to_string(values[qhimark]);
    if (values[qovld] != 0) line += " rcutree.qovld=" + std::to_string(values[qovld]);
    if (values[srcu_size] == 1) line += " srcutree.convert_to_big=1";
    if (values[srcu_size] == 2) line += " srcutree.convert_to_big=2";
    if (values[srcu_size] == 3) line += " srcutree.small_contention_lim=0";
    if (values[kthread_prio] != 0)
        line += " rcutree.kthread_prio=" + std::to_string(values[kthread_prio]);
    if (values[use_softirq] == 0) line += " rcutree.use_softirq=0";
    if (values[two_per_leaf] != 0) line += " rcutree.rcu_fanout_leaf=2";
    if (values[wake_from_gp] != 0) line += " rcutree.rcu_normal_wake_from_gp=1";
    return line;
}

// Which lists Tasks RCU has the simulation decides otherwise.
std::string tasks_parameters(const ConfigValues& values) {
    if (values[tasks] == 2) return " rcupdate.rcu_task_enqueue_lim=8";
    if (values[tasks] == 3) return " rcupdate.rcu_task_contend_lim=0";
    return {};
}

}  // namespace

std::span<const ConfigSpec> configs() { return specs; }

unsigned cpu_count(const ConfigValues& values) { return static_cast<unsigned>(values[cpus]); }
std::string cpu_name(const ConfigValues&, unsigned cpu) { return "cpu" + std::to_string(cpu); }

std::string command_line(const ConfigValues& values) {
    std::string line = boot_parameters(values);
    // Configured for leaves of two, so that there is room for them.
    if (values[two_per_leaf] == 0) line += " rcutree.rcu_fanout_leaf=16";
    if (values[balance] != 0) line += " machine_balance";
    if (values[hotplug] != 0) line += " machine_hotplug";
    if (values[polling] != 0) line += " machine_polling_idle";
    if (values[plain_points] != 0) line += " machine_plain_points";
    if (values[kcsan] != 0) line += " machine_kcsan";
    if (values[no_cpuidle] != 0) line += " machine_no_cpuidle";
    if (values[tasks] > 1) line += " machine_tasks_lists=" + std::to_string(values[tasks]);
    if (values[housekeeping] != 0)
        line += " machine_housekeeping=" + std::to_string(values[cpus] - 1);
    return line;
}

std::string configuration_words(const std::string& variant, const ConfigValues& values) {
    const std::string parameters = boot_parameters(values) + tasks_parameters(values);
    std::string text = "variant " + variant + " of core/linux/config, " +
                       std::to_string(values[cpus]) + " CPUs, " +
                       (parameters.empty() ? "no boot parameters" : "booted with" + parameters);
    if (values[hotplug] != 0) text += "; CPUs may go offline";
    if (values[failing_allocations] != 0) text += "; an allocation may fail";
    if (values[polling] != 0) text += "; idle CPUs poll";
    if (values[plain_points] != 0) text += "; plain accesses are points";
    if (values[kcsan] != 0) text += "; data races are looked for";
    if (values[no_cpuidle] != 0) text += "; there is no driver of cpuidle";
    if (values[balance] != 0) text += "; CPUs take over tasks that are ready on others";
    if (values[housekeeping] != 0)
        text += "; tasks that may run anywhere run on CPU " + std::to_string(values[cpus] - 1);
    if (values[end_tick] == 0) text += "; after its last operation a CPU stays in the kernel";
    return text;
}

}  // namespace rcufuzz::linux_subject
