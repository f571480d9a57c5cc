// SPDX-License-Identifier: GPL-2.0-or-later
#include "properties/generators.h"

#include <algorithm>
#include <cstdlib>

#include "core/base/files.h"
#include "core/report/minimize.h"
#include "core/run/codec.h"
#include "core/subsystems/subsystems.h"

namespace rcufuzz::properties {

namespace {

using scenario::Op;

// Half of all plans leave the standard configuration alone; it is what values shrink to.
rc::Gen<scenario::ConfigValues> config_of(const scenario::Subsystem& target) {
    return rc::gen::exec([&target] {
        scenario::ConfigValues values{};
        const bool plain = *rc::gen::arbitrary<bool>();
        for (std::size_t i = 0; i < target.configs.size(); ++i) {
            const scenario::ConfigSpec& spec = target.configs[i];
            values[i] = spec.standard;
            if (plain || spec.chosen || spec.swarm.empty()) continue;
            values[i] = spec.swarm[*rc::gen::inRange<std::size_t>(0, spec.swarm.size())];
        }
        return values;
    });
}

rc::Gen<Op> op_of(const scenario::Subsystem& target, const scenario::ConfigValues& values) {
    return rc::gen::exec([&target, values] {
        std::vector<std::uint8_t> kinds;
        for (std::size_t kind = 0; kind < target.ops.size(); ++kind) {
            const std::uint8_t needed = target.ops[kind].needs_config;
            if (needed == 0 || values[needed] != 0)
                kinds.insert(kinds.end(), std::max<std::size_t>(1, target.ops[kind].weight / 4),
                             static_cast<std::uint8_t>(kind));
        }
        Op op;
        op.kind = kinds[*rc::gen::inRange<std::size_t>(0, kinds.size())];
        op.cpu = *rc::gen::inRange<std::uint8_t>(
            0, static_cast<std::uint8_t>(target.workload_cpus(values)));
        op.context = static_cast<scenario::OpContext>(*rc::gen::inRange(0, 4));
        for (std::size_t i = 0; i < op.args.size(); ++i) {
            const scenario::ParamSpec& spec = target.ops[op.kind].params[i];
            if (!spec.name.empty())
                op.args[i] =
                    static_cast<std::uint8_t>(*rc::gen::inRange<unsigned>(spec.min, spec.max + 1u));
        }
        return op;
    });
}

}  // namespace

run::Plan any_subsystem() {
    return run::empty_plan(
        *subsystems::all()[*rc::gen::inRange<std::size_t>(0, subsystems::all().size())]);
}

std::unique_ptr<strategy::Policy> any_policy() {
    const std::size_t index = *rc::gen::inRange<std::size_t>(0, strategy::all_policies().size());
    return strategy::make_policy(strategy::all_policies()[index].name);
}

run::Plan decoded(const run::Plan& base, const std::vector<std::uint8_t>& bytes) {
    return run::decode_body(bytes, {base});
}

rc::Gen<run::Plan> workload_of(const run::Plan& base) {
    const scenario::Subsystem& target = *base.target;
    return rc::gen::mapcat(config_of(target), [base](const scenario::ConfigValues& values) {
        const auto ops = rc::gen::container<std::vector<Op>>(op_of(*base.target, values));
        return rc::gen::map(ops, [base, values](std::vector<Op> list) {
            run::Plan plan = base;
            plan.config = values;
            if (list.size() > 16) list.resize(16);
            plan.ops = std::move(list);
            run::canonicalize(plan);
            return plan;
        });
    });
}

std::string keep_failure(const run::Plan& plan, const char* property) {
    const run::Plan small = run::replay(plan).found() ? report::minimize(plan) : plan;
    const std::string text = run::to_text(small);
    const std::string said = run::replay(small).detail + "\n" + text;
    const char* const folder = std::getenv("RCUFUZZ_FAILURES");
    if (folder == nullptr) return said + "not written: RCUFUZZ_FAILURES names no directory\n";
    const std::string file = std::string(folder) + "/" + property + ".plan";
    write_file(file, text, true);
    return said + "written to " + file + "\n";
}

}  // namespace rcufuzz::properties
