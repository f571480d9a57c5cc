// SPDX-License-Identifier: GPL-2.0-or-later
//
// One way of each process: the final states of all executions of it that the axioms allow.
#pragma once

#include <cstdint>
#include <vector>

#include "core/litmus/candidates.h"
#include "core/litmus/check.h"

namespace rcufuzz::litmus {

class Combination {
   public:
    Combination(const Test& test, const std::string& file, const CheckOptions& options,
                Report& report)
        : test_(test), file_(file), options_(options), report_(report) {}

    // Adds to the report. Throws UserError where an execution does what no program may.
    void judge(const std::vector<const Trace*>& traces);
    bool given_up() const { return given_up_; }

   private:
    template <typename Set>
    void search(const std::vector<const Trace*>& traces);
    template <typename Set>
    void search(const Program<Set>& program, std::size_t place, const Links<Set>& links);
    template <typename Set>
    void leaf(const Program<Set>& program, const Links<Set>& links);
    void find_state();
    bool is_known() const;
    bool last_word() const;
    void count_one();
    Value value_of(const Observed& observed) const;

    const Test& test_;
    const std::string& file_;
    const CheckOptions& options_;
    Report& report_;
    bool given_up_ = false;

    // Of the combination that is being judged.
    const std::vector<const Trace*>* traces_ = nullptr;
    std::vector<Place> places_;
    std::vector<const Option*> options_taken_;  // beside places_
    std::vector<double> below_;                 // how many choices are left from this place on
    bool same_state_ = false;                   // all its executions end in one state
    bool may_flag_ = false;                     // an execution may show more than its state
    FinalState state_;
    bool counts_ = false;
};

}  // namespace rcufuzz::litmus
