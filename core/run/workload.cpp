// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/run/workload.h"

#include <algorithm>

#include "core/base/check.h"
#include "core/base/hash.h"

namespace rcufuzz::run {

namespace {

using scenario::Op;
using scenario::OpContext;
using scenario::OpSpec;
using scenario::Turns;

// An index below weights.size(), as often as its weight says.
template <typename Weights>
std::size_t weighted(const Weights& weights, Prng& prng) {
    std::uint32_t total = 0;
    for (const std::uint32_t weight : weights) total += weight;
    CHECK(total != 0);
    std::uint32_t left = prng.below(total);
    std::size_t index = 0;
    for (; left >= weights[index]; ++index) left -= weights[index];
    return index;
}

std::uint64_t hash_of(std::string_view text) {
    RunningHash hash;
    for (const char c : text) hash.add(static_cast<std::uint8_t>(c));
    return hash.value();
}

bool needs_disturbance(const Plan& plan, const OpSpec& spec) {
    return plan.target->configs[spec.needs_config].disturbance != 0;
}

bool is_on(std::uint8_t switches, std::uint8_t number) { return ((switches >> number) & 1u) != 0; }

std::uint8_t family_count(const scenario::Subsystem& target) {
    std::uint8_t families = 0;
    for (const OpSpec& spec : target.ops) families = std::max(families, spec.family);
    return families;
}

using Weights = std::array<std::uint32_t, 64>;  // by kind of operation

// Those of the table, of some kinds. In a plan of one family two operations of three are of it,
// however few kinds it has and however many there are of none.
Weights weights_of(const scenario::Subsystem& target, std::uint64_t kinds, std::uint8_t family) {
    Weights weights{};
    std::uint32_t of_family = 0;
    std::uint32_t others = 0;
    for (std::size_t kind = 0; kind < target.ops.size(); ++kind) {
        if (((kinds >> kind) & 1u) == 0) continue;
        weights[kind] = target.ops[kind].weight;
        (target.ops[kind].family == family ? of_family : others) += weights[kind];
    }
    if (family == 0 || of_family == 0 || of_family >= 2 * others) return weights;
    for (std::size_t kind = 0; kind < target.ops.size(); ++kind)
        weights[kind] *= target.ops[kind].family == family ? 2 * others : of_family;
    return weights;
}

// Two to four kinds, as often as their weights say.
std::uint64_t few_kinds(const Weights& weights, Prng& prng) {
    std::uint64_t kinds = 0;
    for (unsigned left = 2 + prng.below(3); left > 0; --left)
        kinds |= std::uint64_t{1} << weighted(weights, prng);
    return kinds;
}

// All kinds but those of families that are not among the chosen ones, which are bits.
std::uint64_t kinds_of_families(const scenario::Subsystem& target, std::uint32_t chosen) {
    std::uint64_t kinds = ~std::uint64_t{0};
    for (std::size_t kind = 0; kind < target.ops.size(); ++kind)
        if (((chosen >> target.ops[kind].family) & 1u) == 0) kinds &= ~(std::uint64_t{1} << kind);
    return kinds;
}

// What a few kinds do when they follow each other is rare among many: in large tables, which have
// families, half of the plans have one of these, and some a few kinds only. Others leave out a
// third; of a family that a plan is about nothing, since it is small.
void draw_kinds(Swarm& swarm, const scenario::Subsystem& target, Prng& prng) {
    const std::uint8_t families = family_count(target);
    if (families != 0 && !prng.one_in(2)) {
        swarm.family = static_cast<std::uint8_t>(1 + prng.below(families));
        swarm.kinds = kinds_of_families(target, 1u | 1u << swarm.family);
    }
    swarm.few_kinds = families != 0 && prng.one_in(4);
    if (swarm.few_kinds) {
        swarm.kinds = few_kinds(weights_of(target, swarm.kinds, swarm.family), prng);
        return;
    }
    for (std::size_t kind = 0; kind < target.ops.size(); ++kind) {
        const bool of_family = swarm.family != 0 && target.ops[kind].family == swarm.family;
        if (prng.one_in(3) && !of_family) swarm.kinds &= ~(std::uint64_t{1} << kind);
    }
}

}  // namespace

Swarm random_swarm(const Plan& plan, Prng& prng) {
    const scenario::Subsystem& target = *plan.target;
    Swarm swarm;
    draw_kinds(swarm, target, prng);
    for (std::uint8_t& contexts : swarm.contexts)
        if (prng.one_in(2)) contexts = static_cast<std::uint8_t>(1 + prng.below(contexts));
    swarm.roles = prng.one_in(2);
    const std::uint32_t main_home = prng.below(sim::max_cpus);
    for (std::size_t kind = 0; kind < target.ops.size(); ++kind)
        swarm.homes[kind] =
            static_cast<std::uint8_t>(prng.one_in(3) ? prng.below(sim::max_cpus) : main_home);
    swarm.small = prng.one_in(2);
    swarm.meeting_point_count = prng.below(4);
    for (std::uint64_t& point : swarm.meeting_points) point = prng.next();
    return swarm;
}

std::int16_t random_config(const scenario::ConfigSpec& spec, Prng& prng) {
    if (spec.swarm.empty()) return spec.standard;
    return spec.swarm[prng.below(static_cast<std::uint32_t>(spec.swarm.size()))];
}

// In three quarters of all plans none to three of them are on, and no other.
bool focus_disturbances(Plan& plan, std::uint32_t fixed, Prng& prng) {
    const std::span<const scenario::ConfigSpec> specs = plan.target->configs;
    std::array<std::uint32_t, scenario::max_configs> weights{};
    unsigned count = 0;
    for (std::size_t i = 0; i < specs.size(); ++i) {
        const bool free = ((fixed >> i) & 1u) == 0 && !specs[i].chosen && !specs[i].swarm.empty();
        if (!free || specs[i].disturbance == 0) continue;
        weights[i] = specs[i].disturbance;
        ++count;
    }
    if (count == 0 || prng.one_in(4)) return false;
    for (std::size_t i = 0; i < specs.size(); ++i)
        if (weights[i] != 0) plan.config[i] = 0;
    constexpr std::array<std::uint32_t, 4> counts{4, 3, 4, 2};
    for (std::size_t left = std::min<std::size_t>(count, weighted(counts, prng)); left > 0;
         --left) {
        const std::size_t i = weighted(weights, prng);
        weights[i] = 0;
        while (plan.config[i] == 0) plan.config[i] = random_config(specs[i], prng);
    }
    return true;
}

// Task contexts more often than interrupts: most of what an algorithm does, it does there.
OpContext random_context(const OpSpec& spec, std::uint8_t allowed, Prng& prng) {
    if ((spec.contexts & allowed) == 0) allowed = spec.contexts;
    constexpr std::array<OpContext, 4> contexts{OpContext::task_on, OpContext::task_off,
                                                OpContext::softirq, OpContext::hardirq};
    std::array<std::uint32_t, 4> weights{3, 3, 1, 1};
    for (std::size_t i = 0; i < contexts.size(); ++i)
        if ((spec.contexts & allowed & bit(contexts[i])) == 0) weights[i] = 0;
    return contexts[weighted(weights, prng)];
}

std::uint8_t random_arg(const scenario::ParamSpec& spec, const Swarm& swarm, Prng& prng) {
    if (spec.name.empty()) return 0;
    const unsigned range = 1u + spec.max - spec.min;
    const unsigned points = swarm.meeting_point_count;
    if (points != 0 && !prng.one_in(8)) {
        const std::uint64_t point = swarm.meeting_points[prng.below(points)];
        return static_cast<std::uint8_t>(spec.min + mix64(point ^ hash_of(spec.name)) % range);
    }
    if (prng.one_in(2)) return spec.min;
    const unsigned near = swarm.small ? std::min(range, 3u) : range;
    return static_cast<std::uint8_t>(spec.min + prng.below(near));
}

OpGenerator::OpGenerator(const Plan& plan, unsigned home, const Swarm& swarm)
    : plan_(plan), swarm_(swarm), home_(home), cpus_(plan.target->workload_cpus(plan.config)) {
    const std::span<const OpSpec> specs = plan.target->ops;
    // An operation that the configuration makes void is not drawn.
    std::uint64_t possible = 0;
    std::uint64_t wanted = 0;
    for (std::size_t kind = 0; kind < specs.size(); ++kind) {
        const std::uint64_t bit = std::uint64_t{1} << kind;
        if (specs[kind].needs_config == 0 || plan.config[specs[kind].needs_config] != 0)
            possible |= bit;
        if (swarm.focus && needs_disturbance(plan, specs[kind])) wanted |= bit;
    }
    weights_ = weights_of(*plan.target, possible & (swarm.kinds | wanted), swarm.family);
    if (weights_ == Weights{}) weights_ = weights_of(*plan.target, possible, 0);
    for (std::size_t kind = 0; kind < specs.size(); ++kind)
        if (((wanted >> kind) & 1u) != 0) weights_[kind] *= 2;
    if (plan.target->switches != nullptr)
        for (unsigned cpu = 0; cpu < cpus_; ++cpu)
            switches_[cpu] = plan.target->switches(plan.config, cpu);
    for (const Op& op : plan.ops) take_account_of(op);
}

// Now and then one that looks void: operations run in parallel, and who knows.
Op OpGenerator::draw(Prng& prng) {
    const unsigned tries = prng.one_in(16) ? 1 : 16;
    Op op = draw_any(prng);
    for (unsigned i = 1; i < tries && !has_effect(op); ++i) op = draw_any(prng);
    take_account_of(op);
    return op;
}

// Half of the operations go to one CPU, or, in a plan with roles, most of them to the CPU of their
// kind: bugs of per-CPU state show when one CPU's operations follow each other, others when
// somebody looks on from elsewhere.
Op OpGenerator::draw_any(Prng& prng) const {
    Op op;
    op.kind = static_cast<std::uint8_t>(weighted(weights_, prng));
    const OpSpec& spec = plan_.target->ops[op.kind];
    if (swarm_.roles)
        op.cpu = prng.one_in(8) ? static_cast<std::uint8_t>(prng.below(cpus_))
                                : static_cast<std::uint8_t>(swarm_.homes[op.kind] % cpus_);
    else
        op.cpu = static_cast<std::uint8_t>(prng.one_in(2) ? home_ % cpus_ : prng.below(cpus_));
    op.context = random_context(spec, swarm_.contexts[op.cpu], prng);
    for (std::size_t i = 0; i < op.args.size(); ++i)
        op.args[i] = spec.params[i].names_cpu && i == 0
                         ? static_cast<std::uint8_t>(draw_target(op, prng))
                         : random_arg(spec.params[i], swarm_, prng);
    return op;
}

// One of the CPUs on which the operation does something; those that do much themselves more often.
unsigned OpGenerator::draw_target(const Op& op, Prng& prng) const {
    const OpSpec& spec = plan_.target->ops[op.kind];
    std::array<std::uint32_t, sim::max_cpus> weights{};
    std::uint32_t total = 0;
    for (unsigned cpu = 0; cpu < cpus_; ++cpu) {
        const bool itself = cpu == op.cpu && spec.switch_number == scenario::switch_absent;
        if (!turns_something(spec, cpu) || itself) continue;
        total += weights[cpu] = 1 + ops_of_[cpu];
    }
    return total == 0 ? prng.below(cpus_) : static_cast<unsigned>(weighted(weights, prng));
}

unsigned OpGenerator::target_of(const Op& op) const {
    const OpSpec& spec = plan_.target->ops[op.kind];
    return (spec.params[0].names_cpu ? op.args[0] : op.cpu) % cpus_;
}

bool OpGenerator::has_effect(const Op& op) const {
    const OpSpec& spec = plan_.target->ops[op.kind];
    const std::uint8_t own = switches_[op.cpu].on;
    if (is_on(own, scenario::switch_absent) || (own & spec.void_under) != 0) return false;
    const unsigned target = target_of(op);
    const bool absents_itself = spec.turns == Turns::on && target == op.cpu &&
                                spec.switch_number == scenario::switch_absent;
    return turns_something(spec, target) && !absents_itself;
}

bool OpGenerator::turns_something(const OpSpec& spec, unsigned cpu) const {
    if (spec.turns == Turns::nothing) return true;
    const scenario::CpuSwitches& switches = switches_[cpu];
    return !is_on(switches.stuck, spec.switch_number) &&
           is_on(switches.on, spec.switch_number) == (spec.turns == Turns::off);
}

void OpGenerator::take_account_of(const Op& op) {
    const OpSpec& spec = plan_.target->ops[op.kind];
    ++ops_of_[op.cpu % cpus_];
    if (spec.turns == Turns::nothing || !has_effect(op)) return;
    scenario::CpuSwitches& switches = switches_[target_of(op)];
    switches.on = static_cast<std::uint8_t>(switches.on ^ (1u << spec.switch_number));
}

}  // namespace rcufuzz::run
