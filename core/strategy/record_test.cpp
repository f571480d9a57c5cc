// SPDX-License-Identifier: GPL-2.0-or-later
//
// Record and FromPlan: what a policy did, replayed from the sparse list of its decisions, is the
// same run.
#include "core/strategy/record.h"

#include <gtest/gtest.h>

#include "core/base/prng.h"
#include "core/strategy/from_plan.h"
#include "core/strategy/program_test.h"
#include "core/strategy/strategies.h"

namespace rcufuzz::strategy {
namespace {

using sim::Decision;
using test::story;

// Three CPUs with all that a choice can be about: a lock that spins, a sleeper, a busy-waiter,
// preemption, interrupts that nest, softirqs from timers, an NMI, data choices and time.
struct Machine {
    sim::ObjectId counter, lock, flag, wait;
    sim::Context* owner = nullptr;
    sim::Context* sleeper = nullptr;
    bool flag_set = false;
    sim::Irq ipi, nmi;
};
Machine* machine;

void take_lock() {
    sim::World& w = sim::world();
    test::access(machine->lock, sim::AccessKind::lock);
    while (machine->owner != nullptr)
        w.block(sim::ContextState::spinning, machine->lock, sim::Site::current());
    machine->owner = &w.current();
}

void drop_lock() {
    sim::World& w = sim::world();
    test::access(machine->lock, sim::AccessKind::unlock);
    machine->owner = nullptr;
    for (unsigned key = 0; key < w.cpus() * sim::slots_per_cpu; ++key)
        if (w.context(static_cast<sim::ContextKey>(key)).blocked_on == machine->lock)
            w.unblock(w.context(static_cast<sim::ContextKey>(key)));
}

void bump(char letter) {
    test::access(machine->counter, sim::AccessKind::write);
    if (sim::world().choose(1, 3, sim::Site::current()) != 0) story += '!';
    story += letter;
}

void arm_timer(unsigned cpu, sim::Jiffies delay) {
    sim::World& w = sim::world();
    test::access(machine->counter, sim::AccessKind::timer);
    w.set_expiry(cpu, w.jiffies() + delay);
}

void run_softirq(void*) {
    sim::World& w = sim::world();
    w.set_expiry(w.current().cpu, sim::no_expiry);
    bump('s');
    if (machine->sleeper != nullptr) w.unblock(*machine->sleeper);
    machine->flag_set = true;
}

void work(void*) {
    sim::World& w = sim::world();
    take_lock();
    bump('w');
    drop_lock();
    w.raise_irq((w.current().cpu + 1) % w.cpus(), machine->ipi);
    bump('v');
    w.raise_nmi(2, machine->nmi);
    bump('u');
}

void sleep_once(void*) {
    sim::World& w = sim::world();
    arm_timer(w.current().cpu, 2);
    machine->sleeper = &w.current();
    while (!machine->flag_set)
        w.block(sim::ContextState::sleeping, machine->wait, sim::Site::current());
    bump('z');
}

void busy_wait(void*) {
    sim::World& w = sim::world();
    for (int i = 0; !machine->flag_set && i < 50; ++i) {
        test::access(machine->flag, sim::AccessKind::read);
        w.yield(sim::Site::current());
    }
    bump('y');
}

void boot_everything() {
    sim::World& w = sim::world();
    machine = &w.arena().make<Machine>();
    machine->counter = w.names().add("counter");
    machine->lock = w.names().add("lock");
    machine->flag = w.names().add("flag");
    machine->wait = w.names().add("wait");
    machine->ipi = {.handler =
                        [](void*) {
                            bump('i');
                            bump('j');
                        },
                    .name = machine->counter};
    machine->nmi = {.handler = [](void*) { bump('n'); }, .name = machine->counter};
    w.set_softirq_body(run_softirq);
    w.spawn(0, work, nullptr);
    w.spawn(0, work, nullptr);
    w.spawn(1, sleep_once, nullptr);
    w.spawn(1, work, nullptr);
    w.spawn(2, busy_wait, nullptr);
}
const test::Program everything{3, boot_everything, {.points = 20000, .free_jiffies = 3}};

class EachPolicy : public testing::TestWithParam<std::string> {};

TEST_P(EachPolicy, IsReplayedFromItsRecord) {
    const auto policy = make_policy(GetParam());
    Record record(*policy);
    for (std::uint64_t seed = 0; seed < 1000; ++seed) {
        policy->reseed(seed);
        const test::Ran recorded = test::run(everything, record);
        FromPlan replay(record.decisions());
        for (int twice = 0; twice < 2; ++twice) {
            const test::Ran replayed = test::run(everything, replay);
            ASSERT_EQ(replayed.trace_hash, recorded.trace_hash) << "seed " << seed;
            ASSERT_EQ(replayed.story, recorded.story);
        }
    }
}

TEST_P(EachPolicy, DoesNotNoticeThatItIsRecorded) {
    const auto policy = make_policy(GetParam());
    const auto twin = make_policy(GetParam());
    Record record(*policy);
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        policy->reseed(seed);
        twin->reseed(seed);
        ASSERT_EQ(test::run(everything, record).trace_hash,
                  test::run(everything, *twin).trace_hash);
    }
}

TEST_P(EachPolicy, DecisionsAreInTheOrderOfAPlan) {
    const auto policy = make_policy(GetParam());
    Record record(*policy);
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        policy->reseed(seed);
        test::run(everything, record);
        const auto decisions = record.decisions();
        ASSERT_FALSE(decisions.empty());
        for (std::size_t i = 1; i < decisions.size(); ++i)
            ASSERT_TRUE(comes_before(decisions[i - 1], decisions[i]));
        for (const Decision& decision : decisions) ASSERT_NE(decision.value, 0);
    }
}

