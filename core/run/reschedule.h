// SPDX-License-Identifier: GPL-2.0-or-later
//
// Changes of a plan's schedule that take effect. A decision that is invented without looking
// mostly names a choice that never comes, or an actor who cannot act then; so these run the plan
// and change what it meets.
#pragma once

#include <memory>
#include <vector>

#include "core/base/prng.h"
#include "core/run/plan.h"
#include "core/strategy/strategies.h"

namespace rcufuzz::run {

// What comes out is canonical, and all of its decisions are met when it is run: those of the plan
// that were not are dropped. A function of the arguments and of all earlier calls.
class Rescheduler {
   public:
    Rescheduler();

    // Answers one to a few of the run's choices in another way. Those before the first of them
    // stay as they were; those after it apply where they still fit.
    void perturb(Plan& plan, Prng& prng);

    // A schedule of its own, drawn by one of the random policies: each finds what others miss. They
    // know nothing of the plan, which has not been run with them before.
    void redraw(Plan& plan, Prng& prng);

    struct Search {
        unsigned schedules = 0;
        std::uint64_t points = 0;   // of all their runs: of long ones there are fewer, at least one
        std::size_t decisions = 0;  // that a plan may have; what comes after them is ordinary
    };
    // The same again and again, by one policy that learns from the first runs what the others
    // need, until a run finds something. Then true, and the plan has that run's decisions; else
    // those of the last run.
    bool search(Plan& plan, const Search& how, Prng& prng);

   private:
    void run_recorded(Plan& plan, sim::Strategy& strategy);
    strategy::Policy& any_policy(Prng& prng);

    std::vector<std::unique_ptr<strategy::Policy>> policies_;
    std::uint32_t expected_choices_ = 64;                      // learned
};

}  // namespace rcufuzz::run
