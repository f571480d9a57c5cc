// SPDX-License-Identifier: GPL-2.0-or-later
//
// A hunt by several processes, each with its own seeds. One process simulates one machine, so more
// cores mean more processes; what they find is merged here. With one job nothing is forked, and
// the hunt is a function of its options; with several, which of two equal finds comes first is
// left to the clock.
#pragma once

#include <functional>

#include "core/run/hunt.h"

namespace rcufuzz::cli {

struct HuntCallbacks {
    // Each distinct find, as soon as it is there.
    std::function<void(const run::Find&)> found;
    // Every so often, with what all jobs have done so far. False ends the hunt.
    std::function<bool(std::uint64_t runs, std::size_t finds)> keep_going;
};

struct JobsResult {
    run::HuntResult hunt;
    unsigned killed = 0;   // jobs that somebody ended; what they had found is there
    bool crashed = false;  // a job failed in itself
};

// options.runs is the sum over all jobs. options.keep_going is not used. Jobs end with this
// process, in whatever way it does. Throws UserError where so many jobs cannot be started.
JobsResult hunt_in_jobs(const run::HuntOptions& options, unsigned jobs,
                        const HuntCallbacks& callbacks);

}  // namespace rcufuzz::cli
