// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/run/plan.h"

#include <algorithm>

#include "core/base/check.h"
#include "core/scenario/platform.h"
#include "core/strategy/from_plan.h"

namespace rcufuzz::run {

namespace {

std::uint8_t clip_arg(const scenario::ParamSpec& spec, std::uint8_t value) {
    return spec.name.empty() ? std::uint8_t{0} : std::clamp(value, spec.min, spec.max);
}

scenario::OpContext allowed_context(const scenario::OpSpec& spec, scenario::OpContext wanted) {
    const auto number = static_cast<unsigned>(wanted);
    if (number < scenario::op_context_words.size() && (spec.contexts & bit(wanted)) != 0)
        return wanted;
    for (unsigned i = 0; i < scenario::op_context_words.size(); ++i)
        if (((spec.contexts >> i) & 1u) != 0) return static_cast<scenario::OpContext>(i);
    CHECK(false && "an operation without a context");
    return wanted;
}

void canonicalize_decisions(const scenario::Subsystem& target,
                            std::vector<sim::Decision>& decisions) {
    std::erase_if(decisions, [&target](const sim::Decision& decision) {
        return !sim::is_decision_value(decision.value) || !is_decision_key(target, decision.key);
    });
    const auto before = [](const sim::Decision& a, const sim::Decision& b) {
        if (strategy::comes_before(a, b) || strategy::comes_before(b, a))
            return strategy::comes_before(a, b);
        return a.value < b.value;
    };
    if (!std::is_sorted(decisions.begin(), decisions.end(), before))
        std::sort(decisions.begin(), decisions.end(), before);
    const auto same_choice = [](const sim::Decision& a, const sim::Decision& b) {
        return !strategy::comes_before(a, b) && !strategy::comes_before(b, a);
    };
    decisions.erase(std::unique(decisions.begin(), decisions.end(), same_choice), decisions.end());
    if (decisions.size() > max_decisions) decisions.resize(max_decisions);
}

}  // namespace

std::int16_t clip_config(const scenario::ConfigSpec& spec, std::int64_t value) {
    return static_cast<std::int16_t>(
        std::clamp(value, std::int64_t{spec.min}, std::int64_t{spec.max}));
}

Plan empty_plan(const scenario::Subsystem& target) {
    CHECK(target.configs.size() <= scenario::max_configs);
    CHECK(!target.configs.empty() && target.configs[0].name == scenario::end_tick_spec.name);
    CHECK(target.bugs.size() <= 64);
    Plan plan;
    plan.target = &target;
    for (std::size_t i = 0; i < target.configs.size(); ++i)
        plan.config[i] = target.configs[i].standard;
    return plan;
}

bool is_lacking(const Plan& plan, std::size_t config) {
    scenario::Platform* const platform = plan.target->platform;
    return platform != nullptr && platform->lacks(plan.subject, config);
}

void canonicalize_op(const Plan& plan, scenario::Op& op) {
    const scenario::Subsystem& target = *plan.target;
    CHECK(!target.ops.empty());
    op.kind = static_cast<std::uint8_t>(op.kind % target.ops.size());
    const scenario::OpSpec& spec = target.ops[op.kind];
    op.cpu = static_cast<std::uint8_t>(op.cpu % target.workload_cpus(plan.config));
    op.context = allowed_context(spec, op.context);
    for (std::size_t i = 0; i < op.args.size(); ++i)
        op.args[i] = clip_arg(spec.params[i], op.args[i]);
}

void canonicalize(Plan& plan) {
    const scenario::Subsystem& target = *plan.target;
    if (target.bugs.size() < 64) plan.bugs &= (std::uint64_t{1} << target.bugs.size()) - 1;
    if (!target.runs_weak) plan.memory = MemoryMode::sc;
    for (std::size_t i = 0; i < plan.config.size(); ++i) {
        plan.config[i] = i < target.configs.size() ? clip_config(target.configs[i], plan.config[i])
                                                   : std::int16_t{0};
    }
    if (plan.ops.size() > max_ops) plan.ops.resize(max_ops);
    for (scenario::Op& op : plan.ops) canonicalize_op(plan, op);
    canonicalize_decisions(target, plan.decisions);
}

}  // namespace rcufuzz::run
