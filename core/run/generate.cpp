// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/run/generate.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "core/base/check.h"

namespace rcufuzz::run {

namespace {

using scenario::Op;
using scenario::OpContext;

// An index below weights.size(), as often as its weight says.
template <typename Weights, typename WeightOf>
std::size_t weighted(const Weights& items, const WeightOf& weight_of, Prng& prng) {
    std::uint32_t total = 0;
    for (const auto& item : items) total += weight_of(item);
    CHECK(total != 0);
    std::uint32_t left = prng.below(total);
    std::size_t index = 0;
    for (const auto& item : items) {
        if (left < weight_of(item)) break;
        left -= weight_of(item);
        ++index;
    }
    return index;
}

// --- operations and configuration ---------------------------------------------------------------

// What one plan leaves out (swarm testing, Groce et al. 2012): operations and contexts that would
// mask each other in a plan that has everything.
struct Swarm {
    std::uint64_t kinds = ~std::uint64_t{0};             // bit k: operation k may be drawn
    std::array<std::uint8_t, sim::max_cpus> contexts{};  // of each CPU, as scenario::bit()s
    bool small = false;                                  // parameters stay near their minimum

    Swarm() { contexts.fill(scenario::any_context); }
};

Swarm random_swarm(const scenario::Subsystem& target, Prng& prng) {
    Swarm swarm;
    for (std::size_t kind = 0; kind < target.ops.size(); ++kind)
        if (prng.one_in(3)) swarm.kinds &= ~(std::uint64_t{1} << kind);
    for (std::uint8_t& contexts : swarm.contexts)
        if (prng.one_in(2)) contexts = static_cast<std::uint8_t>(1 + prng.below(contexts));
    swarm.small = prng.one_in(2);
    return swarm;
}

// Task contexts more often than interrupts: most of what an algorithm does, it does there.
OpContext random_context(const scenario::OpSpec& spec, std::uint8_t allowed, Prng& prng) {
    if ((spec.contexts & allowed) == 0) allowed = spec.contexts;
    constexpr std::array<std::uint32_t, 4> weights{3, 3, 1, 1};
    constexpr std::array<OpContext, 4> contexts{OpContext::task_on, OpContext::task_off,
                                                OpContext::softirq, OpContext::hardirq};
    return contexts[weighted(
        contexts,
        [&](OpContext context) {
            return (spec.contexts & allowed & bit(context)) != 0
                       ? weights[static_cast<unsigned>(context)]
                       : 0u;
        },
        prng)];
}

std::uint8_t random_arg(const scenario::ParamSpec& spec, bool small, Prng& prng) {
    if (spec.name.empty()) return 0;
    if (prng.one_in(2)) return spec.min;
    const unsigned range = 1u + spec.max - spec.min;
    return static_cast<std::uint8_t>(spec.min + prng.below(small ? std::min(range, 3u) : range));
}

// An operation that the configuration makes void is not drawn.
bool may_draw(const Plan& plan, std::size_t kind, std::uint64_t kinds) {
    const std::uint8_t needed = plan.target->ops[kind].needs_config;
    return ((kinds >> kind) & 1u) != 0 && (needed == 0 || plan.config[needed] != 0);
}

// Those of `kinds` that may be drawn, or, where there are none, all that may.
std::uint64_t drawable(const Plan& plan, std::uint64_t kinds) {
    std::uint64_t some = 0;
    std::uint64_t all = 0;
    for (std::size_t kind = 0; kind < plan.target->ops.size(); ++kind) {
        const std::uint64_t bit = std::uint64_t{1} << kind;
        if (may_draw(plan, kind, kinds)) some |= bit;
        if (may_draw(plan, kind, ~std::uint64_t{0})) all |= bit;
    }
    return some != 0 ? some : all;
}

// Half of the operations go to one CPU: per-CPU state shows its bugs when one CPU's operations
// follow each other.
Op random_op(const Plan& plan, unsigned home, const Swarm& swarm, Prng& prng) {
    const scenario::Subsystem& target = *plan.target;
    const std::uint64_t kinds = drawable(plan, swarm.kinds);
    CHECK(kinds != 0);
    Op op;
    do
        op.kind = static_cast<std::uint8_t>(weighted(
            target.ops, [](const scenario::OpSpec& spec) { return std::uint32_t{spec.weight}; },
            prng));
    while (((kinds >> op.kind) & 1u) == 0);
    const scenario::OpSpec& spec = target.ops[op.kind];
    const unsigned cpus = target.workload_cpus(plan.config);
    op.cpu = static_cast<std::uint8_t>(prng.one_in(2) ? home % cpus : prng.below(cpus));
    op.context = random_context(spec, swarm.contexts[op.cpu], prng);
    for (std::size_t i = 0; i < op.args.size(); ++i)
        op.args[i] = random_arg(spec.params[i], swarm.small, prng);
    return op;
}

std::int16_t random_config(const scenario::ConfigSpec& spec, Prng& prng) {
    if (spec.swarm.empty()) return spec.standard;
    return spec.swarm[prng.below(static_cast<std::uint32_t>(spec.swarm.size()))];
}

unsigned index_below(std::size_t size, Prng& prng) {
    return prng.below(static_cast<std::uint32_t>(size));
}

void mutate_config(Plan& plan, Prng& prng) {
    const std::size_t i = index_below(plan.target->configs.size(), prng);
    const scenario::ConfigSpec& spec = plan.target->configs[i];
    if (spec.chosen) return;
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
                    random_op(plan, home, Swarm{}, prng));
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
    const Op fresh = random_op(plan, op.cpu, Swarm{}, prng);
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
                op.args[i] = random_arg(plan.target->ops[op.kind].params[i], false, prng);
    }
}

