// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/run/generate.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "core/base/check.h"
#include "core/run/workload.h"
#include "core/scenario/platform.h"

namespace rcufuzz::run {

namespace {

using scenario::Op;

unsigned index_below(std::size_t size, Prng& prng) {
    return prng.below(static_cast<std::uint32_t>(size));
}

void mutate_config(Plan& plan, Prng& prng) {
    const std::size_t i = index_below(plan.target->configs.size(), prng);
    const scenario::ConfigSpec& spec = plan.target->configs[i];
    if (spec.chosen || is_lacking(plan, i)) return;
    if (!spec.swarm.empty() && !prng.one_in(4)) {
        plan.config[i] = random_config(spec, prng);
    } else {
        const auto range = static_cast<std::uint32_t>(spec.max - spec.min + 1);
        plan.config[i] = static_cast<std::int16_t>(spec.min + static_cast<int>(prng.below(range)));
    }
}

void insert_op(Plan& plan, Prng& prng) {
    if (plan.ops.size() >= max_ops) return;
    const unsigned home = plan.ops.empty() ? 0 : plan.ops[index_below(plan.ops.size(), prng)].cpu;
    plan.ops.insert(plan.ops.begin() + index_below(plan.ops.size() + 1, prng),
                    OpGenerator(plan, home).draw(prng));
}

void duplicate_op(Plan& plan, Prng& prng) {
    if (plan.ops.empty() || plan.ops.size() >= max_ops) return;
    const Op copy = plan.ops[index_below(plan.ops.size(), prng)];
    plan.ops.insert(plan.ops.begin() + index_below(plan.ops.size() + 1, prng), copy);
}

void delete_op(Plan& plan, Prng& prng) {
    if (!plan.ops.empty()) plan.ops.erase(plan.ops.begin() + index_below(plan.ops.size(), prng));
}

void swap_ops(Plan& plan, Prng& prng) {
    if (plan.ops.size() < 2) return;
    std::swap(plan.ops[index_below(plan.ops.size(), prng)],
              plan.ops[index_below(plan.ops.size(), prng)]);
}

// One field of one operation; the rest stays.
void change_op(Plan& plan, Prng& prng) {
    if (plan.ops.empty()) return;
    Op& op = plan.ops[index_below(plan.ops.size(), prng)];
    const Op fresh = OpGenerator(plan, op.cpu).draw(prng);
    switch (prng.below(4)) {
        case 0:
            op = fresh;
            return;
        case 1:
            op.cpu = static_cast<std::uint8_t>(prng.below(plan.target->workload_cpus(plan.config)));
            return;
        case 2:
            op.context = random_context(plan.target->ops[op.kind], scenario::any_context, prng);
            return;
        default:
            for (std::size_t i = 0; i < op.args.size(); ++i)
                op.args[i] = random_arg(plan.target->ops[op.kind].params[i], Swarm{}, prng);
    }
}

// --- decisions ----------------------------------------------------------------------------------

sim::ContextKey random_key(const Plan& plan, Prng& prng) {
    const unsigned cpu = prng.below(plan.target->all_cpus(plan.config));
    constexpr std::array<sim::Slot, 8> slots{
        sim::Slot::task, sim::Slot::task,    sim::Slot::task,    sim::Slot::task,
        sim::Slot::task, sim::Slot::softirq, sim::Slot::hardirq, sim::Slot::task2};
    if (prng.one_in(32)) return main_key;
    // Numbers are given in order of creation, so those of the workload are not far from 0.
    if (plan.target->has_tasks && !prng.one_in(4))
        return sim::task_key(prng.below(1u << prng.below(7)));
    return sim::context_key(cpu, slots[prng.below(slots.size())]);
}

// Small numbers as often as large ones of each power of two, up to what a long run reaches.
std::uint16_t random_ordinal(Prng& prng) {
    const std::uint32_t magnitude = 1u << prng.below(9);
    return static_cast<std::uint16_t>(magnitude + prng.below(magnitude));
}

std::uint8_t random_value(const Plan& plan, Prng& prng) {
    using sim::Act;
    constexpr std::array<Act, 16> acts{Act::run,     Act::run,     Act::run,     Act::run,
                                       Act::run,     Act::run,     Act::run,     Act::run,
                                       Act::irq,     Act::irq,     Act::softirq, Act::softirq,
                                       Act::softirq, Act::resched, Act::resched, Act::nmi};
    if (prng.one_in(8)) return sim::actor_time + 1;
    if (prng.one_in(16)) return static_cast<std::uint8_t>(sim::data_value + 1 + prng.below(3));
    const unsigned cpu = prng.below(plan.target->all_cpus(plan.config));
    return static_cast<std::uint8_t>(1 + sim::actor(acts[prng.below(acts.size())], cpu));
}

// A new decision stands alone, or near an old one: preemptions that matter come in clusters.
void insert_decision(Plan& plan, Prng& prng) {
    if (plan.decisions.size() >= max_decisions) return;
    sim::Decision decision{random_key(plan, prng), random_ordinal(prng), 0};
    if (!plan.decisions.empty() && prng.one_in(3)) {
        const sim::Decision& near = plan.decisions[index_below(plan.decisions.size(), prng)];
        decision.key = near.key;
        decision.ordinal = static_cast<std::uint16_t>(near.ordinal + 1 + prng.below(8));
    }
    decision.value = random_value(plan, prng);
    plan.decisions.push_back(decision);
}

void delete_decision(Plan& plan, Prng& prng) {
    if (!plan.decisions.empty())
        plan.decisions.erase(plan.decisions.begin() + index_below(plan.decisions.size(), prng));
}

// Moves a decision; half of the time all later ones of the context with it, as when an operation
// came or went before them.
void shift_decisions(Plan& plan, Prng& prng) {
    if (plan.decisions.empty()) return;
    const std::size_t first = index_below(plan.decisions.size(), prng);
    const sim::ContextKey key = plan.decisions[first].key;
    const int distance =
        prng.one_in(4) ? 1 + static_cast<int>(prng.below(32)) : 1 + static_cast<int>(prng.below(3));
    const int step = prng.one_in(2) ? distance : -distance;
    const bool all = prng.one_in(2);
    for (std::size_t i = first; i < plan.decisions.size(); ++i) {
        sim::Decision& decision = plan.decisions[i];
        if (decision.key != key || (!all && i != first)) break;
        decision.ordinal =
            static_cast<std::uint16_t>(std::clamp(decision.ordinal + step, 1, 0xffff));
    }
}

void change_decision(Plan& plan, Prng& prng) {
    if (plan.decisions.empty()) return;
    sim::Decision& decision = plan.decisions[index_below(plan.decisions.size(), prng)];
    if (prng.one_in(3))
        decision.key = random_key(plan, prng);
    else
        decision.value = random_value(plan, prng);
}

struct Change {
    void (*apply)(Plan& plan, Prng& prng);
    std::uint32_t weight;
};
constexpr std::array<Change, 10> changes{{{insert_decision, 8},
                                          {delete_decision, 4},
                                          {shift_decisions, 5},
                                          {change_decision, 4},
                                          {insert_op, 4},
                                          {delete_op, 3},
                                          {duplicate_op, 2},
                                          {swap_ops, 2},
                                          {change_op, 4},
                                          {mutate_config, 2}}};

const Change& random_change(Prng& prng) {
    std::uint32_t total = 0;
    for (const Change& change : changes) total += change.weight;
    std::uint32_t left = prng.below(total);
    const Change* chosen = changes.data();
    for (; left >= chosen->weight; ++chosen) left -= chosen->weight;
    return *chosen;
}

}  // namespace

Plan generate(const Plan& base, const GenerateOptions& options, Prng& prng) {
    CHECK(options.min_ops <= options.max_ops && options.max_ops <= max_ops);
    const scenario::Subsystem& target = *base.target;
    Plan plan;
    plan.target = base.target;
    plan.bugs = base.bugs;
    plan.memory = base.memory;
    plan.oracle = base.oracle;
    plan.subject = base.subject;
    for (std::size_t i = 0; i < target.configs.size(); ++i) {
        const bool fixed = ((options.fixed_configs >> i) & 1u) != 0 || target.configs[i].chosen;
        plan.config[i] = fixed ? base.config[i] : random_config(target.configs[i], prng);
        if (is_lacking(plan, i)) plan.config[i] = 0;
    }
    const bool focus = focus_disturbances(plan, options.fixed_configs, prng);
    const unsigned range = options.max_ops - options.min_ops + 1;
    unsigned count = options.min_ops + prng.below(range);
    const unsigned home = prng.below(target.workload_cpus(plan.config));
    Swarm swarm = random_swarm(plan, prng);
    swarm.focus = focus;
    // A state in which everybody rests and something is missing is seen best where soon nothing
    // else comes.
    if (swarm.few_kinds && prng.one_in(2)) count = std::min(count, 2 + prng.below(7));
    OpGenerator generator(plan, home, swarm);
    plan.ops.reserve(count);
    while (plan.ops.size() < count) plan.ops.push_back(generator.draw(prng));
    canonicalize(plan);
    return plan;
}

void draw_form(Plan& plan, const Frame& frame, Prng& prng) {
    const std::span<const scenario::ConfigSpec> specs = plan.target->configs;
    for (std::size_t i = 0; i < specs.size() && frame.inputs_choose_forms; ++i) {
        if (!specs[i].chosen || ((frame.fixed_configs >> i) & 1u) != 0) continue;
        plan.config[i] = prng.one_in(2) ? specs[i].standard : random_config(specs[i], prng);
    }
    if (frame.inputs_choose_memory)
        plan.memory = prng.one_in(4) ? MemoryMode::weak : MemoryMode::sc;
    canonicalize(plan);
}

void mutate(Plan& plan, Prng& prng) {
    do {
        random_change(prng).apply(plan, prng);
        canonicalize(plan);
    } while (prng.one_in(3));
}

void cross(Plan& plan, const Plan& other, Prng& prng) {
    const std::uint64_t from_other = prng.next();  // bit c: what CPU c decides; tasks share bits
    const auto taken = [&](const sim::Decision& decision) {
        const unsigned group = decision.key / sim::slots_per_cpu;
        return ((from_other >> (group % 64)) & 1u) != 0;
    };
    std::erase_if(plan.decisions, taken);
    std::copy_if(other.decisions.begin(), other.decisions.end(), std::back_inserter(plan.decisions),
                 taken);
    if (prng.one_in(2)) plan.config = other.config;
    canonicalize(plan);
}

}  // namespace rcufuzz::run
