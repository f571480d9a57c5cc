// SPDX-License-Identifier: GPL-2.0-or-later
//
// The small model of the nocb timer that other tools have been measured on: two CPUs enqueue, each
// with interrupts on or off; a timer for each, a grace-period and a callback kthread. One step per
// critical section, the same steps as in the SPIN model of fuzz/bench_peers.cpp. The broken form
// deletes the timer without taking back that a wake-up was deferred; a callback is then left
// behind.
//
// A test of the machine and of the strategies, not a subsystem: users do not see it.
#pragma once

#include <cstdint>

#include "core/sim/strategy.h"
#include "core/sim/world.h"
#include "core/strategy/dfs.h"

namespace rcufuzz::peer {

struct PeerModel {
    bool fixed = false;
    unsigned enqueues0 = 3;  // of CPU 0 and CPU 1
    unsigned enqueues1 = 1;
};

// One run; true: every callback was invoked and everybody stopped. After a run that the strategy
// gave up, true as well.
bool run_peer_model(const PeerModel& model, sim::Strategy& strategy);

// What strategy::Dfs needs to know of it; for the run that goes on.
strategy::DfsOptions peer_model_search();

struct PeerProof {
    bool clean = false;  // no run leaves a callback behind
    std::uint64_t runs = 0;
    std::uint64_t states = 0;
    std::uint64_t megabytes = 0;  // of the table of states
};
// Every run, until one goes wrong.
PeerProof prove_peer_model(const PeerModel& model);

// Executions until the broken form is found, with this policy and seed; `limit`: not found.
std::uint64_t hunt_peer_model(const PeerModel& model, const char* policy, std::uint64_t seed,
                              std::uint64_t limit);

}  // namespace rcufuzz::peer