// --- decisions ----------------------------------------------------------------------------------

sim::ContextKey random_key(const Plan& plan, Prng& prng) {
    const unsigned cpu = prng.below(plan.target->all_cpus(plan.config));
    constexpr std::array<sim::Slot, 8> slots{
        sim::Slot::task, sim::Slot::task,    sim::Slot::task,    sim::Slot::task,
        sim::Slot::task, sim::Slot::softirq, sim::Slot::hardirq, sim::Slot::task2};
    if (prng.one_in(32)) return main_key;
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

}  // namespace

Plan generate(const Plan& base, const GenerateOptions& options, Prng& prng) {
    CHECK(options.min_ops <= options.max_ops && options.max_ops <= max_ops);
    const scenario::Subsystem& target = *base.target;
    Plan plan;
    plan.target = base.target;
    plan.bugs = base.bugs;
    plan.memory = base.memory;
    plan.oracle = base.oracle;
    for (std::size_t i = 0; i < target.configs.size(); ++i) {
        const bool fixed = ((options.fixed_configs >> i) & 1u) != 0 || target.configs[i].chosen;
        plan.config[i] = fixed ? base.config[i] : random_config(target.configs[i], prng);
    }
    // The smaller of two draws: few operations leave a find easy to read, and leave the
    // scheduler's luck to fewer contexts.
    const unsigned range = options.max_ops - options.min_ops + 1;
    const unsigned first_draw = prng.below(range);
    const unsigned count = options.min_ops + std::min(first_draw, prng.below(range));
    const unsigned home = prng.below(target.workload_cpus(plan.config));
    const Swarm swarm = random_swarm(target, prng);
    plan.ops.reserve(count);
    while (plan.ops.size() < count) plan.ops.push_back(random_op(plan, home, swarm, prng));
    canonicalize(plan);
    return plan;
}

void mutate(Plan& plan, Prng& prng) {
    do {
        const std::size_t chosen =
            weighted(changes, [](const Change& change) { return change.weight; }, prng);
        changes[chosen].apply(plan, prng);
        canonicalize(plan);
    } while (prng.one_in(3));
}

void cross(Plan& plan, const Plan& other, Prng& prng) {
    const std::uint64_t from_other = prng.next();  // bit c: the decisions of CPU c
    const auto taken = [&](const sim::Decision& decision) {
        return ((from_other >> (decision.key / sim::slots_per_cpu)) & 1u) != 0;
    };
    std::erase_if(plan.decisions, taken);
    std::copy_if(other.decisions.begin(), other.decisions.end(), std::back_inserter(plan.decisions),
                 taken);
    if (prng.one_in(2)) plan.config = other.config;
    canonicalize(plan);
}

}  // namespace rcufuzz::run
