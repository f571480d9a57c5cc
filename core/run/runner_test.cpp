// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/run/runner.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>

#include "core/base/effort_test.h"
#include "core/base/heap.h"
#include "core/base/prng.h"
#include "core/kernel/kthread.h"
#include "core/kernel/swait.h"
#include "core/run/codec.h"
#include "core/run/generate.h"
#include "core/run/names.h"
#include "core/run/site.h"
#include "core/run/toy_test.h"
#include "core/scenario/platform.h"
#include "core/strategy/from_plan.h"
#include "core/strategy/record.h"
#include "core/strategy/strategies.h"

namespace rcufuzz::run {
namespace {

using scenario::Op;
using scenario::OpContext;

Plan toy_plan(std::vector<Op> ops) {
    Plan plan = empty_plan(toy::subsystem());
    plan.ops = std::move(ops);
    canonicalize(plan);
    return plan;
}

constexpr Op add(unsigned cpu, OpContext context) {
    return {toy::op_add, static_cast<std::uint8_t>(cpu), context, {1, 0}};
}

const std::vector<Op> every_context{add(0, OpContext::task_on), add(0, OpContext::task_off),
                                    add(0, OpContext::softirq), add(0, OpContext::hardirq),
                                    add(1, OpContext::hardirq), add(1, OpContext::task_on)};

TEST(Runner, EmptyPlanIsClean) {
    const Outcome outcome = replay(toy_plan({}));
    EXPECT_EQ(outcome.verdict, Verdict::clean);
    EXPECT_EQ(outcome.site, "");
    EXPECT_NE(outcome.trace_hash, 0u);
}

// Comes up unless the step is 3: then its boot ends at an objection of its own.
class BootsUnlessStepIsThree final : public scenario::Platform {
   public:
    bool boots(const scenario::Workload& workload, sim::TraceLevel level) override {
        if (workload.config[toy::config_step] != 3) return true;
        static strategy::FromPlan no_decisions{{}};
        sim::World& w = sim::world();
        w.begin(1, no_decisions, level, {});
        w.spawn(0, [](void*) { sim::world().fail(Verdict::oops, "no boot", {}); }, nullptr);
        EXPECT_FALSE(w.run_to_quiescence());
        return false;
    }
    void begin(const scenario::Workload&) override { ++begun; }
    void start_ops(const scenario::Workload&, scenario::Instance&) override {}
    void raise_ticks(const scenario::Workload&, scenario::Instance&) override {}
    void judge_progress() override {}

