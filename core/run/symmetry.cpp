// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/run/symmetry.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <numeric>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/base/text.h"
#include "core/run/codec.h"
#include "core/run/runner.h"
#include "core/strategy/from_plan.h"
#include "core/strategy/record.h"

namespace rcufuzz::run {

namespace {

// What each CPU of the machine becomes.
using Names = std::array<std::uint8_t, sim::max_cpus>;

sim::ContextKey renamed_key(const Names& names, sim::ContextKey key) {
    if (key >= key_count) return key;  // the world's own choices
    const unsigned slot = key % sim::slots_per_cpu;
    return sim::context_key(names[key / sim::slots_per_cpu], static_cast<sim::Slot>(slot));
}

unsigned renamed_actor(const Names& names, unsigned actor) {
    if (actor >= sim::actor_time) return actor;
    return sim::actor(sim::actor_act(actor), names[sim::actor_cpu(actor)]);
}

// --- the run before, choice by choice -----------------------------------------------------------

struct ChoiceKey {
    sim::ContextKey key;
    std::uint32_t ordinal;
    auto operator<=>(const ChoiceKey&) const = default;
};
using Course = std::map<ChoiceKey, unsigned>;  // who acted, or 0x100 + the answer to a data choice
constexpr unsigned data_answer = 0x100;

class Witness final : public sim::Strategy {
   public:
    Witness(const Plan& plan, Course& course) : inner_(plan.decisions), course_(course) {}

    void begin(const sim::World& world) override { inner_.begin(world); }
    std::uint32_t choose(const sim::Choice& choice) override {
        const std::uint32_t answer = inner_.choose(choice);
        course_[{choice.key, choice.ordinal}] = choice.kind == sim::ChoiceKind::data
                                                    ? data_answer + answer
                                                    : choice.actor_of(answer);
        return answer;
    }
    bool asks_at_every_point() const override { return true; }

   private:
    strategy::FromPlan inner_;
    Course& course_;
};

// The same course under other names.
class Follow final : public sim::Strategy {
   public:
    Follow(const Course& course, const Names& names) {
        for (const auto& [moment, who] : course)
            course_[{renamed_key(names, moment.key), moment.ordinal}] =
                who >= data_answer ? who : renamed_actor(names, who);
    }

    void begin(const sim::World&) override {}
    std::uint32_t choose(const sim::Choice& choice) override {
        const auto found = course_.find({choice.key, choice.ordinal});
        if (found == course_.end()) return 0;
        const unsigned who = found->second;
        if (choice.kind != sim::ChoiceKind::data)
            return who >= data_answer ? 0 : choice.answer_for(who);
        return who >= data_answer && who - data_answer < choice.count ? who - data_answer : 0;
    }
    bool asks_at_every_point() const override { return true; }

   private:
    Course course_;
};

// --- renaming -----------------------------------------------------------------------------------

// A kthread's CPU is called after the CPU that it serves: "rcuo1". Nothing: there is none of that
// name for the new number.
std::optional<Names> names_of_all(const Plan& plan, std::span<const std::uint8_t> workload) {
    const unsigned all = plan.target->all_cpus(plan.config);
    const auto called = [&](unsigned cpu) { return plan.target->cpu_name(plan.config, cpu); };
    Names names{};
    std::iota(names.begin(), names.end(), std::uint8_t{0});
    std::copy(workload.begin(), workload.end(), names.begin());
    for (auto cpu = static_cast<unsigned>(workload.size()); cpu < all; ++cpu) {
        const std::string name = called(cpu);
        const std::size_t digits = name.find_first_of("0123456789");
        if (digits == name.npos) continue;
        const auto serves = parse_int(name.substr(digits));
        if (!serves || *serves >= static_cast<std::int64_t>(workload.size())) return std::nullopt;
        const std::string wanted =
            name.substr(0, digits) + std::to_string(workload[static_cast<std::size_t>(*serves)]);
        unsigned other = static_cast<unsigned>(workload.size());
        while (other < all && called(other) != wanted) ++other;
        if (other == all) return std::nullopt;
        names[cpu] = static_cast<std::uint8_t>(other);
    }
    return names;
}

// CPU by CPU; on each, the order counts.
void order_ops(Plan& plan) {
    std::vector<scenario::Op> ordered;
    for (unsigned cpu = 0; cpu < sim::max_cpus; ++cpu)
        std::ranges::copy_if(plan.ops, std::back_inserter(ordered),
                             [cpu](const scenario::Op& op) { return op.cpu == cpu; });
    plan.ops = std::move(ordered);
}

Plan renamed(const Plan& plan, const Names& names, unsigned workload) {
    Plan result = plan;
    for (scenario::Op& op : result.ops) {
        op.cpu = names[op.cpu];
        const scenario::OpSpec& spec = plan.target->ops[op.kind];
        for (std::size_t i = 0; i < op.args.size(); ++i)
            if (spec.params[i].names_cpu) op.args[i] = names[op.args[i] % workload];
    }
    order_ops(result);
    return result;
}

// Fewer decisions first: what asks less of a reader.
std::pair<std::size_t, std::string> rank(const Plan& plan) {
    return {plan.decisions.size(), to_text(plan)};
}

// What only makes it the very same run is left out: another that shows the same will do.
constexpr std::size_t many_decisions = 16;

void drop_needless(Plan& plan, const Outcome& outcome) {
    if (plan.decisions.size() > many_decisions) return;
    for (std::size_t i = plan.decisions.size(); i-- > 0;) {
        Plan less = plan;
        less.decisions.erase(less.decisions.begin() + static_cast<std::ptrdiff_t>(i));
        if (replay(less, {}).verdict == outcome.verdict && replay(less).same_find(outcome))
            plan = std::move(less);
    }
}

}  // namespace

Plan with_canonical_cpus(const Plan& plan) {
    Plan best = plan;
    order_ops(best);
    Course course;
    const Plan ordered = best;
    Witness witness(ordered, course);
    const Outcome outcome = replay(ordered);
    if (!outcome.found()) return best;
    best = record(ordered, witness).plan;  // without what it does not take
    drop_needless(best, outcome);
    const unsigned workload = plan.target->workload_cpus(plan.config);
    constexpr unsigned renamed_at_most = 4;  // 24 orders
    if (workload > renamed_at_most) return best;
    std::vector<std::uint8_t> order(workload);
    std::iota(order.begin(), order.end(), std::uint8_t{0});
    while (std::next_permutation(order.begin(), order.end())) {
        const std::optional<Names> names = names_of_all(ordered, order);
        if (!names) continue;
        Follow follow(course, *names);
        Recorded other = record(renamed(ordered, *names, workload), follow);
        if (other.outcome.verdict != outcome.verdict) continue;
        if (!replay(other.plan).same_find(outcome)) continue;
        drop_needless(other.plan, outcome);
        if (rank(other.plan) < rank(best)) best = std::move(other.plan);
    }
    return best;
}

}  // namespace rcufuzz::run
