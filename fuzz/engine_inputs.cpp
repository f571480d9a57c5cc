// SPDX-License-Identifier: GPL-2.0-or-later
#include "fuzz/engine_inputs.h"

#include "core/run/codec.h"
#include "core/run/frame.h"

namespace rcufuzz::fuzz {

namespace {

run::Frame frame_of(const scenario::Subsystem& target) {
    run::Frame frame = run::make_frame(target, {});
    run::let_inputs_choose(frame, {});
    return frame;
}

// name="\x80\x00..."
std::string entry_line(const std::string& name, const run::Plan& plan) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string line = name + "=\"";
    for (const std::uint8_t byte : run::encode_body(plan, frame_of(*plan.target))) {
        line += "\\x";
        line += digits[byte >> 4];
        line += digits[byte & 0xf];
    }
    return line + "\"\n";
}

}  // namespace

std::vector<std::uint8_t> seed_of(const run::Plan& plan) {
    return run::encode_body(run::without_bugs(plan), frame_of(*plan.target));
}

std::string dictionary_of(const scenario::Subsystem& target) {
    std::string dictionary;
    for (std::size_t i = 0; i < target.ops.size(); ++i) {
        run::Plan plan = run::empty_plan(target);
        scenario::Op op{.kind = static_cast<std::uint8_t>(i)};
        for (std::size_t arg = 0; arg < op.args.size(); ++arg)
            op.args[arg] = target.ops[i].params[arg].min;
        plan.ops.push_back(op);
        run::canonicalize(plan);
        dictionary += entry_line("op_" + std::string(target.ops[i].name), plan);
    }
    for (std::size_t i = 0; i < target.configs.size(); ++i) {
        const scenario::ConfigSpec& spec = target.configs[i];
        const std::int16_t other = spec.standard == spec.max ? spec.min : spec.max;
        if (spec.min == spec.max || (spec.chosen && !spec.is_faultless(other))) continue;
        run::Plan plan = run::empty_plan(target);
        plan.config[i] = other;
        dictionary += entry_line("config_" + std::string(spec.name), plan);
    }
    if (target.inputs_may_be_weak()) {
        run::Plan plan = run::empty_plan(target);
        plan.memory = run::MemoryMode::weak;
        dictionary += entry_line("memory_weak", plan);
    }
    return dictionary;
}

}  // namespace rcufuzz::fuzz
