// SPDX-License-Identifier: GPL-2.0-or-later
//
// White-box oracles of this subsystem: the invariants of the specification, by its numbers. Each
// is a predicate over the state at the moments named there; a violation is reported as
// `invariant`, and the run goes on to see whether a callback strands.
#pragma once

#include "core/subsystems/nocb/nocb.h"

namespace rcufuzz::nocb {

// After a release of the CPU's nocb_lock: I1, I5, I6, I7.
void check_released(RcuData& rdp, const Site& site);

// At quiescence: I2, and what follows from it for each callback.
void check_end(Nocb& state);

// Ghost state for I6: a batch that is extracted and still counted in len.
void ghost_batch_begin(RcuData& rdp, long count);
void ghost_batch_done(RcuData& rdp);

// Code that may still owe a wake-up: call_rcu() and the timers' handlers. When the last of them
// has left, whoever waits must be somebody's business: I3, I16.
class OwesWakeup {
   public:
    explicit OwesWakeup(const Site& site = Site::current());
    ~OwesWakeup();
    OwesWakeup(const OwesWakeup&) = delete;
    OwesWakeup& operator=(const OwesWakeup&) = delete;

   private:
    Site site_;
};

// The predicates, for tests; empty string: holds.
std::string check_I1_level_has_timer(const RcuData& rdp);
std::string check_I5_list_shape(const RcuSegcblist& list);
std::string check_I6_len(const RcuData& rdp);
std::string check_I7_segment_lengths(const RcuData& rdp);
std::string check_I3_carrier(const RcuData& rdp);
std::string check_I16_sleep_flag(const RcuData& leader);

}  // namespace rcufuzz::nocb
