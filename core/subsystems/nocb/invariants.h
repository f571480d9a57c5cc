// SPDX-License-Identifier: GPL-2.0-or-later
//
// White-box oracles of this subsystem: the invariants of the specification, by its numbers. Each
// is a predicate over the state at the moments named there; a violation is reported as
// `invariant`, and the run goes on to see whether a callback strands.
#pragma once

#include "core/subsystems/nocb/nocb.h"

namespace rcufuzz::nocb {

// After a release of the CPU's nocb_lock: I1, I5, I6, I7, I10, I14, I18.
void check_released(RcuData& rdp, const Site& site);

// At quiescence: I2, I13, I21, and what follows from it for each callback.
void check_end(State& state);

// Ghost state for I6: a batch that is extracted and still counted in len.
void ghost_batch_begin(RcuData& rdp, long count);
void ghost_batch_done(RcuData& rdp, long count);

// A scope of code that may still owe a wake-up: call_rcu() and the timers' handlers. When the last
// one ends, every waiting callback must have somebody who will look at it: I3, I4, I16.
class OwesWakeup {
   public:
    explicit OwesWakeup(const Site& site = Site::current());
    ~OwesWakeup();
    OwesWakeup(const OwesWakeup&) = delete;
    OwesWakeup& operator=(const OwesWakeup&) = delete;

   private:
    Site site_;
};

// Before nocb_timer is armed for a deferred wake-up: I15.
void judge_arming(const RcuData& rdp, Jiffies expires, const Site& site);

// After rcu_barrier()'s count changed: I12. After a migration: I19. Before a CPU halts or goes to
// user mode: I20.
void judge_barrier_count(const Site& site);
void judge_dead_cpu(const RcuData& rdp, const Site& site);
enum class Rest { idle, user };
void judge_rest(const RcuData& rdp, Rest where, const Site& site);

// The kernel's WARN_ON_ONCE (I22); as an oracle that looks inside, silent for `black-box`.
void warn_on(bool condition, const char* what, const Site& site = Site::current());

// Reports what a predicate says, if it says anything, as a violated invariant: an oracle that looks
// inside, silent for `black-box` and once the run is over.
// `broken`: the state that is wrong, for the cause.
void object_if(const std::string& objection, const Site& site,
               std::initializer_list<kernel::ObjectId> broken = {});

std::string cpu_text(const RcuData& rdp);

// The predicates, for tests; empty string: holds.
std::string check_I1_level_has_timer(const RcuData& rdp);
std::string check_I5_list_shape(const RcuSegcblist& list);
std::string check_I6_len(const RcuData& rdp);
std::string check_I7_segment_lengths(const RcuData& rdp);
std::string check_I3_carrier(const RcuData& rdp);
std::string check_I4_ready_callbacks(const RcuData& rdp);
std::string check_I10_numbers(const RcuData& rdp);
std::string check_I12_barrier_count(const State& state);
std::string check_I13_requests(const State& state);
std::string check_I14_promptness(const RcuData& rdp);
std::string check_I15_arming(const RcuData& rdp, Jiffies expires);
std::string check_I16_sleep_flag(const RcuData& leader);
std::string check_I18_not_offloaded(const RcuData& rdp);
std::string check_I19_dead_cpu(const RcuData& rdp);
std::string check_I20_rest(const RcuData& rdp);
std::string check_I21_kthreads(const RcuData& rdp);

}  // namespace rcufuzz::nocb
