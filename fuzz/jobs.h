// SPDX-License-Identifier: GPL-2.0-or-later
//
// A hunt by several processes, each with its own seeds. One process simulates one machine, so more
// cores mean more processes; what they find is merged here. With one job nothing is forked, and
// the hunt is a function of its options; with several, which of two equal finds comes first is
// left to the clock.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "core/run/hunt.h"

namespace rcufuzz::cli {

struct HuntCallbacks {
    // Each distinct find, as soon as it is there.
    std::function<void(const run::Find&)> found;
    // Every so often, with what all jobs have done so far. False ends the hunt.
    std::function<bool(std::uint64_t runs, std::size_t finds)> keep_going;
};

// What is kept of a job: where it stands, and what it has seen since it was resumed.
struct JobState {
    run::HuntPosition position;
    run::DistinctSketch states;
    run::Covered covered;
    std::map<std::string, std::uint64_t> seen;  // by identity, how often
};

// For a hunt that can be resumed.
struct KeepJobs {
    std::vector<run::HuntPosition> resumed;  // of each job, by its number; the others begin
    // Every second or so, and at the end of the job; after the finds that were made until then.
    std::function<void(unsigned job, const JobState&)> keep;
};

struct JobsResult {
    run::HuntResult hunt;  // runs and points: since it was resumed
    unsigned killed = 0;   // jobs that somebody ended; what they had found is there
    bool crashed = false;  // a job failed in itself
};

// options.runs is the sum over all jobs, from now on. Of the options keep_going, keep and resumed
// are not used. Jobs end with this
// process, in whatever way it does. Throws UserError where so many jobs cannot be started.
// `kept`: null where it is not to be resumed.
JobsResult hunt_in_jobs(const run::HuntOptions& options, unsigned jobs,
                        const HuntCallbacks& callbacks, const KeepJobs* kept = nullptr);

}  // namespace rcufuzz::cli
