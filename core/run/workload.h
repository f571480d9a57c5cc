// SPDX-License-Identifier: GPL-2.0-or-later
//
// Draws the parts of random plans from a subsystem's tables: configuration and operations. Only
// generate.cpp and its tests use it.
#pragma once

#include <array>
#include <cstdint>

#include "core/base/prng.h"
#include "core/run/plan.h"
#include "core/sim/decision.h"

namespace rcufuzz::run {

// What one plan leaves out. In a plan that has everything, some operations and contexts would hide
// what others show (swarm testing, Groce et al. 2012).
struct Swarm {
    std::uint64_t kinds = ~std::uint64_t{0};             // bit k: operation k may be drawn
    std::array<std::uint8_t, sim::max_cpus> contexts{};  // of each CPU, as scenario::bit()s
    // By kind of operation: the CPU that has most of that kind, in a plan with `roles`. There one
    // CPU changes things, and another looks on.
    std::array<std::uint8_t, 64> homes{};
    bool few_kinds = false;  // `kinds` are two to four
    std::uint8_t family = 0;  // most operations are of this one; 0: of any
    bool roles = false;
    bool small = false;  // parameters stay near their minimum
    bool focus = false;  // operations that need a disturbance are drawn more often
    // Most parameters of one name take one of these few values, so that operations meet: one
    // unregisters what another has registered.
    std::array<std::uint64_t, 3> meeting_points{};
    unsigned meeting_point_count = 0;

    Swarm() { contexts.fill(scenario::any_context); }
};

Swarm random_swarm(const Plan& plan, Prng& prng);

std::int16_t random_config(const scenario::ConfigSpec& spec, Prng& prng);

// Switches off all but a few of the disturbances that are not in `fixed`; returns whether it did.
bool focus_disturbances(Plan& plan, std::uint32_t fixed, Prng& prng);

scenario::OpContext random_context(const scenario::OpSpec& spec, std::uint8_t allowed, Prng& prng);
std::uint8_t random_arg(const scenario::ParamSpec& spec, const Swarm& swarm, Prng& prng);

// Draws operations one after the other. It keeps account of the switches that they turn, as if each
// ran when the one before has ended, so that few operations come out that cannot do anything.
class OpGenerator {
   public:
    // Goes on where the operations of `plan` end; half of the new ones go to the CPU `home`.
    OpGenerator(const Plan& plan, unsigned home, const Swarm& swarm = {});

    scenario::Op draw(Prng& prng);

   private:
    scenario::Op draw_any(Prng& prng) const;
    unsigned draw_target(const scenario::Op& op, Prng& prng) const;
    unsigned target_of(const scenario::Op& op) const;
    bool has_effect(const scenario::Op& op) const;
    bool turns_something(const scenario::OpSpec& spec, unsigned cpu) const;
    void take_account_of(const scenario::Op& op);

    const Plan& plan_;
    const Swarm swarm_;
    unsigned home_;
    unsigned cpus_;
    std::array<std::uint32_t, 64> weights_{};  // by kind; 0: may not be drawn
    std::array<scenario::CpuSwitches, sim::max_cpus> switches_{};
    std::array<unsigned, sim::max_cpus> ops_of_{};  // how many each CPU has
};

}  // namespace rcufuzz::run
