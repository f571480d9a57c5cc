// SPDX-License-Identifier: GPL-2.0-or-later
//
// What a policy costs: runs of four tasks on CPUs of their own that pass 50 points each, with the
// clock as a fifth candidate. Counters: points per run, time per point, switches included. "never"
// is never asked; "replay" takes the same decisions as the policy without having to make them, so
// the difference is the policy's own.
#include <benchmark/benchmark.h>

#include <optional>
#include <vector>

#include "core/strategy/from_plan.h"
#include "core/strategy/program_test.h"
#include "core/strategy/record.h"
#include "core/strategy/strategies.h"

namespace rcufuzz::strategy {
namespace {

void pass_points(void* object) {
    for (int i = 0; i < 50; ++i)
        test::access(*static_cast<sim::ObjectId*>(object), sim::AccessKind::write);
}

void boot() {
    for (unsigned cpu = 0; cpu < 4; ++cpu) {
        auto& object = sim::world().arena().make<sim::ObjectId>();
        object = sim::world().names().add("object", static_cast<int>(cpu / 2));
        sim::world().spawn(cpu, pass_points, &object);
    }
}

void run_once(sim::Strategy& strategy) {
    sim::World& world = sim::world();
    world.begin(4, strategy, sim::TraceLevel::off, {.points = 20000, .free_jiffies = 4});
    boot();
    world.run_to_quiescence();
    world.finish();
}

// `next` prepares and returns the strategy of the next run.
template <typename Next>
void measure(benchmark::State& state, Next next) {
    std::uint64_t points = 0;
    for (auto _ : state) {
        run_once(next());
        points += sim::world().points();
    }
    state.counters["points"] =
        static_cast<double>(points) / static_cast<double>(state.iterations());
    state.counters["per_point"] = benchmark::Counter(
        static_cast<double>(points), benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

void never(benchmark::State& state) {
    FromPlan plan({});
    measure(state, [&plan]() -> sim::Strategy& { return plan; });
}

void policy(benchmark::State& state, std::string_view name) {
    const auto made = make_policy(name);
    std::uint64_t seed = 0;
    measure(state, [&]() -> sim::Strategy& {
        made->reseed(seed++);
        return *made;
    });
}

void recorded(benchmark::State& state, std::string_view name) {
    const auto made = make_policy(name);
    Record record(*made);
    std::uint64_t seed = 0;
    measure(state, [&]() -> sim::Strategy& {
        made->reseed(seed++);
        return record;
    });
}

// The decisions of many runs of the policy; one alone would be learned by the branch predictor.
void replay(benchmark::State& state, std::string_view name) {
    const auto made = make_policy(name);
    std::vector<std::vector<sim::Decision>> recordings;
    for (std::uint64_t seed = 0; seed < 256; ++seed) {
        Record record(*made);
        made->reseed(seed);
        run_once(record);
        const auto decisions = record.decisions();
        recordings.emplace_back(decisions.begin(), decisions.end());
    }
    std::size_t turn = 0;
    std::optional<FromPlan> plan;
    measure(state, [&]() -> sim::Strategy& {
        return plan.emplace(recordings[turn++ % recordings.size()]);
    });
}

BENCHMARK(never);
BENCHMARK_CAPTURE(policy, random, "random");
BENCHMARK_CAPTURE(recorded, random, "random");
BENCHMARK_CAPTURE(replay, random, "random");
BENCHMARK_CAPTURE(policy, pct, "pct");
BENCHMARK_CAPTURE(replay, pct, "pct");
BENCHMARK_CAPTURE(policy, pos, "pos");
BENCHMARK_CAPTURE(replay, pos, "pos");
BENCHMARK_CAPTURE(policy, surw, "surw");
BENCHMARK_CAPTURE(replay, surw, "surw");

}  // namespace
}  // namespace rcufuzz::strategy
