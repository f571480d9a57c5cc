// SPDX-License-Identifier: GPL-2.0-or-later
//
// The probes that a workload registers, and the oracles that watch every call of one: each gets its
// own data (P1), none is called after its end (P2), each that is registered throughout an event is
// called once by it (P3), in order of priority and, among equals, of registration (P4). What is
// watched is a registration, from its call of register to the moment when its owner frees it, and
// not the probe: an identical one may come after it.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>

#include "core/kernel/context.h"

namespace rcufuzz::tracepoint {

using kernel::Site;

// Functions and data are numbers. Function 0 is none.
inline constexpr int func_iterator = 100;
inline constexpr int func_stub = 101;

struct ProbeSpec {
    const char* name;
    int func;
    int data;
    int prio;
};

inline constexpr unsigned probe_count = 5;
// A and B differ in all; C has the lowest priority; D is A's function with data of its own, E B's
// function with A's data.
inline constexpr std::array<ProbeSpec, probe_count> probe_specs{
    {{"A", 1, 1, 10}, {"B", 2, 2, 20}, {"C", 3, 3, 5}, {"D", 1, 4, 20}, {"E", 2, 1, 10}}};

std::string pair_name(int func, int data);  // "fa(da)"

using Instant = std::uint32_t;
inline constexpr Instant never = ~Instant{0};

struct Registration {
    unsigned tp = 0;
    unsigned probe = 0;
    Instant register_called = never;
    Instant registered = never;
    memory::Milestone registered_here;
    Instant unregister_called = never;
    Instant freed = never;
};

// One event on its way through the calls.
struct EventWatch {
    unsigned tp = 0;
    std::uint64_t registered = 0;  // by index: those that it certainly comes after
    unsigned calls = 0;
    std::array<const ProbeSpec*, 16> made{};
};

class Probes {
   public:
    static constexpr unsigned capacity = 64;  // bits of EventWatch::registered

    // A registration is about to be made; null: the run has made all it may.
    Registration* begin_register(unsigned tp, unsigned probe);
    void registered(Registration& registration, bool done);
    // The nth of those that are registered, modulo their number; null: there is none.
    Registration* nth_live(unsigned tp, unsigned nth);
    // Registered, or about to be.
    bool is_taken(unsigned tp, unsigned probe) const;
    void begin_unregister(Registration& registration);
    // Its owner frees function and data: no call from now on.
    void freed(Registration& registration);

    EventWatch begin_event(unsigned tp);
    // `cause` tells, where the call is wrong, what it was put together from.
    void called(EventWatch& watch, int func, int data, const std::function<std::string()>& cause,
                const Site& site);
    void end_event(const EventWatch& watch, const Site& site);

    unsigned live_count(unsigned tp) const;

   private:
    Instant now() { return ++clock_; }
    void judge_order(unsigned tp, const ProbeSpec& before, const ProbeSpec& called,
                     const Site& site) const;
    bool comes_later(unsigned tp, const ProbeSpec& one, const ProbeSpec& other) const;

    std::array<Registration, capacity> made_{};
    unsigned count_ = 0;
    Instant clock_ = 0;
};

}  // namespace rcufuzz::tracepoint
