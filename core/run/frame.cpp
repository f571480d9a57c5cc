// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/run/frame.h"

#include "core/base/check.h"
#include "core/base/text.h"
#include "core/run/names.h"
#include "core/scenario/platform.h"

namespace rcufuzz::run {

namespace {

// Returns which configuration the words settle, as bits.
std::uint32_t apply(const FrameWords& said, Plan& plan) {
    std::uint32_t fixed = 0;
    if (!said.bugs.empty()) plan.bugs = 0;
    for (const std::string& bug : said.bugs) {
        if (bug == "none") continue;
        enable_bug(plan, bug);
        const scenario::BugSpec& spec = plan.target->bugs[find_bug(*plan.target, bug)];
        for (const std::string_view need : words(spec.needs.config))
            fixed |= 1u << set_config(plan, need);
    }
    for (const std::string& config : said.configs) fixed |= 1u << set_config(plan, config);
    if (!said.bugs.empty() || !said.memory.empty()) set_memory(plan, said.memory);
    if (!said.oracle.empty()) {
        const auto oracle = oracle_from_word(said.oracle);
        if (!oracle) throw UserError("unknown oracle '" + said.oracle + "' (all, black-box)");
        plan.oracle = *oracle;
    }
    return fixed;
}

void set_subject(const FrameWords& said, Plan& plan) {
    scenario::Platform* const platform = plan.target->platform;
    if (platform != nullptr)
        plan.subject = platform->subject(said.kernel);
    else if (!said.kernel.empty())
        throw UserError(std::string(plan.target->name) + " is no kernel that somebody built");
}

}  // namespace

Frame make_frame(const scenario::Subsystem& target, const FrameWords& said) {
    Frame frame{empty_plan(target)};
    set_subject(said, frame.plan);
    frame.fixed_configs = apply(said, frame.plan);
    return frame;
}

void let_inputs_choose(Frame& frame, const FrameWords& said) {
    frame.inputs_choose_forms = frame.plan.bugs == 0;
    frame.inputs_choose_memory =
        frame.plan.bugs == 0 && said.memory.empty() && frame.plan.target->inputs_may_be_weak();
}

Plan with_words(Plan plan, const FrameWords& said) {
    if (!said.kernel.empty()) set_subject(said, plan);
    apply(said, plan);
    canonicalize(plan);
    return plan;
}

Plan without_bugs(Plan plan) {
    const scenario::Subsystem& target = *plan.target;
    for (std::size_t i = 0; i < target.configs.size(); ++i) {
        const scenario::ConfigSpec& spec = target.configs[i];
        if (spec.chosen && !spec.is_faultless(plan.config[i])) plan.config[i] = spec.standard;
    }
    plan.bugs = 0;
    canonicalize(plan);
    return plan;
}

}  // namespace rcufuzz::run
