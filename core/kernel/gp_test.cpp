// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/kernel/gp.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "core/kernel/kernel_test.h"

namespace rcufuzz::kernel {
namespace {

using test::Answers;
using test::AtRandom;
using test::fault;
using test::point;
using test::Prefer;
using test::Ran;
using test::run_kernel;
using test::run_of;
using test::Sequential;
using test::step;
using test::steps;
using test::task;
using test::told;

constexpr unsigned workers = 3;  // CPUs 0 .. 2; the grace-period kthread has CPU 3

struct Machine {
    RcuState state;
    RcuCpu cpu[workers];
};
Machine* machine;

// One leaf or two; strict or not.
struct Shape {
    bool two_leaves = false;
    bool strict = true;
};

void boot_rcu(const Shape& shape) {
    machine = &sim::world().arena().make<Machine>();
    rcu_init(machine->state, {.cpus = workers + 1,
                              .gp_cpu = workers,
                              .two_leaves = shape.two_leaves,
                              .strict = shape.strict});
    for (unsigned cpu = 0; cpu < workers; ++cpu) {
        machine->cpu[cpu].cpu = cpu;
        machine->cpu[cpu].mynode = &machine->state.leaf_of(cpu);
    }
}

Ran run_rcu(sim::Strategy& strategy, const test::Body& boot_tasks, const Shape& shape = {},
            const test::Body& at_end = {}) {
    return run_kernel(
        workers + 1, strategy,
        [&] {
            boot_rcu(shape);
            boot_tasks();
        },
        {.points = 20000, .free_jiffies = 4}, at_end);
}

// What call_rcu() comes to: asks for a grace period that begins after now. Returns its number.
struct Request {
    Seq seq;
    bool started;  // it was this request that set the kthread going
};
Request request() {
    RcuState& state = machine->state;
    RcuCpu& rdp = machine->cpu[smp_processor_id()];
    const IrqFlags flags = raw_spin_lock_irqsave(rdp.mynode->lock);
    const Seq seq = rcu_seq_snap(state.gp_seq);
    const bool wake = rcu_start_this_gp(state, *rdp.mynode, rdp, seq);
    raw_spin_unlock_irqrestore(rdp.mynode->lock, flags);
    if (wake) rcu_gp_kthread_wake(state);
    return {seq, wake};
}

void await(Seq seq) {
    RcuNode& leaf = *machine->cpu[smp_processor_id()].mynode;
    swait_event_idle_exclusive(leaf.nocb_gp_wq[rcu_seq_ctr(seq) & 1],
                               [&leaf, seq] { return rcu_seq_done(leaf.gp_seq, seq); });
}

void synchronize() { await(request().seq); }

// --- one grace period ---------------------------------------------------------------------------

TEST(GracePeriod, IsRequestedRunsAndEnds) {
    Sequential strategy;
    const Ran ran = run_rcu(strategy, [] {
        task(0, [] {
            EXPECT_EQ(machine->state.gp_seq.get(), 0u);
            const Request asked = request();
            EXPECT_EQ(asked.seq, 4u);
            EXPECT_TRUE(asked.started);
            await(asked.seq);
            step('a');
            EXPECT_EQ(machine->state.root().gp_seq.get(), 4u);
        });
    });
    EXPECT_EQ(ran.told, "a");
    EXPECT_EQ(fault(ran), "");
    EXPECT_TRUE(ran.quiescent);
}

TEST(GracePeriod, DoesNotBeginWithoutARequest) {
    Prefer strategy({sim::actor_time});
    run_rcu(
        strategy, [] { task(0, [] { steps("aaa"); }); }, {},
        [] { EXPECT_EQ(machine->state.gp_seq.get(), 0u); });
}

TEST(GracePeriod, LeavesNothingRequestedBehind) {
    Sequential strategy;
    run_rcu(
        strategy, [] { task(0, synchronize); }, {},
        [] {
            EXPECT_EQ(machine->state.gp_seq.get(), 4u);
            EXPECT_EQ(machine->state.gp_flags.get(), 0);
            EXPECT_EQ(machine->state.root().qsmask.get(), 0u);
        });
}

TEST(GracePeriod, TakesNoTimeWhenStrictAndAJiffyWhenNot) {
    for (const bool two_leaves : {false, true}) {
        Sequential strategy;
        EXPECT_EQ(run_rcu(strategy, [] { task(0, synchronize); }, {two_leaves, true}).passed(), 0u);
        EXPECT_EQ(run_rcu(strategy, [] { task(0, synchronize); }, {two_leaves, false}).passed(),
                  1u);
    }
}

// --- whom it waits for --------------------------------------------------------------------------

// Regions that a grace period must not end within, if they began before it was asked for.
struct Region {
    const char* name;
    void (*enter)();
    void (*leave)();
};

class GracePeriodWaits : public testing::TestWithParam<Region> {};

// How often did the end of a wait come while a region was open that was open when it began?
unsigned too_early(std::uint64_t seeds, const Shape& shape, bool waits) {
    unsigned early = 0;
    for (std::uint64_t seed = 0; seed < seeds; ++seed) {
        AtRandom strategy(seed, 1 + seed % 4);
        static unsigned open;  // number of the region that CPU 1 is in; 0: none
        open = 0;
        const Ran ran = run_rcu(
            strategy,
            [&] {
                task(0, [&] {
                    for (int i = 0; i < 2; ++i) {
                        point();
                        const unsigned then = open;
                        const Request asked = request();
                        if (waits) await(asked.seq);
                        if (then != 0 && open == then) ++early;
                    }
                });
                task(1, [] {
                    for (unsigned i = 1; i <= 3; ++i) {
                        GracePeriodWaits::GetParam().enter();
                        open = i;
                        for (int n = 0; n < 4; ++n) point();
                        open = 0;
                        GracePeriodWaits::GetParam().leave();
                    }
                });
            },
            shape);
        EXPECT_EQ(fault(ran), "");
    }
    return early;
}

TEST_P(GracePeriodWaits, ForTheRegion) {
    EXPECT_EQ(too_early(300, {false, true}, true), 0u);
    EXPECT_EQ(too_early(300, {true, true}, true), 0u);
    EXPECT_EQ(too_early(100, {false, false}, true), 0u);
    EXPECT_GT(too_early(100, {false, true}, false), 0u) << "the test can fail";
}

INSTANTIATE_TEST_SUITE_P(
    , GracePeriodWaits,
    testing::Values(
        Region{"Reader", [] { rcu_read_lock(); }, [] { rcu_read_unlock(); }},
        Region{"InterruptsDisabled", [] { local_irq_disable(); }, [] { local_irq_enable(); }},
        Region{"PreemptionDisabled", [] { preempt_disable(); }, [] { preempt_enable(); }},
        Region{"BottomHalvesDisabled", [] { local_bh_disable(); }, [] { local_bh_enable(); }}),
    [](const auto& parameter) { return parameter.param.name; });

TEST(GracePeriod, WaitsForAReaderForAsLongAsItTakes) {
    Prefer others({run_of(0), run_of(3), test::softirq_of(3), sim::actor_time});
    Answers strategy(
        [&](const sim::Choice& choice) { return told == "(" ? others.choose(choice) : 0; });
    const Ran ran = run_rcu(strategy, [] {
        task(1, [] {
            rcu_read_lock();
            step('(');
            for (int i = 0; i < 100; ++i) point();
            EXPECT_GT(jiffies(), 120u);
            EXPECT_NE(machine->state.root().qsmask.get(), 0u);
            told += ')';
            rcu_read_unlock();
        });
        task(0, [] {
            synchronize();
            told += 'a';
        });
    });
    EXPECT_EQ(ran.told, "()a");
}

TEST(GracePeriod, DoesNotWaitForAReaderThatBeganLater) {
    // It may wait for it; but it need not: the CPU was quiescent once since the beginning.
    unsigned inside = 0;
    for (std::uint64_t seed = 0; seed < 300; ++seed) {
        AtRandom strategy(seed, 1 + seed % 4);
        run_rcu(strategy, [&] {
            static bool open;
            open = false;
            task(0, [&] {
                synchronize();
                inside += open ? 1 : 0;
            });
            task(1, [] {
                steps("bbb");
                rcu_read_lock();
                open = true;
                for (int i = 0; i < 20; ++i) point();
                open = false;
                rcu_read_unlock();
            });
        });
    }
    EXPECT_GT(inside, 0u);
}

// --- requests -----------------------------------------------------------------------------------

TEST(Requests, OfTheSameMomentShareAGracePeriod) {
    Sequential strategy;  // all three ask before the kthread has a turn
    for (const bool two_leaves : {false, true}) {
        unsigned started = 0;
        run_rcu(
            strategy,
            [&] {
                for (unsigned cpu = 0; cpu < workers; ++cpu)
                    task(cpu, [&] {
                        const Request asked = request();
                        EXPECT_EQ(asked.seq, 4u);
                        started += asked.started ? 1 : 0;
                        await(asked.seq);
                    });
            },
            {.two_leaves = two_leaves}, [] { EXPECT_EQ(machine->state.gp_seq.get(), 4u); });
        EXPECT_EQ(started, 1u);
    }
}

TEST(Requests, DuringAGracePeriodGetTheNextOne) {
    // CPU 1's reader keeps the first grace period going until CPU 0 has asked for another.
    Answers strategy(
        [](const sim::Choice& choice) { return told == "(" ? choice.answer_for(run_of(0)) : 0; });
    for (const bool two_leaves : {false, true}) {
        const Ran ran = run_rcu(
            strategy,
            [] {
                task(1, [] {
                    rcu_read_lock();
                    step('(');
                    while (told.back() != '2') {
                        point();
                        sim::world().yield(Site::current());
                    }
                    rcu_read_unlock();
                });
                task(0, [] {
                    const Request first = request();
                    while (rcu_seq_state(machine->state.gp_seq.get()) == 0) {
                        point();
                        sim::world().yield(Site::current());
                    }
                    const Request second = request();
                    EXPECT_EQ(first.seq, 4u);
                    EXPECT_EQ(second.seq, 8u);
                    EXPECT_FALSE(second.started) << "the end of the first sees the request";
                    told += '2';
                    await(second.seq);
                    told += 'a';
                });
            },
            {.two_leaves = two_leaves, .strict = false},
            [] { EXPECT_EQ(machine->state.gp_seq.get(), 8u); });
        EXPECT_EQ(ran.told, "(2a");
    }
}

TEST(Requests, AreAllServed) {
    for (unsigned i = 0; i < 400; ++i) {
        const Shape shape{(i & 1) != 0, (i & 2) != 0};
        AtRandom strategy(i, 1 + i % 5);
        const Ran ran = run_rcu(
            strategy,
            [] {
                for (unsigned cpu = 0; cpu < workers; ++cpu)
                    task(cpu, [] {
                        for (int n = 0; n < 2; ++n) {
                            rcu_read_lock();
                            point();
                            rcu_read_unlock();
                            synchronize();
                            told += '.';
                        }
                    });
            },
            shape,
            [] {
                EXPECT_EQ(machine->state.gp_flags.get(), 0);
                EXPECT_EQ(rcu_seq_state(machine->state.gp_seq.get()), 0u);
            });
        ASSERT_EQ(fault(ran), "");
        ASSERT_EQ(ran.told, "......") << "a request was forgotten, seed " << i;
    }
}

TEST(Requests, WithoutOneThereIsNobodyToWake) {
    Sequential strategy;
    const Ran ran = run_rcu(strategy, [] {
        task(0, [] {
            sim::world().yield(Site::current());
            rcu_gp_kthread_wake(machine->state);
            EXPECT_EQ(machine->state.gp_kthread->context->state, sim::ContextState::sleeping);
        });
    });
    EXPECT_EQ(fault(ran), "");
}

TEST(RequestsDeathTest, WantTheLeafsLock) {
    EXPECT_EXIT(
        {
            Sequential strategy;
            run_rcu(strategy, [] {
                task(0, [] {
                    RcuCpu& rdp = machine->cpu[0];
                    rcu_start_this_gp(machine->state, *rdp.mynode, rdp, 4);
                });
            });
        },
        testing::ExitedWithCode(70), "held_by_current");
}

// --- who learns of it when ----------------------------------------------------------------------

// The number as the whole, the root and the leaves have it, at every choice of some runs.
struct Seen {
    Seq global, root, leaf0, leaf1;
    bool operator<(const Seen& other) const {
        return std::tie(global, root, leaf0, leaf1) <
               std::tie(other.global, other.root, other.leaf0, other.leaf1);
    }
};

std::set<Seen> numbers_seen(const Shape& shape) {
    std::set<Seen> seen;
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
        AtRandom random(seed, 2);
        Answers strategy([&](const sim::Choice& choice) {
            RcuState& state = machine->state;
            seen.insert({state.gp_seq.get(), state.root().gp_seq.get(),
                         state.leaf_of(0).gp_seq.get(), state.leaf_of(1).gp_seq.get()});
            return random.choose(choice);
        });
        run_rcu(
            strategy,
            [] {
                task(0, synchronize);
                task(1, [] { steps(std::string(60, 'b')); });
            },
            shape);
    }
    return seen;
}

TEST(Numbers, ReachTheNodesOneAfterTheOther) {
    const std::set<Seen> seen = numbers_seen({.two_leaves = true});
    // The beginning: the whole first, then the root, then the leaves in their order.
    EXPECT_TRUE(seen.contains({1, 0, 0, 0}));
    EXPECT_TRUE(seen.contains({1, 1, 0, 0}));
    EXPECT_TRUE(seen.contains({1, 1, 1, 0}));
    EXPECT_TRUE(seen.contains({1, 1, 1, 1}));
    // The end: the root, the leaves, and the whole last.
    EXPECT_TRUE(seen.contains({1, 4, 1, 1}));
    EXPECT_TRUE(seen.contains({1, 4, 4, 1}));
    EXPECT_TRUE(seen.contains({1, 4, 4, 4}));
    EXPECT_TRUE(seen.contains({4, 4, 4, 4}));
    for (const Seen& s : seen) {
        EXPECT_TRUE(s.leaf0 >= s.leaf1 && s.root >= s.leaf0) << "against the order";
        EXPECT_TRUE(s.global >= s.root || s.root == 4) << "a node knows of a beginning too early";
    }
}

TEST(Numbers, WithOneLeafTheRootIsTheLeaf) {
    for (const Seen& s : numbers_seen({})) {
        EXPECT_EQ(s.root, s.leaf0);
        EXPECT_EQ(s.root, s.leaf1);
    }
}

TEST(Waiters, WakeByTheParityOfTheNumber) {
    Sequential strategy;
    const Ran ran = run_rcu(strategy, [] {
        task(0, [] {
            synchronize();
            told += 'a';
        });
        // Waits on the other queue of the leaf: the end of this grace period does not wake it.
        kthread_run(
            [](void*) {
                RcuNode& leaf = machine->state.leaf_of(1);
                swait_event_idle_exclusive(leaf.nocb_gp_wq[0], [&leaf] {
                    return rcu_seq_done(leaf.gp_seq, 4) || kthread_should_stop();
                });
                if (!kthread_should_stop()) told += 'x';
            },
            nullptr, 1, "other", -1);
    });
    EXPECT_EQ(ran.told, "a");
}

}  // namespace
}  // namespace rcufuzz::kernel
