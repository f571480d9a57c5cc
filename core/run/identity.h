// SPDX-License-Identifier: GPL-2.0-or-later
//
// Why a run ended as it did, as one word: the same for every run that shows this bug, whatever its
// seed, its engine, its CPUs and the order of its operations; another for another bug.
//
//   invariant-I1_nocb_defer_wakeup_set_nocb_timer_not_armed-nocb_timer_by_wake_nocb_gp
//
// Verdict and cause of the first objection: where an oracle found something broken inside before
// the consequence came, that is the cause, and which consequence it has is luck. The cause is what
// the oracle says is wrong, the function in which it shows, who wrote last what is broken, and
// under weak memory, where a load saw an old value, which side lacks the order: unless the oracle
// says that its own words are all.
#pragma once

#include <string>
#include <string_view>

#include "core/run/plan.h"
#include "core/sim/world.h"

namespace rcufuzz::run {

inline constexpr std::size_t max_identity = 160;

struct Identity {
    std::string why;  // empty: a clean run
    // Where a load shortly before saw an old value, which side lacks the order: "-old_load_early"
    // or "-old_load_held_back". Which of several variables out of order is seen so is luck.
    std::string old_load{};
    std::size_t load = 0;  // the number of its event

    std::string text() const { return (why + old_load).substr(0, max_identity); }
};

// Of the run that the world has just ended, with a full trace. Whether that load is to blame or
// only happened to see an old value is left to the caller.
Identity identity_of(const sim::World& world);

// The words of a sentence that name no single object: "I1: nocb_timer of cpu1 is armed" becomes
// "I1_nocb_timer_armed".
std::string stable_words(std::string_view sentence);

}  // namespace rcufuzz::run
