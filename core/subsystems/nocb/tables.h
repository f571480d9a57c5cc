// SPDX-License-Identifier: GPL-2.0-or-later
//
// Indices into the tables of this subsystem (subsystem.cpp), and what a configuration says of its
// machine. The order is part of the plan format: append, never reorder.
#pragma once

#include "core/scenario/scenario.h"

namespace rcufuzz::nocb {

enum Config : std::size_t {
    end_tick,
    cpus,
    stride,
    nobypass_lim,
    qhimark,
    blimit,
    strict_gp,
    two_leaves,
    rcuo_local,
    tick,
    idle,
    user,
    rcuog_local,
    nohz_full,
    rq_locks,
    barriers,
    toggling,
    hotplug,
    late_cpu,
    spawn_failures,
    rcu_gp_local,
    timers
};

enum OpKind : std::uint8_t {
    op_call_rcu,
    op_await,
    op_irq_disable,
    op_irq_enable,
    op_reader_enter,
    op_reader_exit,
    op_tick,
    op_idle,
    op_user,
    op_call_rcu_rq,
    op_barrier,
    op_deoffload,
    op_offload,
    op_cpu_down,
    op_cpu_up
};

// CPUs in order: those with work, one per rcuog, one per rcuo, one for rcu_gp.
unsigned workload_cpus(const scenario::ConfigValues& values);
unsigned stride_of(const scenario::ConfigValues& values);
bool starts_offline(const scenario::ConfigValues& values, unsigned cpu);
unsigned first_rcuo(const scenario::ConfigValues& values);
unsigned gp_cpu(const scenario::ConfigValues& values);
// Where rcu_gp runs: on its own housekeeping CPU, or on a CPU with work.
unsigned rcu_gp_cpu(const scenario::ConfigValues& values);
unsigned all_cpus(const scenario::ConfigValues& values);

scenario::Instance& create(Arena& arena, const scenario::ConfigValues& values);

}  // namespace rcufuzz::nocb
