// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>
#include <numeric>

#include "core/report/reduce.h"

namespace rcufuzz::report {

namespace {

run::Plan with_ops(const run::Plan& plan, const std::vector<std::size_t>& kept) {
    run::Plan result = plan;
    result.ops.clear();
    for (const std::size_t index : kept) result.ops.push_back(plan.ops[index]);
    return result;
}

// --- keeping later decisions in place ------------------------------------------------------------

// At which of its choices a CPU's task stands between operations.
std::vector<std::uint16_t> op_borders(const std::vector<TakenChoice>& choices,
                                      sim::ContextKey key) {
    std::vector<std::uint16_t> borders;
    for (const TakenChoice& choice : choices)
        if (choice.key == key && choice.kind == sim::ChoiceKind::schedule && choice.between_ops)
            borders.push_back(choice.ordinal);
    return borders;
}

// The points from `begin` to `end` are gone from this context: what came later moves there.
std::vector<sim::Decision> shifted(const std::vector<sim::Decision>& decisions, sim::ContextKey key,
                                   std::uint16_t begin, std::uint16_t end) {
    std::vector<sim::Decision> result;
    for (sim::Decision decision : decisions) {
        if (decision.key == key && decision.ordinal > begin) {
            if (decision.ordinal <= end) continue;
            decision.ordinal = static_cast<std::uint16_t>(decision.ordinal - (end - begin));
        }
        result.push_back(decision);
    }
    return result;
}

bool drop_op_and_shift(Search& search, const run::Plan& shorter, unsigned cpu) {
    const sim::ContextKey key = sim::context_key(cpu, sim::Slot::task);
    const std::vector<std::uint16_t> borders = op_borders(search.choices(search.best()), key);
    for (std::size_t i = 0; i + 1 < borders.size(); ++i) {
        run::Plan candidate = shorter;
        candidate.decisions = shifted(shorter.decisions, key, borders[i], borders[i + 1]);
        if (search.accept(std::move(candidate))) return true;
    }
    return false;
}

// --- two operations as one ----------------------------------------------------------------------

// "call_rcu count=1" twice is "call_rcu count=2": the first parameter is taken for a number of
// repetitions. Where it is not, the find is most likely lost and the guess costs a few runs.
run::Plan with_merged_ops(const run::Plan& plan, std::size_t first, std::size_t second) {
    run::Plan result = plan;
    scenario::Op& op = result.ops[first];
    const scenario::Op& other = plan.ops[second];
    op.args[0] = static_cast<std::uint8_t>(std::min(255, op.args[0] + other.args[0]));
    op.args[1] = std::max(op.args[1], other.args[1]);
    result.ops.erase(result.ops.begin() + static_cast<std::ptrdiff_t>(second));
    run::canonicalize(result);
    return result;
}

// The operation that follows on the same CPU; the number of operations, if there is none.
std::size_t next_on_cpu(const run::Plan& plan, std::size_t index) {
    std::size_t next = index + 1;
    while (next < plan.ops.size() && plan.ops[next].cpu != plan.ops[index].cpu) ++next;
    return next;
}

bool merge_op(Search& search, std::size_t index) {
    const run::Plan& plan = search.best();
    const std::size_t next = next_on_cpu(plan, index);
    if (next == plan.ops.size() || plan.ops[next].kind != plan.ops[index].kind) return false;
    if (plan.target->ops[plan.ops[index].kind].params[0].name.empty()) return false;
    const run::Plan merged = with_merged_ops(plan, index, next);
    return search.accept(merged) || find_again(search, merged);
}

bool drop_op(Search& search, std::size_t index) {
    run::Plan shorter = search.best();
    const unsigned cpu = shorter.ops[index].cpu;
    shorter.ops.erase(shorter.ops.begin() + static_cast<std::ptrdiff_t>(index));
    if (search.accept(shorter) || drop_op_and_shift(search, shorter, cpu)) {
        drop_decisions(search);
        return true;
    }
    return find_again(search, shorter);
}

// --- simpler operations -------------------------------------------------------------------------

// The variants of an operation that are simpler in one respect, the simplest first.
std::vector<scenario::Op> simpler(const run::Plan& plan, const scenario::Op& op) {
    const scenario::OpSpec& spec = plan.target->ops[op.kind];
    std::vector<scenario::Op> variants;
    for (unsigned context = 0; context < static_cast<unsigned>(op.context); ++context) {
        scenario::Op variant = op;
        variant.context = static_cast<scenario::OpContext>(context);
        if ((spec.contexts & scenario::bit(variant.context)) != 0) variants.push_back(variant);
    }
    for (std::size_t i = 0; i < op.args.size(); ++i) {
        const unsigned least = spec.params[i].min;
        for (unsigned excess = 0; least + excess < op.args[i]; excess = 2 * excess + 1) {
            scenario::Op variant = op;
            variant.args[i] = static_cast<std::uint8_t>(least + excess);
            variants.push_back(variant);
        }
    }
    return variants;
}

// The same operation in each other context in which it may run.
std::vector<scenario::Op> elsewhere(const run::Plan& plan, const scenario::Op& op) {
    std::vector<scenario::Op> variants;
    for (unsigned context = 0; context < scenario::op_context_words.size(); ++context) {
        scenario::Op variant = op;
        variant.context = static_cast<scenario::OpContext>(context);
        const bool may = (plan.target->ops[op.kind].contexts & scenario::bit(variant.context)) != 0;
        if (may && variant.context != op.context) variants.push_back(variant);
    }
    return variants;
}

// On whichever CPU its first operation may be: there the ordinary answers may be enough.
bool without_decisions(Search& search, run::Plan plan) {
    plan.decisions.clear();
    const std::uint8_t first = plan.ops.front().cpu;
    const unsigned cpus = plan.target->workload_cpus(plan.config);
    for (std::uint8_t cpu = 0; cpu < cpus; ++cpu) {
        run::Plan swapped = plan;
        for (scenario::Op& op : swapped.ops)
            op.cpu = op.cpu == first ? cpu : op.cpu == cpu ? first : op.cpu;
        if (search.accept(std::move(swapped))) return true;
    }
    return false;
}

// A value that only some operations need: with the standard one, and other operations in the place
// of these, one kind after the other.
bool without_those_that_need(Search& search, std::size_t config) {
    const run::Plan found = search.best();
    const auto& specs = found.target->ops;
    const auto needs_it = [&](const scenario::Op& op) {
        return specs[op.kind].needs_config != 0 && specs[op.kind].needs_config == config;
    };
    if (std::ranges::none_of(found.ops, needs_it)) return false;
    for (std::size_t kind = 0; kind < specs.size(); ++kind) {
        run::Plan candidate = found;
        candidate.config[config] = candidate.target->configs[config].standard;
        bool may = specs[kind].needs_config == 0;
        for (scenario::Op& op : candidate.ops) {
            if (!needs_it(op)) continue;
            may = may && (specs[kind].contexts & scenario::bit(op.context)) != 0;
            op.kind = static_cast<std::uint8_t>(kind);
            for (std::size_t i = 0; i < op.args.size(); ++i) op.args[i] = specs[kind].params[i].min;
        }
        if (may && search.accept(std::move(candidate))) return true;
    }
    return false;
}

bool try_variant(Search& search, const run::Plan& variant, Effort effort) {
    return search.accept(variant) || (effort == Effort::high && find_again(search, variant));
}

}  // namespace

bool drop_ops(Search& search, Effort effort) {
    std::vector<std::size_t> all(search.best().ops.size());
    std::iota(all.begin(), all.end(), std::size_t{0});
    const run::Plan found = search.best();
    bool changed = drop_chunks(all, [&](const std::vector<std::size_t>& kept) {
        return search.accept(with_ops(found, kept));
    });
    if (effort == Effort::low) return changed;
    for (std::size_t i = search.best().ops.size(); i-- > 0 && !search.spent();) {
        if (!drop_op(search, i) && !merge_op(search, i)) continue;
        changed = true;
        i = search.best().ops.size();
    }
    return changed;
}

bool simplify_ops(Search& search, Effort effort) {
    bool changed = false;
    for (std::size_t i = 0; i < search.best().ops.size(); ++i) {
        for (const scenario::Op& variant : simpler(search.best(), search.best().ops[i])) {
            run::Plan candidate = search.best();
            candidate.ops[i] = variant;
            if (!try_variant(search, candidate, effort)) continue;
            changed = true;
            break;
        }
    }
    return changed;
}

bool simplify_config(Search& search, Effort effort) {
    bool changed = false;
    const auto configs = search.best().target->configs;
    for (std::size_t i = 0; i < configs.size(); ++i) {
        if (search.best().config[i] == configs[i].standard || configs[i].chosen) continue;
        run::Plan candidate = search.best();
        candidate.config[i] = configs[i].standard;
        if (try_variant(search, candidate, effort) || without_those_that_need(search, i))
            changed = true;
    }
    return changed;
}

bool vary_config(Search& search) {
    bool changed = false;
    const auto configs = search.best().target->configs;
    for (std::size_t i = 0; i < configs.size(); ++i) {
        if (configs[i].chosen || run::is_lacking(search.best(), i)) continue;
        for (const std::int16_t value : configs[i].swarm) {
            if (value == search.best().config[i] || search.spent()) continue;
            run::Plan candidate = search.best();
            candidate.config[i] = value;
            run::canonicalize(candidate);
            if (find_again(search, candidate)) changed = true;
        }
    }
    return changed;
}

bool vary_contexts(Search& search) {
    bool changed = false;
    for (std::size_t i = 0; i < search.best().ops.size(); ++i) {
        for (const scenario::Op& variant : elsewhere(search.best(), search.best().ops[i])) {
            if (search.best().decisions.empty() || search.spent()) return changed;
            run::Plan candidate = search.best();
            candidate.ops[i] = variant;
            if (without_decisions(search, candidate) || find_again(search, candidate))
                changed = true;
        }
    }
    return changed;
}

}  // namespace rcufuzz::report
