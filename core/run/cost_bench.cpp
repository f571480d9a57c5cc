// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/run/cost_bench.h"

#include <utility>

#include "core/run/generate.h"
#include "core/run/runner.h"
#include "core/run/time_bench.h"
#include "core/sim/around.h"
#include "core/sim/world.h"
#include "core/strategy/strategies.h"

namespace rcufuzz::run {

namespace {

using sim::Choice;
using sim::ChoiceKind;
using sim::Fiber;
using sim::World;

// --- the floor ----------------------------------------------------------------------------------

Fiber here;
Fiber there;

[[noreturn]] void jump_back(void*) {
    for (;;) Fiber::switch_between(there, here);
}

std::uint64_t jump_often() {
    constexpr std::uint64_t round_trips = 100000;
    there.create(jump_back, nullptr);
    sim::calm_floating_point();
    for (std::uint64_t i = 0; i < round_trips; ++i) Fiber::switch_between(here, there);
    return 2 * round_trips;
}

// --- points -------------------------------------------------------------------------------------

class NeverSwitch final : public sim::Strategy {
   public:
    std::uint32_t choose(const Choice&) override { return 0; }
    std::uint32_t points_until_choice(sim::ContextKey, std::uint32_t) override {
        return sim::never_ask;
    }
};

class AlwaysSwitch final : public sim::Strategy {
   public:
    std::uint32_t choose(const Choice& choice) override {
        return choice.kind == ChoiceKind::schedule ? 1 : 0;
    }
    bool asks_at_every_point() const override { return true; }
};

void pass_points(void*) {
    for (int i = 0; i < 7000; ++i)  // two of them stay below half of the step bound
        sim::world().point({1, sim::AccessKind::read}, sim::Site::current());
}

std::uint64_t two_tasks(sim::Strategy& strategy) {
    World& w = sim::world();
    w.begin(2, strategy, sim::TraceLevel::off, {.points = 29000, .free_jiffies = 0});
    w.spawn(0, pass_points, nullptr);
    w.spawn(1, pass_points, nullptr);
    w.run_to_quiescence();
    w.finish();
    return w.points();
}

// --- executions ---------------------------------------------------------------------------------

// Counts the switches that runs make: that many bare jumps are the floor of their plan.
class CountSwitches final : public sim::Around {
   public:
    using Around::Around;
    void end(std::uint64_t points) override {
        switches += sim::world().switches();
        Around::end(points);
    }
    std::uint64_t switches = 0;
};

// The reference plan: eight operations in the standard configuration, as the subsystem's own
// weights draw them; of some hundred such plans the one that comes closest to 150 points when
// nothing is preempted.
Plan reference_plan(const scenario::Subsystem& target) {
    constexpr std::uint64_t wanted = 150;
    const GenerateOptions options{.fixed_configs = ~0u, .min_ops = 8, .max_ops = 8};
    Prng prng(1);
    Plan best = empty_plan(target);
    std::uint64_t best_distance = ~std::uint64_t{0};
    for (int i = 0; i < 300; ++i) {
        Plan plan = generate(empty_plan(target), options, prng);
        NeverSwitch plain;
        const std::uint64_t points = run(plan, plain).points;
        const std::uint64_t distance = points > wanted ? points - wanted : wanted - points;
        if (distance >= best_distance) continue;
        best = std::move(plan);
        best_distance = distance;
    }
    return best;
}

void measure_policy(std::vector<Measurement>& all, const Plan& plan, std::string_view name,
                    double jump, double seconds) {
    const auto policy = strategy::make_policy(name);
    std::uint64_t seed = 0;
    std::uint64_t points = 0;
    std::uint64_t runs = 0;
    CountSwitches counter(*policy);
    for (; runs < 200; ++runs) {
        policy->reseed(++seed);
        points += run(plan, counter).points;
    }
    const double per_run = nanoseconds_per_unit(seconds, [&] {
        for (int i = 0; i < 100; ++i) {
            policy->reseed(++seed);
            run(plan, *policy);
        }
        return std::uint64_t{100};
    });
    const auto switches = static_cast<double>(counter.switches) / static_cast<double>(runs);
    const std::string label = "reference plan, " + std::string(name);
    all.push_back({label + ": points", static_cast<double>(points / runs), "per execution"});
    all.push_back({label + ": switches", switches, "per execution"});
    all.push_back({label + ": executions", 1e9 / per_run, "per CPU-second", "300000"});
    all.push_back({label + ": cost", per_run / (switches * jump), "x its bare jumps", "3"});
}

}  // namespace

std::vector<Measurement> measure_costs(const scenario::Subsystem& target, double seconds) {
    std::vector<Measurement> all;
    const double jump = nanoseconds_per_unit(seconds, jump_often);
    all.push_back({"bare fiber jump", jump, "ns"});
    NeverSwitch never;
    AlwaysSwitch always;
    const double stays = nanoseconds_per_unit(seconds, [&] { return two_tasks(never); });
    const double switches = nanoseconds_per_unit(seconds, [&] { return two_tasks(always); });
    all.push_back({"point that does not switch", stays, "ns"});
    all.push_back({"point that does not switch", stays / jump, "x the bare jump", "below 1"});
    all.push_back({"point that switches", switches, "ns"});
    all.push_back({"point that switches", switches / jump, "x the bare jump", "2.5"});
    const Plan plan = reference_plan(target);
    for (const strategy::PolicyInfo& policy : strategy::all_policies())
        measure_policy(all, plan, policy.name, jump, seconds);
    return all;
}

}  // namespace rcufuzz::run
