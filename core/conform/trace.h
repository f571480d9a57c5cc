// SPDX-License-Identifier: GPL-2.0-or-later
//
// A trace as a file of tracefs has it, cut into windows. A window is one workload between two
// moments at which the kernel is at rest; marks of the workload ("rcufuzz: ...", by trace_printk())
// say where it begins, what its operations are, and when each begins and ends:
//
//   rcufuzz: window gp_seq=-1180        rcu_state.gp_seq then; without it, as the last grace
//                                       period before has left it
//   rcufuzz: kernel 6.12-preempt HASH   or none, and the user says it
//   rcufuzz: clock 2100000              kHz, where the times are a counter's (x86-tsc)
//   rcufuzz: config cpus 4              as in a plan, and so are
//   rcufuzz: op cpu0 on call_rcu how=0  these
//   rcufuzz: go                         events count from here
//   rcufuzz: begin 0
//   rcufuzz: end 0
//   rcufuzz: over                       to here
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/run/plan.h"

namespace rcufuzz::conform {

struct Due {
    std::string who;   // as of who_of()
    std::string what;  // as of Meaning::of()
    double seconds = 0;
    std::int64_t jiffy = 0;  // of the window's, as far as its ticks say
    std::size_t line = 0;
    unsigned cpu = 0;  // on which it was traced
    // An interrupt comes. It may have had nothing to say, and the machine need not have it.
    bool optional = false;
};

struct Window {
    run::Plan plan;
    std::size_t line = 0;  // where it begins
    double seconds = 0;    // when
    std::vector<Due> events;
    std::size_t interrupts = 0;  // of the events, those that are optional
    std::size_t others = 0;      // events that are not compared
    bool lost = false;       // the kernel has lost events in it
};

// Throws UserError "NAME:LINE: what". `kernel`: of all windows, instead of what the trace says.
std::vector<Window> read_trace(std::string_view text, const std::string& name,
                               const std::string& kernel);

}  // namespace rcufuzz::conform
