// SPDX-License-Identifier: GPL-2.0-or-later
//
// Tries given workloads under random schedules and says which of them show a bug. A hunt draws its
// workloads; a survey tries each of its own, all with the same effort.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/run/hunt.h"
#include "core/strategy/strategies.h"

namespace rcufuzz::run {

struct SurveyOptions {
    std::vector<std::string> strategies;  // names of policies, taken in turn; none: all
    std::uint64_t seed = 1;
    std::uint64_t runs = 4000;  // of each workload
    // Asked before each run; false: this workload has had enough. Null: it has all of its runs.
    std::function<bool()> keep_going{};
    std::string identity{};  // the only find that counts; empty: any
};

class Survey {
   public:
    // Throws UserError for an unknown policy.
    explicit Survey(const SurveyOptions& options);

    // The first find among the runs of this plan's operations, not minimised; its decisions are not
    // looked at.
    std::optional<Find> try_plan(Plan plan);

    std::uint64_t runs() const { return runs_; }

   private:
    SurveyOptions options_;
    std::vector<std::unique_ptr<strategy::Policy>> policies_;
    std::uint64_t runs_ = 0;
};

}  // namespace rcufuzz::run