    unsigned begun = 0;
};

TEST(Runner, ABootThatFailsIsTheRunAndItsDecisionsAreNone) {
    BootsUnlessStepIsThree platform;
    scenario::Subsystem target = toy::subsystem();
    target.platform = &platform;
    Plan plan = toy_plan(every_context);
    plan.target = &target;
    const auto policy = strategy::make_policy("random");
    strategy::Record recorder(*policy, max_decisions);
    policy->reseed(1);
    EXPECT_FALSE(run(plan, recorder).found());
    EXPECT_EQ(platform.begun, 1u);

    set_config(plan, "step=3");
    for (int i = 0; i < 2; ++i) {
        const Outcome outcome = run(plan, recorder, {.identify = true});
        EXPECT_EQ(outcome.verdict, Verdict::oops);
        EXPECT_EQ(outcome.detail, "no boot");
        EXPECT_FALSE(outcome.identity.empty());
        EXPECT_TRUE(recorder.decisions().empty());
    }
    EXPECT_EQ(platform.begun, 1u);
    EXPECT_EQ(replay(plan, {.trace = sim::TraceLevel::hash}).trace_hash,
              replay(plan, {.trace = sim::TraceLevel::hash}).trace_hash);

    set_config(plan, "step=1");
    EXPECT_FALSE(run(plan, recorder).found());
    EXPECT_EQ(platform.begun, 2u);
}

TEST(Runner, OperationsRunInTheirContext) {
    EXPECT_EQ(replay(toy_plan(every_context)).verdict, Verdict::clean);
    EXPECT_EQ(toy::log().ops_run, 6u);
    EXPECT_EQ(toy::log().wrong_context, 0u);
    EXPECT_EQ(toy::log().closed_cpus, 3u);
    EXPECT_EQ(toy::log().ticks, 0u);
}

TEST(Runner, EndTickReachesEveryWorkloadCpu) {
    Plan plan = toy_plan(every_context);
    set_config(plan, "end_tick=1");
    EXPECT_EQ(replay(plan).verdict, Verdict::clean);
    EXPECT_EQ(toy::log().ticks, 2u);
}

TEST(Runner, WhatAnOperationLeavesOpenIsClosedBeforeTheWait) {
    const Op leave{toy::op_leave_irqs_off, 0, OpContext::task_on, {}};
    EXPECT_EQ(replay(toy_plan({leave, add(0, OpContext::hardirq)})).verdict, Verdict::clean);
    EXPECT_EQ(toy::log().ops_run, 2u);
}

TEST(Runner, RaisedOperationsRunAtAnyLaterPoint) {
    Plan plan = toy_plan({add(0, OpContext::hardirq), add(0, OpContext::task_on)});
    NamedTrace trace;
    const auto first_op = [&](const Plan& run) {
        replay(run, {.trace = sim::TraceLevel::full, .keep = &trace});
        for (const sim::Event& event : trace.events)
            if (event.kind == sim::EventKind::op_begin) return event.a;
        return std::int64_t{-1};
    };
    EXPECT_EQ(first_op(plan), 1);
    plan.decisions = {{0, 2, 1 + sim::actor(sim::Act::irq, 0)}};
    EXPECT_EQ(first_op(plan), 0);
}

TEST(Runner, NamedTraceHasWords) {
    NamedTrace trace;
    replay(toy_plan(every_context), {.trace = sim::TraceLevel::full, .keep = &trace});
    EXPECT_EQ(trace.contexts.size(), 256u);
    EXPECT_EQ(trace.contexts[0], "cpu0");
    EXPECT_EQ(trace.contexts[1], "cpu0/softirq");
    EXPECT_EQ(trace.contexts[16], "worker");
    EXPECT_EQ(trace.blocked, std::vector<std::string>{"worker waits for worker_queue"});
    EXPECT_NE(std::find(trace.objects.begin(), trace.objects.end(), "device_irq[3]"),
              trace.objects.end());
}

TEST(Runner, BugsAreFoundAndBenignOnesAreNot) {
    Plan plan = toy_plan(
        {{toy::op_post, 0, OpContext::task_on, {}}, {toy::op_post, 0, OpContext::task_on, {}}});
    EXPECT_EQ(replay(plan).verdict, Verdict::clean);
    plan.bugs = 1u << toy::bug_extra_wake;
    EXPECT_EQ(replay(plan).verdict, Verdict::clean);
    plan.bugs = 1u << toy::bug_no_wake;
    EXPECT_EQ(replay(plan).verdict, Verdict::clean);  // the worker comes last and sees them
    plan.decisions = {{main_key, 1, 1 + sim::actor(sim::Act::run, 2)}};
    const Outcome outcome = replay(plan);
    EXPECT_EQ(outcome.verdict, Verdict::stranded_callback);
    EXPECT_TRUE(outcome.site.starts_with("run/toy_test.cpp:")) << outcome.site;
    EXPECT_TRUE(outcome.site.ends_with(" judge_end")) << outcome.site;
    EXPECT_EQ(outcome.detail, "a post was not consumed");
}

TEST(Runner, BlackBoxSilencesInnerInvariants) {
    Plan plan = toy_plan(
        {{toy::op_post, 0, OpContext::task_on, {}}, {toy::op_post, 0, OpContext::task_on, {}}});
    plan.bugs = 1u << toy::bug_odd_posts;
    EXPECT_EQ(replay(plan).verdict, Verdict::invariant);
    plan.oracle = OracleMode::black_box;
    EXPECT_EQ(replay(plan).verdict, Verdict::clean);
}

TEST(Runner, EqualArgumentsGiveEqualOutcomes) {
    const auto random = strategy::make_policy("random");
    for (std::uint64_t seed = 0; seed < 300; ++seed) {
        Prng prng(seed);
        const Plan plan = generate(empty_plan(toy::subsystem()), {}, prng);
        random->forget();  // a walk learns from those before it how long one is
        random->reseed(seed);
        const Recorded first = record(plan, *random);
        random->forget();
        random->reseed(seed);
        const Recorded second = record(plan, *random);
        const Outcome again = replay(first.plan);
        ASSERT_EQ(first.plan, second.plan);
        for (const Outcome& other : {second.outcome, again}) {
            ASSERT_EQ(other.trace_hash, first.outcome.trace_hash) << to_text(first.plan);
            ASSERT_EQ(other.state_hash, first.outcome.state_hash);
            ASSERT_EQ(other.points, first.outcome.points);
            ASSERT_EQ(other.verdict, Verdict::clean) << other.detail << to_text(first.plan);
        }
    }
}

// --- what tells states apart ---------------------------------------------------------------------

// One kthread that waits on one of two queues, as the configuration says.
class Waiter final : public scenario::Instance {
   public:
    explicit Waiter(std::size_t queue) : chosen_(queue) {}
    void boot() override {
        for (kernel::SwaitQueue& queue : queues_) queue.init("queue", -1);
        kernel::kthread_run([](void* self) { static_cast<Waiter*>(self)->wait(); }, this, 1,
                            "waiter", -1);
    }
    bool run_op(const Op&) override { return true; }
    void close_cpu(unsigned) override {}
    void tick(unsigned) override {}
    void judge_end() override {}
    std::optional<std::int64_t> observe(std::string_view) const override { return std::nullopt; }

