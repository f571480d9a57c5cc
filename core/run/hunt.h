// SPDX-License-Identifier: GPL-2.0-or-later
//
// Hunts for bugs with a random policy: a new workload and a new schedule each run, until a bug is
// found, the runs are used up, or the caller has enough. Everything but the moment at which the
// caller stops it is a function of the options. Memory does not grow with the number of runs.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "core/base/place.h"
#include "core/run/covered.h"
#include "core/run/generate.h"
#include "core/run/runner.h"
#include "core/run/sketch.h"

namespace rcufuzz::run {

struct Find {
    Plan plan;              // minimised, if the options say how
    Outcome outcome;        // of a replay of `plan`
    std::uint64_t run = 0;  // how many executions it took, this one included
};

struct Smaller {
    Plan plan;
    std::uint64_t cost = 0;  // in points
};
inline constexpr std::uint64_t minimize_budget = 180'000'000;      // some two seconds
inline constexpr std::uint64_t minimize_budget_least = 12'000'000;  // of a hunt for all

inline constexpr std::size_t max_strategies = 8;

// Between two workloads: all that a hunt needs to go on from there as if it had not stopped.
struct HuntPosition {
    std::array<std::uint64_t, 4> seeds{};  // what the next workload's is drawn from; 0: the first
    std::uint64_t workloads = 0;
    std::uint64_t runs = 0;
    std::uint64_t points = 0;
    std::array<std::uint64_t, max_strategies> points_of_each{};  // by strategy, of those that hunt
    bool operator==(const HuntPosition&) const = default;
};

struct HuntResult {
    std::uint64_t runs = 0;
    std::uint64_t points = 0;
    DistinctSketch states;    // of Outcome::state_hash
    std::vector<Find> finds;  // no two with the same identity; at most max_finds
    // Where the hunt is kept only: where it stands, and what it has covered since it was resumed.
    HuntPosition position;
    Covered covered;
    // By identity, how many runs showed it, the first included.
    std::map<std::string, std::uint64_t> seen;
};

inline constexpr std::size_t max_finds = 1000;
inline constexpr std::uint64_t unlimited_runs = ~std::uint64_t{0};

struct HuntOptions {
    Plan base;  // target, bugs, modes, values of the fixed configuration
    GenerateOptions workload;
    // Name of a policy, or "all": each workload is that one's which has had the fewest points so
    // far. What one is blind to another finds, and a run of one may cost five of another's.
    std::string strategy;
    std::uint64_t seed = 1;
    std::uint64_t runs = unlimited_runs;
    // How many schedules each workload gets: policies learn from the first what the others need.
    // Many bugs are the workload's: what they want of the schedule is common.
    unsigned runs_per_workload = 4;
    bool all = false;  // go on after the first find
    // Every so many runs one is replayed and must take the same course; 0: never.
    std::uint64_t repeat_every = 1024;
    // How a find is made smaller; the result must show the find (Outcome::shows). Null: it stays as
    // it was found.
    // `budget`: in points, as the hunt's own are. A hunt for all spends no more points on this than
    // on hunting, but some on each find; else what is common uses up the time of what is rare.
    Smaller (*minimize)(const Plan& found, std::uint64_t budget,
                        const std::function<bool()>& keep_going) = nullptr;
    // Workloads that come before those that are drawn: the operations of these plans.
    std::vector<Plan> first;
    // Asked after each workload: whether one of its runs came to where this hunt is to look most.
    // Then half of the workloads are variations of those that did. Null: nowhere in particular.
    std::function<bool()> came_near;
    std::vector<Place> places;  // as of Policy::name_places()
    // Asked every few runs, after each find, and while one is made smaller; false ends the hunt.
    // Null: go on.
    std::function<bool(const HuntResult&)> keep_going;
    // Told after each workload, with what is to be kept of the hunt: another one that is resumed
    // there finds what this one would. Such a hunt ends between two workloads only. It is not for
    // hunts that look for a place to be near to, or begin with given plans. Null: nobody keeps it.
    std::function<void(const HuntResult&)> keep;
    HuntPosition resumed;            // where it begins
    std::vector<std::string> known;  // identities that are no finds any more
};

// Throws UserError for an unknown policy.
HuntResult hunt(const HuntOptions& options);

}  // namespace rcufuzz::run
