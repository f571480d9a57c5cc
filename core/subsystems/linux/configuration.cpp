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
    {"end_tick", "after the last operation 1: CPUs idle; 0: they first stay in the kernel", 0, 1, 1,
     scenario::end_tick_spec.swarm},
    {"cpus", "CPUs", 1, 4, 2, few_cpus},
    {"nocbs",
     "0: rcu_nocbs= is not given; 1: rcu_nocbs=all; 2: rcu_nocbs= names CPU 1 and up",
     0, 2, 1, offloaded},
    {"bypass_limit", "rcutree.nocb_nobypass_lim_per_jiffy= 0: not given, else this", 0, 64, 0,
     limits},
    {"failing_allocations", "1: an allocation may fail", 0, 1, 0, rarely},
    {"gp_stride", "rcutree.rcu_nocb_gp_stride= 0: not given, else this", 0, 4, 0, strides},
    {"housekeeping", "1: tasks that may run anywhere run on the last CPU", 0, 1, 0, rarely},
    {"nohz_full", "nohz_full= 0: not given, 1: CPU 1 and up; where the kernel has NO_HZ_FULL", 0, 1,
     0, mostly},
    {"sched_qs", "rcutree.jiffies_till_sched_qs= 0: not given, else this", 0, 10, 0, limits},
    {"qhimark", "rcutree.qhimark= 0: not given, else this", 0, 64, 0, high_marks},
    {"srcu_size",
     "srcutree. 0: nothing; 1, 2: convert_to_big= this; 3: small_contention_lim=0, structures grow "
     "where they are used much",
     0, 3, 0, srcu_sizes},
    {"hotplug", "1: CPUs may go offline", 0, 1, 0, rarely},
    {"kthread_prio", "rcutree.kthread_prio= 0: not given, else this", 0, 9, 0, limits},
    {"use_softirq", "rcutree.use_softirq= 1: not given; 0: RCU's core runs in threads", 0, 1, 1,
     mostly},
    {"balance", "1: CPUs take over tasks that are ready on others", 0, 1, 0, rarely},
    {"tasks",
     "where the kernel has Tasks RCU 0: it is not used; callbacks are in 1: one list; 2: as many "
     "as there are CPUs; 3: as many as contention asks for",
     0, 3, 1, lists},
    {"two_per_leaf", "the tree of rcu_nodes has 0: one node; 1: leaves of two CPUs", 0, 1, 0,
     either},
    {"wake_from_gp", "rcutree.rcu_normal_wake_from_gp= this; since v6.10", 0, 1, 0, rarely},
    {"preempting", "where the kernel is preemptible 1: other tasks take CPUs now and then", 0, 1, 0,
     mostly},
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
    if (values[balance] != 0) text += "; CPUs take over tasks that are ready on others";
    if (values[housekeeping] != 0)
        text += "; tasks that may run anywhere run on CPU " + std::to_string(values[cpus] - 1);
    if (values[end_tick] == 0) text += "; after its last operation a CPU stays in the kernel";
    return text;
}

}  // namespace rcufuzz::linux_subject