INSTANTIATE_TEST_SUITE_P(All, EachPolicy, testing::Values("random", "pct", "pos", "surw"),
                         [](const auto& tested) { return tested.param; });

// Every way in which a run can go on must occur among the programs of the round trip.
TEST(RoundTripProgram, ReachesEveryKindOfChoice) {
    struct Census final : sim::Strategy {
        std::uint32_t choose(const sim::Choice& choice) override {
            const std::uint32_t answer = prng.below(choice.count);
            kinds |= 1u << static_cast<unsigned>(choice.kind);
            if (choice.kind == sim::ChoiceKind::data) return answer;
            const unsigned actor = choice.actor_of(answer);
            acts |= 1u << (actor == sim::actor_time ? 5u : actor / sim::max_cpus);
            return answer;
        }
        Prng prng;
        unsigned kinds = 0;
        unsigned acts = 0;
    } census;
    for (int i = 0; i < 100; ++i) test::run(everything, census);
    EXPECT_EQ(census.kinds, 0b1111u);
    EXPECT_EQ(census.acts, 0b111111u);
}

// Answers with the largest value to every data choice.
struct Extreme final : sim::Strategy {
    std::uint32_t choose(const sim::Choice& choice) override { return choice.count - 1; }
};

TEST(Record, TurnsAnAnswerThatNoDecisionCanHoldIntoTheOrdinaryOne) {
    Extreme extreme;
    Record record(extreme);
    record.begin(sim::world());
    const auto data = [](std::uint32_t ordinal, std::uint32_t count) {
        return sim::Choice{sim::ChoiceKind::data, 3, ordinal, count, 0, 0, 1};
    };
    EXPECT_EQ(record.choose(data(1, 128)), 127u);
    EXPECT_EQ(record.choose(data(2, 129)), 0u);
    EXPECT_EQ(record.choose(data(65535, 2)), 1u);
    EXPECT_EQ(record.choose(data(65536, 2)), 0u);
    EXPECT_EQ(record.decisions().size(), 2u);
}

TEST(Record, HoldsNoMoreThanItsLimitAndIsStillTheRun) {
    const auto policy = make_policy("random");
    Record record(*policy, 5);
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
        policy->reseed(seed);
        const test::Ran recorded = test::run(everything, record);
        ASSERT_LE(record.decisions().size(), 5u);
        FromPlan plan(record.decisions());
        ASSERT_EQ(test::run(everything, plan).trace_hash, recorded.trace_hash);
    }
}

}  // namespace
}  // namespace rcufuzz::strategy
