// SPDX-License-Identifier: GPL-2.0-or-later
//
// The configuration of a kernel's own source: a kernel command line for the most part.
#pragma once

#include <span>
#include <string>

#include "core/scenario/scenario.h"

namespace rcufuzz::linux_subject {

// By their places in configs().
enum Config : std::size_t {
    end_tick,
    cpus,
    nocbs,
    bypass_limit,
    failing_allocations,
    gp_stride,
    housekeeping,
    nohz_full,
    sched_qs,
    qhimark,
    srcu_size,
    hotplug,
    kthread_prio,
    use_softirq,
    balance,
    tasks,
    two_per_leaf,
    wake_from_gp,
    preempting,
    qovld,
    polling,
    plain_points,
    kcsan,
    no_cpuidle,
    config_count,
};

std::span<const scenario::ConfigSpec> configs();

unsigned cpu_count(const scenario::ConfigValues& values);
std::string cpu_name(const scenario::ConfigValues& values, unsigned cpu);

// What the kernel boots with: each word has a space before it.
std::string command_line(const scenario::ConfigValues& values);

// For people who know the kernel and not this program.
std::string configuration_words(const std::string& variant, const scenario::ConfigValues& values);

}  // namespace rcufuzz::linux_subject