   private:
    void wait() {
        kernel::swait_event_idle_exclusive(queues_[chosen_],
                                           [] { return kernel::kthread_should_stop(); });
    }

    std::size_t chosen_;
    std::array<kernel::SwaitQueue, 2> queues_;
};

const scenario::Subsystem& waiter() {
    static constexpr std::array<scenario::OpSpec, 1> ops{{{"nothing", "", scenario::any_context}}};
    static constexpr std::array<scenario::ConfigSpec, 2> configs{
        {scenario::end_tick_spec, {"queue", "which one", 0, 1, 0, {}}}};
    static constexpr scenario::Subsystem the_subsystem{
        .name = "waiter",
        .summary = "",
        .ops = ops,
        .bugs = {},
        .configs = configs,
        .workload_cpus = [](const scenario::ConfigValues&) { return 1u; },
        .all_cpus = [](const scenario::ConfigValues&) { return 2u; },
        .cpu_name = [](const scenario::ConfigValues&, unsigned) { return std::string("cpu"); },
        .create = [](Arena& arena, const scenario::ConfigValues& config) -> scenario::Instance& {
            return arena.make<Waiter>(static_cast<std::size_t>(config[1]));
        },
        .tell = nullptr,
    };
    return the_subsystem;
}

TEST(Runner, StatesDifferByWhatIsWaitedFor) {
    Plan plan = empty_plan(waiter());
    const std::uint64_t first = replay(plan).state_hash;
    plan.config[1] = 1;
    EXPECT_NE(replay(plan).state_hash, first);
}

TEST(Runner, StatesDifferByHowFarContextsCame) {
    const Plan one = toy_plan({add(0, OpContext::task_on)});
    const Plan five = toy_plan(std::vector<Op>(5, add(0, OpContext::task_on)));
    EXPECT_NE(replay(one).state_hash, replay(five).state_hash);
    EXPECT_EQ(replay(one).state_hash, replay(one).state_hash);
}

// Whatever mutators make of a plan, the harness runs it to its end and the toy is correct.
TEST(Runner, AnyBytesRun) {
    Prng prng(5);
    const Frame frame{empty_plan(toy::subsystem())};
    for (int i = 0; i < effort(2000); ++i) {
        std::vector<std::uint8_t> bytes(prng.below(600));
        for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(prng.next());
        Plan plan = decode(bytes, frame);
        for (int j = 0; j < 3; ++j) mutate(plan, prng);
        const Outcome outcome = replay(plan);
        ASSERT_EQ(outcome.verdict, Verdict::clean) << outcome.detail << "\n" << to_text(plan);
    }
}

TEST(Runner, AllocatesNothingAfterWarmUp) {
    Prng prng(7);
    std::vector<Plan> plans;
    for (int i = 0; i < 50; ++i) {
        plans.push_back(generate(empty_plan(toy::subsystem()), {}, prng));
        for (int j = 0; j < 10; ++j) mutate(plans.back(), prng);
    }
    std::uint64_t before = 0;
    for (int round = 0; round < 3; ++round) {
        before = heap_blocks_taken();
        for (const Plan& plan : plans) {
            strategy::FromPlan from_plan(plan.decisions);
            run(plan, from_plan);
        }
    }
    EXPECT_EQ(heap_blocks_taken(), before);
}

TEST(Site, FilesBelowTheirFolder) {
    EXPECT_EQ(site_file("/a/core/subsystems/nocb/wake.cpp"), "nocb/wake.cpp");
    EXPECT_EQ(site_file("core/kernel/rcu.cpp"), "kernel/rcu.cpp");
    EXPECT_EQ(site_file("/tmp/x.cpp"), "x.cpp");
    EXPECT_EQ(site_file("x.cpp"), "x.cpp");
    EXPECT_EQ(site_file("kernel/rcu/tree.c"), "kernel/rcu/tree.c");
}

TEST(Site, FunctionNamesOfBothCompilers) {
    EXPECT_EQ(bare_function_name("int main()"), "main");
    for (const char* text :
         {"bool ns::(anonymous namespace)::foo(T *, bool) [T = ns::(anonymous namespace)::rdp]",
          "bool ns::{anonymous}::foo(T*, bool) [with T = rdp]",
          "auto ns::(anonymous namespace)::foo(ns::rdp *)::(anonymous class)::operator()(int) "
          "const",
          "ns::{anonymous}::foo<rdp>(rdp*, bool)::<lambda(int)>",
          "std::pair<int, int> *ns::T<3>::foo(int (*)(int)) [N = 3]", "foo"})
        EXPECT_EQ(bare_function_name(text), "foo") << text;
    EXPECT_EQ(bare_function_name("auto ns::(anonymous class)::operator()(void *) const"),
              "operator");
    EXPECT_EQ(bare_function_name("ns::<lambda(void*)>"), "lambda");
    EXPECT_EQ(bare_function_name("ns::C::~C()"), "~C");
}

}  // namespace
}  // namespace rcufuzz::run
