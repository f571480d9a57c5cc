// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/run/kernel_bench.h"

#include <sys/resource.h>

#include <cstdint>
#include <string>

#include "core/run/hunt.h"
#include "core/run/time_bench.h"
#include "core/scenario/platform.h"
#include "core/sim/world.h"
#include "core/strategy/strategies.h"
#include "core/subsystems/subsystems.h"

namespace rcufuzz::run {

namespace {

class Plain final : public sim::Strategy {
   public:
    std::uint32_t choose(const sim::Choice&) override { return 0; }
    std::uint32_t points_until_choice(sim::ContextKey, std::uint32_t) override {
        return sim::never_ask;
    }
};

constexpr unsigned ops_of_a_run = 20;

GenerateOptions workloads(const Frame& frame) {
    return {.fixed_configs = frame.fixed_configs,
            .min_ops = ops_of_a_run,
            .max_ops = ops_of_a_run,
            .long_max_ops = ops_of_a_run};
}

Frame with_cpus(Frame frame, unsigned cpus) {
    for (std::size_t i = 0; i < frame.plan.target->configs.size(); ++i) {
        if (frame.plan.target->configs[i].name != "cpus") continue;
        frame.plan.config[i] = static_cast<std::int16_t>(cpus);
        frame.fixed_configs |= 1u << i;
    }
    return frame;
}

// Nothing but what a run begins with: the machine's own part, and the kernel's memory put back.
double restoring_nanoseconds(const Plan& plan, double seconds) {
    const scenario::Subsystem& target = *plan.target;
    scenario::Platform& platform = *target.platform;
    const scenario::Workload workload{.ops = {},
                                      .config = plan.config,
                                      .cpus = target.workload_cpus(plan.config),
                                      .weak_memory = false,
                                      .subject = plan.subject};
    CHECK(platform.boots(workload, sim::TraceLevel::off));
    Plain plain;
    const auto runs = [&](bool restores) {
        return nanoseconds_per_unit(seconds, [&] {
            constexpr std::uint64_t often = 1000;
            sim::World& w = sim::world();
            for (std::uint64_t i = 0; i < often; ++i) {
                w.begin(target.all_cpus(plan.config), plain, sim::TraceLevel::off, {},
                        platform.guest());
                if (restores) platform.begin(workload);
                w.finish();
            }
            return often;
        });
    };
    return runs(true) - runs(false);
}

struct PlainCost {
    double nanoseconds = 0;  // of a run
    double points = 0;
};

// Workloads that nobody preempts.
PlainCost plain_cost(const Frame& frame, double seconds) {
    constexpr unsigned workload_count = 64;
    Prng prng(1);
    std::vector<Plan> plans;
    while (plans.size() < workload_count)
        plans.push_back(generate(frame.plan, workloads(frame), prng));
    Plain plain;
    std::uint64_t points = 0;
    for (const Plan& plan : plans) points += run(plan, plain).points;
    const double per_run = nanoseconds_per_unit(seconds, [&] {
        for (const Plan& plan : plans) run(plan, plain);
        return std::uint64_t{workload_count};
    });
    return {per_run, static_cast<double>(points) / workload_count};
}

void measure_hunt(std::vector<Measurement>& all, const Frame& frame, std::string_view strategy,
                  unsigned cpus, double seconds) {
    HuntOptions options;
    options.base = frame.plan;
    options.workload = workloads(frame);
    options.strategy = strategy;
    options.all = true;
    const double began = cpu_seconds();
    options.keep_going = [&](const HuntResult& so_far) {
        return so_far.runs == 0 || cpu_seconds() - began < seconds;
    };
    const HuntResult result = hunt(options);
    const double spent = cpu_seconds() - began;
    const auto runs = static_cast<double>(result.runs);
    const auto points = static_cast<double>(result.points);
    const std::string label = std::to_string(cpus) + " CPUs, " + std::string(strategy);
    all.push_back({label + ": executions", runs / spent, "per CPU-second",
                   cpus == 2 ? "40000" : "20000"});
    all.push_back({label + ": points", points / runs, "per execution"});
    all.push_back({label + ": a point", 1e9 * spent / points, "ns"});
}

double peak_mebibytes() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<double>(usage.ru_maxrss) / 1024;
}

}  // namespace

std::vector<Measurement> measure_kernel(const Frame& frame, double seconds) {
    std::vector<Measurement> all;
    const Frame two = with_cpus(frame, 2);
    const double restoring = restoring_nanoseconds(two.plan, seconds);
    all.push_back({"2 CPUs: restoring the booted state", restoring / 1000, "us", "5"});
    const double restoring_four = restoring_nanoseconds(with_cpus(frame, 4).plan, seconds);
    all.push_back({"4 CPUs: restoring the booted state", restoring_four / 1000, "us", "5"});
    const PlainCost kernel = plain_cost(two, seconds);
    const double kernel_point = (kernel.nanoseconds - restoring) / kernel.points;
    all.push_back({"2 CPUs, never switching: points", kernel.points, "per execution"});
    all.push_back({"point that does not switch", kernel_point, "ns"});
    const PlainCost own = plain_cost({empty_plan(*subsystems::find("nocb"))}, seconds);
    const double own_point = own.nanoseconds / own.points;
    all.push_back({"the same of nocb", own_point, "ns"});
    all.push_back({"the kernel's", kernel_point / own_point, "x that of nocb", "1.5"});
    for (const unsigned cpus : {2u, 4u})
        for (const strategy::PolicyInfo& policy : strategy::all_policies())
            measure_hunt(all, with_cpus(frame, cpus), policy.name, cpus, seconds);
    all.push_back({"peak memory of the process", peak_mebibytes(), "MiB", "300"});
    return all;
}

}  // namespace rcufuzz::run
