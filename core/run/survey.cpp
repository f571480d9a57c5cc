// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/run/survey.h"

#include "core/base/check.h"
#include "core/strategy/record.h"

namespace rcufuzz::run {

Survey::Survey(const SurveyOptions& options) : options_(options) {
    if (options_.strategies.empty())
        for (const strategy::PolicyInfo& info : strategy::all_policies())
            options_.strategies.emplace_back(info.name);
    for (const std::string& name : options_.strategies) {
        policies_.push_back(strategy::make_policy(name));
        if (policies_.back() == nullptr) throw UserError("unknown strategy '" + name + "'");
    }
}

std::optional<Find> Survey::try_plan(Plan plan) {
    plan.decisions.clear();
    Prng prng(options_.seed);
    for (const auto& policy : policies_) policy->forget();
    for (std::uint64_t i = 0; i < options_.runs; ++i) {
        if (options_.keep_going && !options_.keep_going()) break;
        strategy::Policy& policy = *policies_[i % policies_.size()];
        policy.reseed(prng.next());
        ++runs_;
        strategy::Record recorder(policy, max_decisions);
        const Outcome outcome = run(plan, recorder);
        if (!outcome.found()) continue;
        plan.decisions.assign(recorder.decisions().begin(), recorder.decisions().end());
        canonicalize(plan);
        const Outcome again = replay(plan);
        CHECK(again.same_find(outcome));
        if (!options_.identity.empty() && again.identity != options_.identity) continue;
        return Find{plan, outcome, i + 1};
    }
    return std::nullopt;
}

}  // namespace rcufuzz::run
